"""How far the numbers of two runs lie apart, by the tolerance that each column is compared with.

For the same configuration on another processor, or under another seed: what tolerances.yaml allows
is set from what this says. `share` is the largest difference over what the tolerance allows for
that cell, so that 1 is just within. To have torch round as another processor does:

    ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 make quick
    python -m workflow.maintenance.spread results/quick/tables results/reference/quick \
        --output results/reference/spread/processor.csv
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.cli import run
from workflow.maintenance.check_results import JUST_WITHIN
from workflow.maintenance.tolerances import (
    Tolerance,
    Tolerances,
    changes,
    numeric,
    shares,
    tolerances,
)
from workflow.tabling.shared import write_table


def spread(made: Path, reference: Path, rules: Tolerances) -> pd.DataFrame:
    """How many cells differ and how far, a row per pattern; tables with rules of their own apart.

    Args:
        made: folder of tables; those that both folders have, of equal shape, are compared.
        reference: the other folder.
        rules: tolerances of every table.

    Raises:
        UserError: no table is in both.
    """
    columns = [
        column
        for path in sorted(reference.glob("*.csv"))
        if (made / path.name).is_file()
        for column in _columns(
            pd.read_csv(intact(made / path.name)), pd.read_csv(path), path.stem, rules
        )
    ]
    if not columns:
        raise UserError(f"no table of {made} has the columns and rows of one of {reference}")
    groups = pd.DataFrame(columns).groupby(["table", "pattern"])
    largest = ["absolute", "relative", "allowed_absolute", "allowed_relative", "share"]
    sums = groups[["cells", "moved", "beyond"]].sum()
    return sums.join(groups[largest].max()).reset_index()


def _columns(
    new: pd.DataFrame, old: pd.DataFrame, table: str, rules: Tolerances
) -> Iterator[dict[str, object]]:
    """What each column moved by."""
    table_rules = rules.of(table)
    if list(new.columns) != list(old.columns):
        return
    new, old = table_rules.rows(new), table_rules.rows(old)
    if len(new) != len(old):
        return
    for name in table_rules.compared(old.columns):
        numbers = numeric(new[name], old[name])
        allowed = table_rules.tolerance(name) if numbers else Tolerance()
        change = changes(new[name], old[name])
        share = shares(new[name], old[name], allowed)
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = (change / old[name].abs()).where(change > 0, 0) if numbers else change
        yield {
            "table": table if table in rules.tables else "all",
            "pattern": table_rules.pattern(name) if numbers else "text",
            "cells": len(change),
            "moved": int((share > 0).sum()),
            "beyond": int((share > JUST_WITHIN).sum()),
            "absolute": change.max(),
            "relative": relative.max(),
            "allowed_absolute": allowed.absolute,
            "allowed_relative": allowed.relative,
            "share": share.max(initial=0),
        }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("made", type=Path, help="folder of tables")
    parser.add_argument("reference", type=Path, help="folder of tables to compare with")
    parser.add_argument("--output", type=Path, help="table to write; else it is printed")
    arguments = parser.parse_args()
    table = spread(arguments.made, arguments.reference, tolerances())
    if arguments.output:
        write_table(table, arguments.output)
    else:
        print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))


if __name__ == "__main__":
    run(main)
