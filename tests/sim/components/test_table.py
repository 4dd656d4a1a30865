"""The committed component tables: complete, sourced, and in the order that physics asks for."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from sim import UserError
from sim.components import Component, Library, components
from sim.components.table import models, next_larger

ROOT = Path(__file__).parents[3]
NODES_NM = (16, 22, 32, 45, 65)

CACTI_DIP = 0.85
"""CACTI picks another organisation for each size, so energies may dip by some percent."""


def _of(kind: str, model: str = "cacti", node_nm: int = 45) -> list[Component]:
    rows = components()
    return [row for row in rows if (row.kind, row.model, row.node_nm) == (kind, model, node_nm)]


def _grows(values: Iterable[float], slack: float = 1.0) -> bool:
    series = list(values)
    return all(b >= slack * a for a, b in pairwise(series))


def test_every_row_has_a_model_with_a_source_version_and_scaling() -> None:
    for row in components():
        model = models()[row.model]
        assert model.source, row
        assert model.version, row
        assert model.scaling, row
        assert row.cost.read_pj > 0, row
        assert row.kind in {"lpddr4", "ddr3", "hbm2", "hbm3"} or row.cost.area_um2 > 0, row


def test_no_component_stands_in_the_table_twice() -> None:
    keys = [(row.kind, row.model, row.node_nm, row.size) for row in components()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("node_nm", NODES_NM)
def test_memories_grow_with_their_capacity(node_nm: int) -> None:
    rows = _of("sram", node_nm=node_nm)
    for width in {row.width_bits for row in rows}:
        column = [row for row in rows if row.width_bits == width]
        column.sort(key=lambda row: row.capacity_bytes)
        assert _grows(row.cost.area_um2 for row in column)
        assert _grows(row.cost.leakage_uw for row in column)
        assert _grows((row.cost.read_pj for row in column), CACTI_DIP)
        assert _grows((row.cost.write_pj for row in column), CACTI_DIP)
        assert column[-1].cost.read_pj > column[0].cost.read_pj


@pytest.mark.parametrize("node_nm", NODES_NM)
def test_a_byte_of_a_wider_access_costs_no_more(node_nm: int) -> None:
    rows = _of("sram", node_nm=node_nm)
    for capacity in {row.capacity_bytes for row in rows}:
        line = [row for row in rows if row.capacity_bytes == capacity]
        line.sort(key=lambda row: row.width_bits, reverse=True)
        assert _grows((row.cost.read_pj / row.width_bits for row in line), CACTI_DIP)


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("adder", "aladdin"),
        ("adder", "neurosim"),
        ("register", "aladdin"),
        ("register", "neurosim"),
        ("comparator", "aladdin"),
        ("counter", "aladdin"),
        ("multiplier", "aladdin"),
    ],
)
def test_logic_grows_with_its_width(kind: str, model: str) -> None:
    for node_nm in NODES_NM:
        rows = sorted(_of(kind, model, node_nm), key=lambda row: row.width_bits)
        assert len(rows) > 2
        assert _grows(row.cost.read_pj for row in rows)
        assert _grows(row.cost.area_um2 for row in rows)


def test_multiplexers_grow_with_width_and_inputs() -> None:
    for node_nm in NODES_NM:
        rows = _of("multiplexer", "neurosim", node_nm)
        for first in rows:
            for second in rows:
                if first.width_bits <= second.width_bits and first.inputs <= second.inputs:
                    assert first.cost.area_um2 <= second.cost.area_um2
                    assert first.cost.read_pj <= second.cost.read_pj


def test_everything_on_chip_shrinks_with_the_node() -> None:
    sizes = {(row.kind, row.model, row.size) for row in components() if row.node_nm}
    by_key = {(row.kind, row.model, row.size, row.node_nm): row.cost for row in components()}
    for size in sizes:
        costs = [by_key[(*size, node_nm)] for node_nm in NODES_NM]
        assert _grows(cost.read_pj for cost in costs), size
        assert _grows(cost.area_um2 for cost in costs), size


@pytest.mark.parametrize(
    ("kib", "bits", "node_nm", "read", "write", "mm2"),
    [
        (8, 64, 45, 0.77, 0.99, 0.026),
        (16, 64, 45, 1.45, 1.34, 0.051),
        (108, 64, 45, 3.68, 3.02, 0.37),
        (512, 256, 45, 5.25, 5.04, 1.80),
        (2048, 256, 45, 11.1, 9.5, 6.80),
        (8, 64, 22, 0.20, 0.22, None),
        (2048, 256, 22, 2.89, 2.73, None),
    ],
)
def test_memories_are_those_that_cacti_gave_in_a_trial_by_hand(
    kib: int, bits: int, node_nm: int, read: float, write: float, mm2: float | None
) -> None:
    memory = Library(node_nm).sram(kib * 1024, bits)
    assert memory.read_pj * 8 / bits == pytest.approx(read, rel=0.02)
    assert memory.write_pj * 8 / bits == pytest.approx(write, rel=0.02)
    if mm2 is not None:
        assert memory.area_um2 * 1e-6 == pytest.approx(mm2, rel=0.02)


@pytest.mark.parametrize(
    ("node_nm", "adder", "multiplier", "mac8", "mac16", "register"),
    [
        (65, 0.300, 1.13, 1.43, 4.83, 0.103),
        (45, 0.242, 0.91, 1.15, 3.89, 0.083),
        (16, 0.042, 0.158, 0.200, 0.675, 0.014),
    ],
)
def test_logic_is_what_aladdin_gave_in_a_trial_by_hand(
    node_nm: int, adder: float, multiplier: float, mac8: float, mac16: float, register: float
) -> None:
    parts = Library(node_nm)
    assert parts.adder(32).read_pj == pytest.approx(adder, rel=0.03)
    assert parts.multiplier(8).read_pj == pytest.approx(multiplier, rel=0.01)
    assert parts.mac(8, 32).read_pj == pytest.approx(mac8, rel=0.01)
    assert parts.mac(16, 32).read_pj == pytest.approx(mac16, rel=0.01)
    assert parts.register(8).read_pj == pytest.approx(register, rel=0.03)


def test_dram_kinds_cost_what_their_sources_say_at_every_node() -> None:
    expected = {"lpddr4": 64.0, "ddr3": 560.0, "hbm2": 50.0, "hbm3": 32.4}
    for node_nm in NODES_NM:
        for kind, energy in expected.items():
            assert Library(node_nm).dram_pj_per_byte(kind) == pytest.approx(energy)


def test_a_size_between_two_rows_is_the_next_larger_and_never_interpolated() -> None:
    parts = Library(45)
    assert parts.sram(500 * 1024, 256) == parts.sram(512 * 1024, 256)
    assert parts.adder(18) == parts.adder(20)
    assert next_larger("mac", "aladdin", 45, (0, 8, 21, 0)).sum_bits == 24


def test_unknown_nodes_sizes_and_kinds_are_refused_with_what_there_is() -> None:
    with pytest.raises(UserError, match="at 7 nm; there is: 16, 22, 32, 45, 65"):
        Library(7)
    with pytest.raises(UserError, match=r"the largest is .*; add the size to workflow/technology"):
        Library(45).sram(1 << 30, 256)
    with pytest.raises(UserError, match="dram is 'ddr9'; expected one of lpddr4"):
        Library(45).dram_pj_per_byte("ddr9")
    with pytest.raises(UserError, match="estimate is 'middle'; expected one of low, basis, high"):
        Library(45, "middle")  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_library_still_gives_what_is_committed(tmp_path: Path) -> None:
    """Regenerate one node with small memories in an environment of its own, and compare."""
    environment = _environment(tmp_path)
    command = [environment / "bin/python", "-m", "workflow.technology.components"]
    options = ["--output", tmp_path, "--nodes", "45", "--largest", "16384"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)  # noqa: S603
    committed = (ROOT / "sim/technology/components.csv").read_text().splitlines()
    made = (tmp_path / "components.csv").read_text().splitlines()
    assert len(made) > 200
    assert set(made) <= set(committed)
    models_made = (tmp_path / "component_models.csv").read_text()
    assert models_made == (ROOT / "sim/technology/component_models.csv").read_text()


def _environment(folder: Path) -> Path:
    """The environment of `make technology`, built in `folder` where the project has none."""
    built = Path(os.environ.get("TECHNOLOGY_VENV", ROOT / ".venv-technology"))
    if (built / "bin/python").exists():
        return built
    if shutil.which("make") is None or shutil.which("g++") is None:
        pytest.skip("the environment needs make and g++")
    target = folder / "environment"
    made = subprocess.run(  # noqa: S603
        ["make", f"TECHNOLOGY_VENV={target}", str(target / ".installed")],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"the environment could not be built: {made.stderr.strip()[-300:]}")
    return target
