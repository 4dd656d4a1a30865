"""Every trial of the threshold searches, in the order of proposal; trial 0 is the unpruned network.

`best_score` is the full objective of the best point so far, by the strategy's own score.
"""

import pandas as pd

from workflow.tabling.shared import csv_command

SEARCH = ["suite", "network", "strategy", "search_seed"]


def hass_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials with the score of the best so far."""
    table = trials.sort_values([*SEARCH, "trial"], kind="stable", ignore_index=True)
    parts = []
    for _, search in table.groupby(SEARCH, sort=False):
        record = search["own_score"] > search["own_score"].cummax().shift(fill_value=float("-inf"))
        parts.append(search["score"].where(record).ffill())
    table["best_score"] = pd.concat(parts)
    return table


if __name__ == "__main__":
    csv_command(hass_trials, __doc__)
