"""What the Spex search and its controls find on trained networks, at the accuracy budget.

Block thresholds that save most within the budget, by strategy. `chosen_on` samples: the point that
the search itself would take, whose loss on held-out images may exceed the budget; held_out: the
best of the front's points, measured once more, that keeps the budget on all held-out images.
Networks are not retrained. Savings count partial blocks as whole ones and include natural zero
blocks.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.tabling.shared import files_command

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


def read_trials(paths: Sequence[Path]) -> pd.DataFrame:
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


if __name__ == "__main__":
    files_command(lambda paths: spex(read_trials(paths)), __doc__)
