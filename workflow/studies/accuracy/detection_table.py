"""Mean average precision of the detectors, after each step of every compression scheme."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workflow.studies.accuracy.metrics import metrics_rows
from workflow.tabling.shared import files_command

STEPS = ("trained", "one_shot", "fine_tuned", "int8")
COLUMNS = [
    "suite",
    "network",
    "scheme",
    "weight_density",
    *(f"map_{overlap}_{step}_percent" for overlap in ("50", "50_95") for step in STEPS),
    "train_images",
    "test_images",
    "epochs",
]
FINAL = "map_50_95_int8_percent"


def detection(paths: Sequence[Path]) -> pd.DataFrame:
    """One row per (network, scheme); `drop` is mAP@.5:.95 against the dense network, both INT8.

    Raises:
        UserError: a metrics file lacks a key.
    """
    table = metrics_rows(paths, COLUMNS)
    dense = table[table["scheme"] == "dense"].set_index("network")[FINAL]
    table["drop_from_dense_points"] = (
        dense.reindex(table["network"]).to_numpy() - table[FINAL].to_numpy()
    )
    return table


if __name__ == "__main__":
    files_command(detection, __doc__)
