"""The end of a run in five lines: what came out, and what to open."""

import argparse
import csv
from collections import Counter
from pathlib import Path

from workflow.cli import run


def outcome(results: Path) -> list[str]:
    """Lines for the terminal; what was not made is left out."""
    lines = []
    summary = results / "tables" / "claims_summary.csv"
    if summary.is_file():
        with summary.open(newline="") as file:
            verdicts = Counter(row["verdict"].replace("_", " ") for row in csv.DictReader(file))
        counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        lines.append(f"{verdicts.total()} published claims: {counts}")
    tables = sorted((results / "tables").glob("*.csv"))
    figures = sorted((results / "figures").glob("*.svg"))
    if tables or figures:
        lines.append(f"{len(tables)} tables and {len(figures)} figures in {results}")
    names = {
        "tables.html": "tables to sort and search",
        "figures/overview.svg": "every design on every network",
        "report.html": "the same with what made each",
    }
    lines += [
        f"open {results / name}  ({what})"
        for name, what in names.items()
        if (results / name).is_file()
    ]
    return lines


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="the folder that a run filled")
    print("\n".join(outcome(parser.parse_args().results)))


if __name__ == "__main__":
    run(main)
