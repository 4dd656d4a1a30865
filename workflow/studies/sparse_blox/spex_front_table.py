"""The Pareto front of every search, measured on all held-out images, and the unpruned network.

The front is that of the points allowed on the samples.
"""

import pandas as pd

from workflow.studies.sparse_blox.spex_table import POINT, SEARCH, read_trials
from workflow.tabling.shared import files_command


def front(trials: pd.DataFrame) -> pd.DataFrame:
    """The allowed points of every search that were measured on held-out images."""
    measured = trials.dropna(subset=["held_out_lost_points"])
    return measured[[*SEARCH, *POINT]].reset_index(drop=True)


if __name__ == "__main__":
    files_command(lambda paths: front(read_trials(paths)), __doc__)
