from pathlib import Path

import pandas as pd
import pytest

from sim import NetworkTrace, UserError, technology
from workflow.events import energy_pj, read_events, simulate_network, write_events
from workflow.studies.comparison.energy_table import energy
from workflow.studies.comparison.networks_table import networks
from workflow.studies.comparison.traffic_table import traffic
from workflow.tabling.pricing import Pricing

from .conftest import Stub

MIXED = Pricing("mixed")
"""The stub is no design, so nobody says what it is made of."""


@pytest.fixture
def frame(toy: NetworkTrace, stub: Stub) -> pd.DataFrame:
    return simulate_network(toy, "stub", stub)


def test_one_row_per_layer_with_units_in_the_names(frame: pd.DataFrame) -> None:
    assert list(frame["layer"]) == ["conv", "dw", "fc"]
    assert list(frame["layer_kind"]) == ["conv", "depthwise", "linear"]
    assert list(frame["dense_macs"]) == [64, 32, 96]
    assert list(frame["dram_weight_read_bytes"]) == [10, 10, 10]
    assert list(frame["idle_zero_operand_multiplier_cycles"]) == [64, 32, 96]
    assert set(frame["activation_source"]) == {"measured"}


def test_energy_is_counts_times_the_table(frame: pd.DataFrame) -> None:
    table = technology(45, mac_int8=2.0, dram=3.0, sram_512kib=5.0)
    energy = energy_pj(frame, table)
    assert list(energy["mac_energy_pj"]) == [128, 64, 192]
    assert list(energy["dram_energy_pj"]) == [30, 30, 30]
    assert list(energy["sram_energy_pj"]) == [20, 20, 20]


def test_network_totals_are_per_image_and_per_view(frame: pd.DataFrame) -> None:
    table = networks(frame, [45], MIXED).set_index("layers")
    assert list(table["dense_macs_per_image"]) == [96, 32, 80, 48]  # all, conv_only, no_...
    assert list(table.index) == ["all", "conv_only", "no_depthwise", "no_linear"]
    assert table.loc["all", "cycles_per_image"] == 96
    assert table.loc["all", "speedup_over_dense_ideal"] == pytest.approx(0.5)
    assert table.loc["all", "dram_read_bytes_per_image"] == 15
    assert table.loc["all", "dram_write_bytes_per_image"] == 0
    assert table.loc["all", "on_chip_bytes_per_image"] == 6
    gap = table["energy_45nm_pj_per_image"] - table["energy_without_dram_45nm_pj_per_image"]
    assert gap["all"] == pytest.approx(15 * 64)


def test_traffic_and_energy_tables_agree_with_the_totals(frame: pd.DataFrame) -> None:
    rows = traffic(frame)
    every = rows[rows["layers"] == "all"].set_index(["memory", "operand", "direction"])
    assert every.loc[("dram", "weight", "read"), "bytes_per_image"] == 15
    assert every.loc[("sram_512kib", "output", "write"), "bytes_per_image"] == 6
    total = energy(frame, [45], MIXED).set_index("layers")["energy_pj_per_image"]
    assert total["all"] == pytest.approx(
        networks(frame, [45], MIXED).set_index("layers")["energy_45nm_pj_per_image"]["all"]
    )


def test_reading_back_fills_counts_that_a_model_lacks(frame: pd.DataFrame, tmp_path: Path) -> None:
    frame.to_csv(tmp_path / "a.csv", index=False)
    lean = frame.drop(columns="action_mac_int8").assign(accelerator="lean")
    lean.to_csv(tmp_path / "b.csv", index=False)
    both = read_events([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert list(both["action_mac_int8"]) == [64, 32, 96, 0, 0, 0]


@pytest.mark.parametrize("variants", [[""], ["", "rows=8"]])
def test_variants_are_text_also_where_no_file_has_any(
    toy: NetworkTrace, stub: Stub, tmp_path: Path, variants: list[str]
) -> None:
    frames = [simulate_network(toy, "stub", stub, variant=variant) for variant in variants]
    write_events(frames, tmp_path / "events.csv")
    both = read_events([tmp_path / "events.csv"])
    assert list(both["variant"]) == [variant for variant in variants for _ in toy.traces]


def test_missing_event_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.csv"):
        read_events([tmp_path / "none.csv"])


def test_a_file_that_is_given_twice_is_refused(frame: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "stub.csv"
    write_events([frame], path)
    with pytest.raises(UserError, match=r"stub\.csv is given twice"):
        read_events([path, path])
