from dataclasses import replace

import pandas as pd
import pytest

from sim import UserError
from sim.claims import claims
from workflow.studies.claims.claims_table import _most_lost, evaluated
from workflow.studies.claims.verdict import Evaluation
from workflow.studies.s2ta import claims as s2ta


def means() -> pd.DataFrame:
    row = {
        "suite": "digits",
        "network": "mean",
        "activation_source": "measured",
        "layers": "all",
        "accelerator": "s2ta_aw",
        "baseline_scheme": "dbb",
        "speedup": 2.5,
        "speedup_equal_fill": 2.25,
        "energy_reduction": 1.5,
        "energy_reduction_without_dram": 0.9,
    }
    rows = pd.DataFrame([row, {**row, "network": "lenet5"}])
    on_mixed = rows.assign(basis="mixed", energy_reduction=1.6, energy_reduction_without_dram=1.2)
    return pd.concat([rows.assign(basis="components"), on_mixed], ignore_index=True)


def test_no_claim_vanishes() -> None:
    table = evaluated(["workflow.studies.s2ta.claims"], {"s2ta": means()})
    assert set(table["claim"]) == set(claims())
    rest = table[~table["claim"].isin(s2ta.EVALUATORS)]
    standings = {stated.standing or "not evaluated" for stated in claims().values()}
    assert set(rest["verdict"]) == standings
    assert rest["here"].isna().all()
    power = rest.set_index("claim").loc["sense-power"]  # what stands in claims.yaml says it all
    assert power["reason"] == claims()["sense-power"].why


def test_values_come_from_the_tables_with_the_accuracy_that_their_masks_cost() -> None:
    accuracy = pd.DataFrame(
        {
            "suite": ["digits", "digits", "digits"],
            "network": ["lenet5", "lenet5", "vgg16"],
            "scheme": ["dbb", "dense", "dbb"],
            "drop_from_dense_points": [0.75, 0.0, 9.0],
        }
    )
    tables = {"s2ta": means(), "accuracy": accuracy}
    table = evaluated(["workflow.studies.s2ta.claims"], tables).set_index("claim")
    assert table.loc["s2ta-speedup", "here"] == 2.5
    assert table.loc["s2ta-speedup", "verdict"] == "same direction"  # digits: not the paper's size
    assert table.loc["s2ta-speedup", "accuracy_lost_points"] == 0.75
    energy = table.loc["s2ta-energy"]
    assert list(energy["here"]) == [0.9, 1.5, 1.2, 1.6]
    assert list(energy["basis"]) == ["components", "components", "mixed", "mixed"]
    assert list(energy["verdict"]) == ["not reproduced", *["same direction"] * 3]
    assert "with energies of mixed entries 1.20x instead of 0.90x" in energy["reason"].iloc[0]
    assert not energy["primary"].any()


def test_the_accuracy_that_a_search_cost_is_stated_by_the_search() -> None:
    searched = Evaluation(1.3, "shapes", "measured", "", "", lost_points=1.5)
    assert _most_lost(searched, {}) == 1.5
    assert _most_lost(replace(searched, masks=(("s", "n", "c"),)), {("s", "n", "c"): 2.0}) == 2.0


def test_the_primary_setting_is_marked() -> None:
    rows = means().assign(suite="imagenet", activation_source="modelled", layers="no_linear")
    table = evaluated(["workflow.studies.s2ta.claims"], {"s2ta": rows}).set_index("claim")
    assert table.loc["s2ta-speedup", "primary"]
    assert table.loc["s2ta-speedup", "verdict"] == "needs trained weights"
    assert list(table.loc["s2ta-energy", "primary"]) == [True, False, False, False]


def test_two_values_under_one_primary_setting_are_refused() -> None:
    rows = means().assign(suite="imagenet", layers="no_linear")
    with pytest.raises(UserError, match="claim s2ta-energy: 2 values meet its primary condition"):
        evaluated(["workflow.studies.s2ta.claims"], {"s2ta": pd.concat([rows, rows])})


def test_an_evaluator_of_an_unknown_claim_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(s2ta.EVALUATORS, "s2ta-beauty", s2ta.speedup)
    with pytest.raises(UserError, match="no claim 's2ta-beauty'"):
        evaluated(["workflow.studies.s2ta.claims"], {"s2ta": means()})
