import pandas as pd
import pytest

from sim import UserError
from sim.claims import claims
from workflow.studies.claims.claims_table import evaluated
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
        "energy_reduction": 1.5,
        "energy_reduction_without_dram": 0.9,
    }
    return pd.DataFrame([row, {**row, "network": "lenet5"}])


def test_no_claim_vanishes() -> None:
    table = evaluated(["workflow.studies.s2ta.claims"], {"s2ta": means()})
    assert set(table["claim"]) == set(claims())
    rest = table[~table["claim"].isin(s2ta.EVALUATORS)]
    assert set(rest["verdict"]) == {"not evaluated"}
    assert rest["reproduced"].isna().all()


def test_values_come_from_the_tables() -> None:
    table = evaluated(["workflow.studies.s2ta.claims"], {"s2ta": means()}).set_index("claim")
    assert table.loc["s2ta-speedup", "reproduced"] == 2.5
    assert table.loc["s2ta-speedup", "verdict"] == "reproduced within 10 %"
    energy = table.loc["s2ta-energy"]
    assert list(energy["reproduced"]) == [0.9, 1.5]
    assert list(energy["verdict"]) == ["not reproduced", "same direction"]


def test_an_evaluator_of_an_unknown_claim_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(s2ta.EVALUATORS, "s2ta-beauty", s2ta.speedup)
    with pytest.raises(UserError, match="no claim 's2ta-beauty'"):
        evaluated(["workflow.studies.s2ta.claims"], {"s2ta": means()})
