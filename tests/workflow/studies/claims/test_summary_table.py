import pandas as pd

from workflow.studies.claims.summary_table import NO_PRIMARY, summary


def row(claim: str, here: float | None, verdict: str, primary: bool) -> dict[str, object]:
    return {
        "claim": claim,
        "system": "s",
        "metric": "speedup",
        "subject": "a",
        "comparator": "b",
        "published_network": "n",
        "unit": "x",
        "published_low": 2.0,
        "published_high": 2.0,
        "here": here,
        "verdict": verdict,
        "primary": primary,
        "suite": "imagenet",
        "activation_source": "modelled",
        "basis": None,
        "accuracy_lost_points": 0.5,
        "conditions": f"{here}",
        "reason": "because",
        "source": "somewhere",
    }


def test_a_claim_is_judged_by_its_primary_setting_inside_a_band_of_all() -> None:
    claims = pd.DataFrame(
        [
            row("s2ta-speedup", 2.5, "reproduced within 10 %", False),
            row("s2ta-speedup", 1.5, "same direction", True),
            row("phantom-vs-scnn", 0.9, "not reproduced", False),
            row("sense-power", None, "outside the model", False),
            row("sense-dram-vs-swallow", 1.2, "comparator not modelled", False),
        ]
    )
    table = summary(claims).set_index("claim")
    judged = table.loc["s2ta-speedup"]
    assert (judged["here"], judged["band_low"], judged["band_high"]) == (1.5, 1.5, 2.5)
    assert (judged["verdict"], judged["settings"], judged["conditions"]) == (
        "same direction",
        2,
        "1.5",
    )
    without = table.loc["phantom-vs-scnn"]
    assert (without["verdict"], without["reason"]) == ("not evaluated", NO_PRIMARY)
    assert pd.isna(without["here"])
    assert without["band_high"] == 0.9
    assert table.loc["sense-power", "verdict"] == "outside the model"
    assert table.loc["sense-dram-vs-swallow", "verdict"] == "comparator not modelled"


def test_measured_zeros_are_named_where_modelled_ones_decide_nothing() -> None:
    measured = row("s2ta-speedup", 1.17, "same direction", False) | {
        "suite": "pretrained",
        "activation_source": "measured",
        "conditions": "MobileNetV1, without FC layers",
    }
    on_mixed = measured | {"basis": "mixed", "here": 1.3}
    narrow = measured | {"suite": "shapes"}
    undecided = row("s2ta-speedup", 1.5, "needs trained weights", True)
    claims = pd.DataFrame([measured, on_mixed, narrow, undecided])
    (judged,) = summary(claims).to_dict("records")
    assert judged["reason"] == "because; on measured zeros: MobileNetV1 1.17 (same direction)"
    assert judged["verdict"] == "needs trained weights"
