"""Compare regenerated tables with the committed reference and name every cell that moved.

Keys (text, and whole numbers that identify a row) must agree exactly. Numbers may differ as
workflow/tolerances.yaml says: another processor rounds differently while training, and everything
measured on a trained network moves with it.
"""

import argparse
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from sim import UserError
from workflow.cli import run

TOLERANCES = Path(__file__).parents[1] / "tolerances.yaml"


@dataclass(frozen=True)
class Tolerance:
    """A number may differ by `absolute + relative * |reference|`."""

    absolute: float
    relative: float


def tolerance(column: str, rules: dict[str, dict[str, float]]) -> Tolerance:
    """The first rule whose pattern matches the column."""
    for pattern, rule in rules.items():
        if fnmatch(column, pattern):
            return Tolerance(rule.get("absolute", 0.0), rule.get("relative", 0.0))
    return Tolerance(0.0, 0.0)


def moved(made: pd.DataFrame, reference: pd.DataFrame, rules: dict[str, Any]) -> list[str]:
    """One line per cell that differs by more than its tolerance; empty if none does."""
    if list(made.columns) != list(reference.columns):
        changed = sorted(set(made.columns) ^ set(reference.columns))
        return [f"columns differ: {', '.join(changed) or 'another order'}"]
    if len(made) != len(reference):
        return [f"{len(made)} rows, the reference has {len(reference)}"]
    lines = []
    for column in reference.columns:
        if rules.get(column, {}).get("ignored"):
            continue
        new, old = made[column], reference[column]
        if pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new):
            allowed = tolerance(column, rules)
            within = np.isclose(new, old, allowed.relative, allowed.absolute, equal_nan=True)
        else:
            within = (_text(new) == _text(old)).to_numpy()
        for row in np.flatnonzero(~within):
            key = " ".join(
                str(v) for v in reference.iloc[row] if isinstance(v, str) and len(v) < 25
            )
            lines.append(f"{column} [{key}]: {old.iloc[row]} -> {new.iloc[row]}")
    return lines


def _text(column: pd.Series) -> pd.Series:
    """Cells as text, an empty cell as nothing: NaN never equals itself."""
    return column.astype(object).where(column.notna(), "").astype(str)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--made", type=Path, required=True)
    parser.add_argument("--reference", type=Path, required=True)
    arguments = parser.parse_args()
    rules = yaml.safe_load(TOLERANCES.read_text())
    references = sorted(arguments.reference.glob("*.csv"))
    if not references:
        raise UserError(f"{arguments.reference} holds no reference table")
    failures = 0
    for path in references:
        made = arguments.made / path.name
        if not made.is_file():
            raise UserError(f"{made} is missing; make it first")
        for line in moved(pd.read_csv(made), pd.read_csv(path), rules):
            print(f"{path.stem}: {line}")
            failures += 1
    if failures:
        raise UserError(f"{failures} cells moved away from {arguments.reference}")
    print(f"{len(references)} tables agree with {arguments.reference}")


if __name__ == "__main__":
    run(main)
