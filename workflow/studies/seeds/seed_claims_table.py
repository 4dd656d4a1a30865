"""Claims over several seeds: the interval of each value, and whether a verdict hangs on the seed.

A row is a claim in its primary setting, evaluated under each seed anew. `verdicts` are those of all
seeds, each different one once; `value_verdicts` those that the values would have if modelled zeros
decided: where a claim needs trained weights, its verdict says nothing of the value. A verdict hangs
on the seed where the values of two seeds are judged differently; `reason` then names the seeds. The
standard deviation is that of a sample. Claims whose runs are not repeated have no row, and those
that follow from a configuration alone have none.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sim import read_trace
from sim.claims import Claim, claims
from workflow.cli import run
from workflow.events import read_events
from workflow.plan.sections.seeds import SeededTable
from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables, verdict
from workflow.studies.hass import claims as hass_claims
from workflow.studies.hass.hass_table import hass
from workflow.studies.phantom import claims as phantom_claims
from workflow.studies.phantom.phantom_table import phantom
from workflow.studies.s2ta import claims as s2ta_claims
from workflow.studies.s2ta import sparse_claims
from workflow.studies.s2ta.s2ta_table import s2ta
from workflow.studies.s2ta.sparse_table import s2ta_sparse
from workflow.studies.sense import claims as sense_claims
from workflow.studies.sense.dram_table import dram
from workflow.studies.sense.sense_table import sense
from workflow.studies.sense.throughput_table import throughput
from workflow.studies.sparse_blox import claims as blox_claims
from workflow.studies.sparse_blox.blocks_table import sparse_blox_blocks
from workflow.tabling.pricing import JUDGED, Pricing, add_pricing
from workflow.tabling.shared import stacked, write_table

SAME = "every seed gives the same verdict"
UNDECIDED = "zeros are modelled, so that no seed decides the claim"
NO_SUITE = "none"
"""Of a value that follows from a configuration."""
AREA = "blox-area"
"""Has such values alone, and reads a table of its own."""

Make = Callable[[Sequence[Path], Pricing], pd.DataFrame]
"""A table that evaluators read, from its files and prices."""


@dataclass(frozen=True)
class Judging:
    """How claims of one paper are judged from files.

    Attributes:
        tables: each table that the evaluators read, by name.
        evaluators: by claim.
    """

    tables: Mapping[str, Make]
    evaluators: Mapping[str, Evaluator]


def _of_events(make: Callable[[pd.DataFrame, Pricing], pd.DataFrame]) -> Make:
    return lambda files, pricing: make(read_events(files), pricing)


JUDGINGS = [
    Judging({"s2ta": _of_events(s2ta)}, s2ta_claims.EVALUATORS),
    Judging({"s2ta_sparse": _of_events(s2ta_sparse)}, sparse_claims.EVALUATORS),
    Judging({"phantom": _of_events(phantom)}, phantom_claims.EVALUATORS),
    Judging(
        {
            "sense": _of_events(sense),
            "sense_throughput": _of_events(throughput),
            "sense_dram": lambda files, _: dram(stacked(files)),
        },
        sense_claims.EVALUATORS,
    ),
    Judging({"hass": lambda files, _: hass(stacked(files))}, hass_claims.EVALUATORS),
    Judging(
        {"sparse_blox_blocks": lambda files, _: sparse_blox_blocks(map(read_trace, files))},
        {claim: saved for claim, saved in blox_claims.EVALUATORS.items() if claim != AREA},
    ),
]


def seed_claims(entries: Sequence[SeededTable], pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per claim that has a value under the seeds."""
    by_claim: dict[str, dict[int, Evaluation]] = {}
    for judging in JUDGINGS:
        for seed in dict.fromkeys(entry.seed for entry in entries):
            made = {
                entry.table: judging.tables[entry.table]([Path(f) for f in entry.files], pricing)
                for entry in entries
                if entry.seed == seed and entry.table in judging.tables
            }
            for name, evaluation in _primary(judging.evaluators if made else {}, made):
                by_claim.setdefault(name, {})[seed] = evaluation
    return pd.DataFrame(_row(claims()[name], values) for name, values in by_claim.items())


def _primary(evaluators: Mapping[str, Evaluator], made: Tables) -> Iterator[tuple[str, Evaluation]]:
    """Each claim that has a value in its primary setting, where that is one of some zeros."""
    for name, evaluate in evaluators.items():
        for evaluation in evaluate(made):
            counted = evaluation.value is not None and evaluation.suite != NO_SUITE
            if counted and evaluation.meets(claims()[name].primary):
                yield name, evaluation


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
