"""Compare regenerated tables with the committed reference and name every cell that moved.

Keys (text, and whole numbers that identify a row) must agree exactly. Numbers may differ as
tolerances.yaml beside this module says: another processor rounds differently while training, and
everything measured on a trained network moves with it.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.cli import run, whole_file
from workflow.maintenance.tolerances import TableRules, Tolerances, shares, tolerances

JUST_WITHIN = 1 + 1e-9
"""Of a tolerance, what a difference may use up: those that meet it exactly round either way."""
PRETRAINED = "pretrained"
"""What the names of that suite's tables begin with."""
OF_EVERY_SUITE = ("claims", "basis_claims")
"""Further tables with rows of that suite; `claims_summary` spans them."""
NOT_FETCHED = "not fetched"
"""State of a network in table pretrained_loading."""
SHOWN = 25
"""Cells of one table that a comment lists; GitHub refuses comments of over 65,536 characters."""


@dataclass(frozen=True)
class ComparedTable:
    """What comparing a table with its reference says.

    Attributes:
        lines: one for each cell beyond its tolerance, or what stands against comparing; none
            where there are no more than the table's rules grant.
        cells: compared.
        unequal: cells that are not the same, most of them within their tolerance.
    """

    lines: list[str]
    cells: int = 0
    unequal: int = 0


def compared(made: pd.DataFrame, reference: pd.DataFrame, rules: TableRules) -> ComparedTable:
    """Compare two versions of a table cell by cell."""
    if list(made.columns) != list(reference.columns):
        changed = sorted(set(made.columns) ^ set(reference.columns))
        return ComparedTable([f"columns differ: {', '.join(changed) or 'another order'}"])
    made, reference = rules.rows(made), rules.rows(reference)
    if len(made) != len(reference):
        return ComparedTable([f"{len(made)} rows, the reference has {len(reference)}"])
    lines, unequal = [], 0
    columns = rules.compared(reference.columns)
    for column in columns:
        new, old = made[column], reference[column]
        share = shares(new, old, rules.tolerance(column))
        unequal += int((share > 0).sum())
        for row in np.flatnonzero(share > JUST_WITHIN):
            key = " ".join(
                str(v) for v in reference.iloc[row] if isinstance(v, str) and len(v) < 25
            )
            lines.append(f"{column} [{key}]: {old.iloc[row]} -> {new.iloc[row]}")
    cells = len(columns) * len(reference)
    granted = len(lines) <= cells * rules.beyond_percent / 100
    return ComparedTable([] if granted else lines, cells, unequal)


def compare(made: Path, reference: Path, rules: Tolerances) -> dict[str, ComparedTable]:
    """Compare every table of either folder, by its name.

    Tables and rows of suite `pretrained` are compared where its networks were fetched.

    Raises:
        UserError: no reference at all, or another table of the reference was not made.
    """
    references = sorted(reference.glob("*.csv"))
    if not references:
        raise UserError(f"{reference} holds no reference table")
    comparisons = {}
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
        comparisons[path.stem] = compared(*frames, rules.of(path.stem))
    names = {path.stem for path in references}
    unknown = sorted({path.stem for path in made.glob("*.csv")} - names)
    new = ComparedTable(["is not in the reference; run `make reference`"])
    return comparisons | dict.fromkeys(unknown, new)


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
    comparisons = compare(arguments.made, arguments.reference, tolerances())
    moves = {name: comparison.lines for name, comparison in comparisons.items()}
    if arguments.moved:
        with whole_file(arguments.moved) as temporary:
            temporary.write_text(markdown(moves, arguments.reference))
    for name, lines in moves.items():
        for line in lines:
            print(f"{name}: {line}")
    failures = sum(map(len, moves.values()))
    if failures:
        raise UserError(f"{failures} cells moved away from {arguments.reference}")
    print(f"{len(moves)} tables agree with {arguments.reference}: {_counted(comparisons)}")


def _counted(comparisons: dict[str, ComparedTable]) -> str:
    """How many cells are not the same; on the machine of the reference none are."""
    cells = sum(comparison.cells for comparison in comparisons.values())
    unequal = sum(comparison.unequal for comparison in comparisons.values())
    return f"of {cells:,} cells {unequal:,} are not equal, all within their tolerances"


if __name__ == "__main__":
    run(main)
