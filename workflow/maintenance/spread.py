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
from typing import Any

import numpy as np
import pandas as pd
import yaml

from sim import UserError
from sim.files import intact
from workflow.cli import run
from workflow.maintenance.check_results import TOLERANCES, matching, tolerance
from workflow.tabling.shared import write_table


def spread(made: Path, reference: Path, rules: dict[str, Any]) -> pd.DataFrame:
    """A row per pattern of `rules`: cells that differ, and by how much at most.

    Args:
        made: folder of tables; those that both folders have, of equal shape, are compared.
        reference: the other folder.
        rules: column pattern -> absolute and relative tolerance, as in tolerances.yaml.

    Raises:
        UserError: no table is in both.
    """
    columns = [
        column
        for path in sorted(reference.glob("*.csv"))
        if (made / path.name).is_file()
        for column in _columns(pd.read_csv(intact(made / path.name)), pd.read_csv(path), rules)
    ]
    if not columns:
        raise UserError(f"no table of {made} has the columns and rows of one of {reference}")
    groups = pd.DataFrame(columns).groupby("pattern")
    largest = ["absolute", "relative", "allowed_absolute", "allowed_relative", "share"]
    return groups[["cells", "moved"]].sum().join(groups[largest].max()).reset_index()


def _columns(
    new: pd.DataFrame, old: pd.DataFrame, rules: dict[str, Any]
) -> Iterator[dict[str, object]]:
    if list(new.columns) != list(old.columns) or len(new) != len(old):
        return
    for name in old.select_dtypes("number").columns.difference(_ignored(rules), sort=False):
        change = (new[name] - old[name]).abs().fillna(0)
        allowed = tolerance(name, rules)
        room = allowed.absolute + allowed.relative * old[name].abs()
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = (change / room).where(change > 0, 0)
            relative = (change / old[name].abs()).where(change > 0, 0)
        yield {
            "pattern": matching(name, rules) or "none",
            "cells": len(change),
            "moved": int((change > 0).sum()),
            "absolute": change.max(),
            "relative": relative.max(),
            "allowed_absolute": allowed.absolute,
            "allowed_relative": allowed.relative,
            "share": shares.max(),
        }


def _ignored(rules: dict[str, Any]) -> list[str]:
    return [name for name, rule in rules.items() if rule.get("ignored")]


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("made", type=Path, help="folder of tables")
    parser.add_argument("reference", type=Path, help="folder of tables to compare with")
    parser.add_argument("--output", type=Path, help="table to write; else it is printed")
    arguments = parser.parse_args()
    rules = yaml.safe_load(TOLERANCES.read_text())
    table = spread(arguments.made, arguments.reference, rules)
    if arguments.output:
        write_table(table, arguments.output)
    else:
        print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))


if __name__ == "__main__":
    run(main)
