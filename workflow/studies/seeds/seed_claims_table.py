"""Claims over several seeds: the interval of each value, and whether a verdict hangs on the seed.

A row is a claim in its primary setting, evaluated under each seed anew. `verdicts` are those of all
seeds, each different one once; `value_verdicts` those that the values would have if modelled zeros
decided: where a claim needs trained weights, its verdict says nothing of the value. A verdict hangs
on the seed where the values of two seeds are judged differently; `reason` then names the seeds. The
standard deviation is that of a sample. Claims whose runs are not repeated have no row.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sim.claims import Claim, claims
from workflow.cli import run
from workflow.events import read_events
from workflow.plan.sections.seeds import SeededTable
from workflow.studies.claims.verdict import Evaluation, Evaluator, verdict
from workflow.studies.phantom import claims as phantom_claims
from workflow.studies.phantom.phantom_table import phantom
from workflow.studies.s2ta import claims as s2ta_claims
from workflow.studies.s2ta.s2ta_table import s2ta
from workflow.tabling.pricing import JUDGED, Pricing, add_pricing
from workflow.tabling.shared import write_table

SAME = "every seed gives the same verdict"
UNDECIDED = "zeros are modelled, so that no seed decides the claim"


@dataclass(frozen=True)
class Judging:
    """How claims are judged from events.

    Attributes:
        make: the table that the evaluators read, from events and prices.
        evaluators: by claim.
    """

    make: Callable[[pd.DataFrame, Pricing], pd.DataFrame]
    evaluators: Mapping[str, Evaluator]


JUDGINGS = {
    "s2ta": Judging(s2ta, s2ta_claims.EVALUATORS),
    "phantom": Judging(phantom, phantom_claims.EVALUATORS),
}
"""By the name of the table."""


def seed_claims(tables: Iterable[SeededTable], pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per claim that has a value under the seeds."""
    by_claim: dict[str, dict[int, Evaluation]] = {}
    for entry in tables:
        judging = JUDGINGS[entry.table]
        made = {entry.table: judging.make(read_events(map(Path, entry.files)), pricing)}
        for name, evaluate in judging.evaluators.items():
            for evaluation in evaluate(made):
                if evaluation.value is not None and evaluation.meets(claims()[name].primary):
                    by_claim.setdefault(name, {})[entry.seed] = evaluation
    return pd.DataFrame(_row(claims()[name], values) for name, values in by_claim.items())


def _row(claim: Claim, evaluations: Mapping[int, Evaluation]) -> dict[str, object]:
    """What the seeds say of one claim; each has a value."""
    values = pd.Series({seed: entry.value for seed, entry in evaluations.items()}, dtype=float)
    judged = {seed: verdict(claim, entry) for seed, entry in evaluations.items()}
    on_value = replace(claim, needs_trained_weights=False)
    alone = {seed: verdict(on_value, entry) for seed, entry in evaluations.items()}
    first = next(iter(evaluations.values()))
    return {
        "claim": claim.id,
        "system": claim.system,
        "metric": claim.metric,
        "unit": claim.unit,
        "published_low": claim.low,
        "published_high": claim.high,
        "seeds": len(values),
        "mean": values.mean(),
        "standard_deviation": values.std(),
        "smallest": values.min(),
        "largest": values.max(),
        "verdicts": "; ".join(dict.fromkeys(judged.values())),
        "value_verdicts": "; ".join(dict.fromkeys(alone.values())),
        "hangs_on_seed": len(set(alone.values())) > 1,
        "suite": first.suite,
        "conditions": first.conditions,
        "reason": "; ".join([UNDECIDED] * (judged != alone) + [_agreement(alone)]),
    }


def _agreement(verdicts: Mapping[int, str]) -> str:
    """Whether all seeds agree; where not, which says what."""
    if len(set(verdicts.values())) == 1:
        return SAME
    by_verdict: dict[str, list[str]] = {}
    for seed, text in verdicts.items():
        by_verdict.setdefault(text, []).append(str(seed))
    parts = [f"{text} (seed {', '.join(names)})" for text, names in by_verdict.items()]
    return f"the verdict hangs on the seed: {', '.join(parts)}"


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tables", required=True, help="JSON: SeededTable (plan/sections/seeds.py)"
    )
    add_pricing(parser)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    tables = [SeededTable(**entry) for entry in json.loads(given.tables)]
    write_table(seed_claims(tables, Pricing(given.basis, given.dram)), given.output)


if __name__ == "__main__":
    run(main)
