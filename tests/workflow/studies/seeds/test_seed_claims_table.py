"""Claims under several seeds: intervals, verdicts, and that none rests on one seed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.claims import claims
from sim.declared import ROOT
from workflow.plan.sections.seeds import SeededTable
from workflow.studies.claims.verdict import Evaluation
from workflow.studies.seeds import seed_claims_table
from workflow.studies.seeds.seed_claims_table import (
    JUDGINGS,
    SAME,
    UNDECIDED,
    Judging,
    seed_claims,
)
from workflow.tabling.pricing import Pricing

REFERENCE = sorted((ROOT / "results" / "reference").rglob("seed_claims.csv"))
DEFAULT_CLAIMS = ROOT / "results" / "reference" / "tables" / "claims.csv"


def judged(
    monkeypatch: pytest.MonkeyPatch, claim: str, values: dict[int, float], source: str = "measured"
) -> pd.Series:
    """The row of a claim whose value is looked up by seed, beside a setting that is not primary."""
    primary = dict(claims()[claim].primary)
    suite = str(primary.pop("suite"))

    def evaluate(tables: dict[str, pd.DataFrame]) -> list[Evaluation]:
        value = float(tables["made"]["value"].iloc[0])
        judged = Evaluation(
            value=value,
            suite=suite,
            activation_source=source,
            conditions="here",
            reason="r",
            setting=primary,
        )
        return [replace(judged, value=9 * value, suite="digits", conditions="elsewhere"), judged]

    def made(files: Sequence[Path], _: Pricing) -> pd.DataFrame:
        return pd.DataFrame({"value": [values[int(path.name)] for path in files]})

    judging = Judging({"made": made}, {claim: evaluate})
    monkeypatch.setattr(seed_claims_table, "JUDGINGS", [judging])
    table = seed_claims([SeededTable("made", seed, [str(seed)]) for seed in values])
    assert len(table) == 1
    return table.iloc[0]


def test_the_interval_is_of_the_primary_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    row = judged(monkeypatch, "phantom-vs-scnn", {0: 2.0, 1: 3.0, 5: 2.5})
    assert (row["seeds"], row["mean"], row["smallest"], row["largest"]) == (3, 2.5, 2.0, 3.0)
    assert row["standard_deviation"] == pytest.approx(0.5)
    assert (row["verdicts"], row["hangs_on_seed"]) == ("same direction", False)
    assert (row["conditions"], row["reason"]) == ("here", SAME)


def test_a_verdict_that_hangs_on_the_seed_names_the_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    row = judged(monkeypatch, "phantom-vs-scnn", {0: 1.2, 1: 2.0, 5: 2.5})
    assert row["verdicts"] == row["value_verdicts"] == "not reproduced; same direction"
    assert row["hangs_on_seed"]
    assert row["reason"] == (
        "the verdict hangs on the seed: not reproduced (seed 0), same direction (seed 1, 5)"
    )


def test_values_are_judged_even_where_modelled_zeros_decide_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = judged(monkeypatch, "s2ta-speedup", {0: 1.0, 1: 1.5}, source="modelled")
    assert row["verdicts"] == "needs trained weights"
    assert row["value_verdicts"] == "not reproduced; same direction"
    assert row["hangs_on_seed"]
    assert row["reason"].startswith(UNDECIDED)


def test_every_claim_that_is_judged_on_zeros_can_have_an_interval() -> None:
    judged = {name for judging in JUDGINGS for name in judging.evaluators}
    on_zeros = {
        name for name, claim in claims().items() if claim.primary.get("suite", "none") != "none"
    }
    assert on_zeros - judged == set()


@pytest.mark.skipif(not REFERENCE, reason="no committed run has claims over seeds yet")
@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.parent.name)
def test_no_committed_verdict_rests_on_one_seed(path: Path) -> None:
    """At least three seeds, one verdict, and the value that it stands beside is among theirs."""
    table = pd.read_csv(path).set_index("claim")
    assert table["seeds"].min() >= 3
    assert list(table.index[table["hangs_on_seed"]]) == []
    beside = path.with_name("claims.csv")  # of a run that was not finished: the default's
    everything = pd.read_csv(beside if beside.is_file() else DEFAULT_CLAIMS)
    primary = everything[everything["primary"]].set_index("claim")
    for claim, row in table.iterrows():
        assert row["verdicts"] == primary.loc[claim, "verdict"]
        here = primary.loc[claim, "here"]
        assert row["smallest"] * (1 - 1e-9) <= here <= row["largest"] * (1 + 1e-9)
