import pandas as pd
import pytest

from sim.energy import logic_scale
from workflow.studies.s2ta.sparse_table import s2ta_sparse


def row(
    network: str, accelerator: str, scheme: str, macs: int, dram: int = 0, variant: str = ""
) -> dict[str, object]:
    return {
        "variant": variant,
        "suite": "digits",
        "network": network,
        "scheme": scheme,
        "weight_source": "measured",
        "activation_source": "measured",
        "accelerator": accelerator,
        "layer": "conv",
        "layer_kind": "conv",
        "images": 2,
        "cycles": 10,
        "dense_macs": 100,
        "effectual_macs": 20,
        "multipliers": 4,
        "dram_weight_read_bytes": dram,
        "action_mac_int8": macs,
    }


@pytest.fixture
def table() -> pd.DataFrame:
    return s2ta_sparse(
        pd.DataFrame(
            [
                row("a", "s2ta_aw", "dbb", 100, dram=10),
                row("b", "s2ta_aw", "dbb", 100),
                row("a", "s2ta_aw", "magnitude", 7),
                row("a", "eyeriss_v2", "magnitude", 300, dram=10),
                row("b", "eyeriss_v2", "magnitude", 500),
                row("a", "eyeriss_v2", "dbb", 200),
                row("a", "sparten", "magnitude", 100),
                row("a", "eyeriss_v2", "dense", 900),
                row("a", "sparten", "magnitude", 400, variant="clusters=4"),
            ]
        )
    )


def ratio(
    table: pd.DataFrame,
    network: str,
    baseline: str,
    scheme: str = "magnitude",
    variant: str = "",
) -> pd.Series:
    rows = table[
        (table["network"] == network)
        & (table["baseline"] == baseline)
        & (table["baseline_scheme"] == scheme)
        & (table["layers"] == "all")
        & (table["variant"] == variant)
        & (table["basis"] == "mixed")
    ]
    assert len(rows) == 1
    return rows.iloc[0]


def test_ratio_is_baseline_over_s2ta_on_its_own_scheme(table: pd.DataFrame) -> None:
    row = ratio(table, "a", "eyeriss_v2")
    assert row["energy_reduction_without_dram"] == pytest.approx(3)
    assert 1 < row["energy_reduction"] < 3  # equal DRAM on both sides
    assert ratio(table, "a", "eyeriss_v2", "dbb")["energy_reduction_without_dram"] == 2


def test_mean_is_of_the_ratios(table: pd.DataFrame) -> None:
    assert ratio(table, "mean", "eyeriss_v2")["energy_reduction_without_dram"] == pytest.approx(
        15**0.5
    )


def test_each_design_keeps_its_node(table: pd.DataFrame) -> None:
    row = ratio(table, "a", "sparten")
    assert (row["node_nm"], row["baseline_node_nm"]) == (65, 45)
    assert row["energy_reduction_without_dram"] == pytest.approx(1 / logic_scale(65))


def test_dense_networks_are_no_baseline(table: pd.DataFrame) -> None:
    assert set(table["baseline_scheme"]) == {"magnitude", "dbb"}


def test_a_swept_baseline_is_a_row_of_its_own(table: pd.DataFrame) -> None:
    swept = ratio(table, "mean", "sparten", variant="clusters=4")
    configured = ratio(table, "mean", "sparten")
    gain = "energy_reduction_without_dram"
    assert swept[gain] == pytest.approx(4 * configured[gain])
