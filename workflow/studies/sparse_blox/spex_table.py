"""What the Spex search and its controls find on trained networks, at the accuracy budget.

Two choices per search: on the samples that guided it, and on all held-out images, where the few
points of the front are measured once more (`chosen_on`). With `--front` the points themselves.
"""

import argparse
from pathlib import Path

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.cli import run
from workflow.tabling.shared import write_table

SEARCH = ["suite", "network", "block", "criterion", "saving", "strategy"]
POINT = [
    "trial",
    "budget_points",
    "lost_points",
    "held_out_accuracy_percent",
    "held_out_lost_points",
    "held_out_saved_macs_percent",
    "held_out_saved_transfers_percent",
    "held_out_created_blocks_percent",
    "held_out_created_blocks",
    "blocks",
]
SAVINGS = {
    "macs": "saved_macs_percent",
    "transfers": "saved_transfers_percent",
    "created_blocks": "created_blocks_percent",
}
LOSSES = {"samples": "lost_points", "held_out": "held_out_lost_points"}


def front(trials: pd.DataFrame) -> pd.DataFrame:
    """The allowed points of every search that were measured on held-out images."""
    measured = trials.dropna(subset=["held_out_lost_points"])
    return measured[[*SEARCH, *POINT]].reset_index(drop=True)


def spex(trials: pd.DataFrame) -> pd.DataFrame:
    """The point that saves most within the budget, by search and by what the budget is held to."""
    rows = []
    for _, search in trials.groupby(SEARCH, sort=False):
        measured = search.dropna(subset=["held_out_lost_points"])
        column = SAVINGS[str(search["saving"].iloc[0])]
        for chosen_on, loss in LOSSES.items():
            kept = measured[measured[loss] <= measured["budget_points"]]
            row = kept.loc[[kept[column].idxmax()], [*SEARCH, *POINT]]
            rows.append(row.assign(chosen_on=chosen_on, trials=len(search)))
    table = pd.concat(rows, ignore_index=True)
    return table[[*SEARCH, "trials", "chosen_on", *POINT]]


def read_trials(paths: list[Path]) -> pd.DataFrame:
    """The trials of several searches.

    Raises:
        UserError: a file is no table of trials, or damaged.
    """
    tables = [pd.read_csv(intact(path)) for path in paths]
    for path, table in zip(paths, tables, strict=True):
        missing = [name for name in [*SEARCH, *POINT] if name not in table]
        if missing:
            raise UserError(f"{path}: lacks {', '.join(missing)}; delete and remake it")
    return pd.concat(tables, ignore_index=True)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", type=Path, nargs="+")
    parser.add_argument("--front", action="store_true", help="all points, not the chosen ones")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    make = front if arguments.front else spex
    write_table(make(read_trials(arguments.trials)), arguments.output)


if __name__ == "__main__":
    run(main)
