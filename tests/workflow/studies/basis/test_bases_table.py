import pandas as pd
import pytest

from sim import Layer, simulate
from sim.components import area, energy_basis, energy_pj
from sim.footing import footing
from tests.workflow.random_traces import random_trace
from workflow.events import simulate_network
from workflow.studies.basis.area_table import component_area
from workflow.studies.basis.bases_table import energy_bases, row_events

LAYERS = (
    Layer.conv("first", 8, 32, 3, padding=1, input_size=14),
    Layer.conv("second", 32, 32, 1, input_size=14),
)
SIZE = 0


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    """Every design of the footing at its first size, on two layers of random zeros."""
    trace, common = random_trace(LAYERS, (0.4, 0.5), images=2), footing()
    frames = [
        simulate_network(trace, name, design.build(SIZE), footing=common.label(SIZE))
        for name, design in common.designs.items()
    ]
    return pd.concat(frames, ignore_index=True).fillna(0)


def test_a_row_of_a_table_gives_the_events_back() -> None:
    trace = random_trace(LAYERS, (0.4, 0.5))
    design = footing().design("s2ta_aw").build(SIZE)
    frame = simulate_network(trace, "s2ta_aw", design)
    expected = simulate(trace.traces[0], design)
    numbers = frame.select_dtypes("number").iloc[0].to_dict()
    back = row_events(numbers)
    assert back.cycles == expected.cycles
    assert {k: v for k, v in expected.traffic_bytes.items() if v} == back.traffic_bytes
    assert {k: v for k, v in expected.actions.items() if v} == back.actions


def test_energies_are_those_of_the_summed_layers_per_image(events: pd.DataFrame) -> None:
    table = energy_bases(events).set_index("accelerator")
    trace, design = random_trace(LAYERS, (0.4, 0.5), images=2), footing().design("sparten")
    built = design.build(SIZE)
    total = simulate(trace.traces[0], built) + simulate(trace.traces[1], built)
    for name, column in (
        ("mixed", "mixed_energy_without_dram_pj_per_image"),
        ("components", "components_energy_without_dram_pj_per_image"),
    ):
        energy = energy_pj(total, energy_basis(name, built, footing().node_nm))
        energy.pop("dram")
        assert table.loc["sparten", column] == pytest.approx(sum(energy.values()) / 2)


def test_each_design_has_a_rank_on_either_basis_and_a_band(events: pd.DataFrame) -> None:
    table = energy_bases(events)
    assert sorted(table["accelerator"]) == sorted(footing().designs)
    for name in ("mixed", "components"):
        energy = table[f"{name}_energy_without_dram_pj_per_image"]
        assert table.loc[energy.idxmin(), f"{name}_rank"] == 1
        assert table[f"{name}_rank"].between(1, len(table)).all()
    ends = [f"components{end}_energy_without_dram_pj_per_image" for end in ("_low", "", "_high")]
    low, basis, high = (table[name] for name in ends)
    assert (low <= basis * (1 + 1e-12)).all()
    assert (basis <= high * (1 + 1e-12)).all()
    assert (table["hbm3_energy_pj_per_image"] <= table["lpddr4_energy_pj_per_image"]).all()
    assert (table[["tops", "tops_per_w", "tops_per_mm2", "area_mm2"]] > 0).all(axis=None)


def test_parts_of_a_design_add_up_to_its_area() -> None:
    common = footing()
    table = component_area(common)
    total = table.groupby(["accelerator", "footing"])["area_mm2"].sum()
    for name, design in common.designs.items():
        expected = area(design.build(SIZE), common.node_nm).total_mm2
        assert total[name, common.label(SIZE)] == pytest.approx(expected)
    assert (table["area_low_mm2"] <= table["area_mm2"]).all()
    assert (table["area_mm2"] <= table["area_high_mm2"]).all()
    assert table["published"].str.contains("Table 4").any()
