"""S2TA's tables on made-up events whose gains can be computed in the head."""

import pandas as pd
import pytest

from workflow.studies.s2ta.gating_table import s2ta_gating
from workflow.studies.s2ta.s2ta_table import s2ta
from workflow.tabling.pricing import Pricing

FILL = {"sa_zvcg": 22, "s2ta_aw": 2}
"""Cycles of both images in which an array fills."""


def events(accelerator: str, scheme: str, cycles: int, macs: float, variant: str = "") -> dict:
    return {
        "suite": "digits",
        "network": "lenet5",
        "scheme": scheme,
        "weight_source": "measured",
        "activation_source": "measured",
        "accelerator": accelerator,
        "variant": variant,
        "layer": "conv",
        "layer_kind": "conv",
        "images": 2,
        "multipliers": 4,
        "cycles": cycles,
        "idle_fill_multiplier_cycles": 4 * FILL[accelerator],
        "dense_macs": 100,
        "effectual_macs": 10,
        "action_mac_int8": macs,
        "dram_weight_read_bytes": 0,
    }


def test_gains_are_baseline_over_subject_for_both_baselines() -> None:
    frame = pd.DataFrame(
        [
            events("sa_zvcg", "dense", 120, 8.0),
            events("sa_zvcg", "dbb", 100, 4.0),
            events("s2ta_aw", "dbb", 40, 2.0),
        ]
    ).drop(columns="variant")
    table = s2ta(frame)
    assert list(table["basis"].drop_duplicates()) == ["components", "mixed"]
    row = table[
        (table["basis"] == "mixed")
        & (table["accelerator"] == "s2ta_aw")
        & (table["layers"] == "all")
        & (table["network"] == "mean")
    ].set_index("baseline_scheme")
    assert row.loc["dbb", "speedup"] == pytest.approx(2.5)
    assert row.loc["dense", "speedup"] == pytest.approx(3.0)
    assert row.loc["dbb", "speedup_equal_fill"] == pytest.approx(80 / 40)
    # 2 images, 10 effectual multiplications each on 4 multipliers: 2.5 cycles at best
    assert row.loc["dbb", "two_sided_bound"] == pytest.approx(100 / 2.5)
    assert row.loc["dbb", "energy_reduction"] == pytest.approx(2.0)
    assert row.loc["dense", "energy_reduction_without_dram"] == pytest.approx(4.0)


def test_the_band_compares_equal_assumptions() -> None:
    low, high = "gate_operands=True gating_residual=0.04", "gate_operands=False gating_residual=0.4"
    frame = pd.DataFrame(
        [
            events("sa_zvcg", "dbb", 100, 9.0),
            events("sa_zvcg", "dbb", 100, 3.0, low),
            events("sa_zvcg", "dbb", 100, 8.0, high),
            events("s2ta_aw", "dbb", 40, 2.0, low),
            events("s2ta_aw", "dbb", 40, 4.0, high),
        ]
    )
    table = s2ta_gating(frame, Pricing("mixed"))
    means = table[(table["network"] == "mean") & (table["layers"] == "all")]
    band = means.set_index(["gating_residual", "gate_operands"])["energy_reduction"]
    assert band.to_dict() == {
        (0.04, "True"): pytest.approx(1.5),
        (0.4, "False"): pytest.approx(2.0),
    }
