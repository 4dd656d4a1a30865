"""Compare regenerated tables with the committed reference and name every cell that moved.

Keys (text, and whole numbers that identify a row) must agree exactly. Numbers may differ as
tolerances.yaml beside this module says: another processor rounds differently while training, and
everything measured on a trained network moves with it.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from sim import UserError
from sim.declared import data_file
from sim.files import intact
from workflow.cli import run, whole_file

TOLERANCES = data_file("workflow/maintenance/tolerances.yaml")
PRETRAINED = "pretrained"
"""What the names of that suite's tables begin with."""
OF_EVERY_SUITE = ("claims", "basis_claims")
"""Further tables with rows of that suite; `claims_summary` spans them."""
NOT_FETCHED = "not fetched"
"""State of a network in table pretrained_loading."""
SHOWN = 25
"""Cells of one table that a comment lists; GitHub refuses comments of over 65,536 characters."""


@dataclass(frozen=True)
class Tolerance:
    """A number may differ by `absolute + relative * |reference|`."""

    absolute: float
    relative: float


def matching(column: str, rules: Mapping[str, object]) -> str | None:
    """The first pattern that matches the column; None where none does."""
    return next((pattern for pattern in rules if fnmatch(column, pattern)), None)


def tolerance(column: str, rules: dict[str, dict[str, float]]) -> Tolerance:
    """The first rule whose pattern matches the column."""
    pattern = matching(column, rules)
    rule = {} if pattern is None else rules[pattern]
    return Tolerance(rule.get("absolute", 0.0), rule.get("relative", 0.0))


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


def compare(made: Path, reference: Path, rules: dict[str, Any]) -> dict[str, list[str]]:
    """Table -> what moved in it, for every table of either folder; an empty list = nothing.

    Tables and rows of suite `pretrained` are compared where its networks were fetched.

    Raises:
        UserError: no reference at all, or another table of the reference was not made.
    """
    references = sorted(reference.glob("*.csv"))
    if not references:
        raise UserError(f"{reference} holds no reference table")
    moves = {}
    left_out = _left_out(made)
    for path in references:
        table = made / path.name
        if left_out and (path.stem.startswith(PRETRAINED) or path.stem == "claims_summary"):
            continue
        if not table.is_file():
            raise UserError(f"{table} is missing; make it first")
        frames = pd.read_csv(intact(table)), pd.read_csv(path)
        if left_out and path.stem in OF_EVERY_SUITE:
            frames = _others(frames[0]), _others(frames[1])
        moves[path.stem] = moved(*frames, rules)
    names = {path.stem for path in references}
    unknown = sorted({path.stem for path in made.glob("*.csv")} - names)
    return moves | {name: ["is not in the reference; run `make reference`"] for name in unknown}


def _others(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of other suites."""
    return table[table["suite"] != PRETRAINED].reset_index(drop=True)


def _left_out(made: Path) -> bool:
    """Whether networks of suite `pretrained` were not there to be traced."""
    path = made / f"{PRETRAINED}_loading.csv"
    return path.is_file() and NOT_FETCHED in set(pd.read_csv(intact(path))["state"])


def markdown(moves: dict[str, list[str]], reference: Path) -> str:
    """What moved, as a comment on a pull request: a list per table, long ones cut."""
    changed = {name: lines for name, lines in moves.items() if lines}
    if not changed:
        return f"All {len(moves)} tables agree with `{reference}`.\n"
    parts = [f"### {sum(map(len, changed.values()))} cells moved away from `{reference}`\n"]
    for name, lines in changed.items():
        rest = len(lines) - SHOWN
        parts.append(f"\n**{name}** ({len(lines)})\n")
        parts += [f"- {line}\n" for line in lines[:SHOWN]]
        parts += [f"- and {rest} more\n"] if rest > 0 else []
    return "".join(parts)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--made", type=Path, required=True)
    parser.add_argument("--reference", type=Path, required=True)
    parser.add_argument("--moved", type=Path, help="Markdown to write, for a comment")
    arguments = parser.parse_args()
    rules = yaml.safe_load(TOLERANCES.read_text())
    moves = compare(arguments.made, arguments.reference, rules)
    if arguments.moved:
        with whole_file(arguments.moved) as temporary:
            temporary.write_text(markdown(moves, arguments.reference))
    for name, lines in moves.items():
        for line in lines:
            print(f"{name}: {line}")
    failures = sum(map(len, moves.values()))
    if failures:
        raise UserError(f"{failures} cells moved away from {arguments.reference}")
    print(f"{len(moves)} tables agree with {arguments.reference}")


if __name__ == "__main__":
    run(main)
