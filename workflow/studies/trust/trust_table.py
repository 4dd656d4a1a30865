"""How far each model may be trusted: its largest and mean error against every outside oracle.

Errors are relative, of the cases in the table `trust_cases`. Kinds: `exact`, the same definition on
both sides; `published`, what the authors measured or printed; `independent`, another group's
simulator; `bound`, a published limit; `loops`, a slow loop of our own that steps the mechanism,
compared on random cases by the tests, always equal. Where an oracle went into the model or its
input, `circular` says so; `definition` says whose definition differs, and why.
"""

import argparse
from pathlib import Path

import pandas as pd

from sim.files import intact
from workflow.cli import run
from workflow.studies.trust.comparison import reference
from workflow.studies.trust.oracles import CHECKS
from workflow.tabling.shared import write_table

CHECK = ["model", "oracle", "quantity", "kind"]
LOOPS = "loops of our own (tests/reference)"


def trust(cases: pd.DataFrame) -> pd.DataFrame:
    """One row per model, oracle and quantity, then one per model for its loop reference."""
    sizes = cases.assign(error=cases["error"].abs()).groupby(CHECK, sort=False)["error"]
    summary = sizes.agg(
        cases="size", largest_relative_error="max", mean_relative_error="mean"
    ).reset_index()
    notes = pd.DataFrame(
        [[*(getattr(c, key) for key in CHECK), c.circular or "no", c.definition] for c in CHECKS],
        columns=[*CHECK, "circular", "definition"],
    )
    table = summary.merge(notes, on=CHECK, validate="one_to_one")
    return pd.concat([table, loop_references()], ignore_index=True)


def loop_references() -> pd.DataFrame:
    """Random cases that the tests compare with loops, by model."""
    cases = reference("loop_references.csv").groupby("model", sort=False)["cases"].sum()
    return cases.reset_index().assign(
        oracle=LOOPS,
        quantity="cycles, work, idle causes, bytes",
        kind="loops",
        largest_relative_error=0.0,
        mean_relative_error=0.0,
        circular="by the same authors",
        definition="the loops follow our reading of the mechanism, and cannot show a misreading",
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, help="table trust_cases")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    write_table(trust(pd.read_csv(intact(arguments.cases))), arguments.output)


if __name__ == "__main__":
    run(main)
