"""Accuracy before and after every compression scheme, on held-out images of the trained suites.

Top-1 on held-out images: as trained, right after pruning, after fine-tuning, and after INT8. The
dense network is fine-tuned for as long as the pruned ones; the drop is against that network in
INT8. Scheme blockwise is not retrained, as published, so its drop holds what fine-tuning gives the
dense network too.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workflow.studies.accuracy.metrics import metrics_rows
from workflow.tabling.shared import files_command

COLUMNS = [
    "suite",
    "network",
    "scheme",
    "weight_density",
    "top1_trained_percent",
    "top1_one_shot_percent",
    "top1_fine_tuned_percent",
    "top1_int8_percent",
    "test_images",
]


def accuracy(paths: Sequence[Path]) -> pd.DataFrame:
    """One row per (suite, network, scheme); `drop` is against the equally fine-tuned dense INT8.

    Raises:
        UserError: a metrics file lacks a key.
    """
    table = metrics_rows(paths, COLUMNS)
    dense = table[table["scheme"] == "dense"].set_index(["suite", "network"])["top1_int8_percent"]
    keys = pd.MultiIndex.from_frame(table[["suite", "network"]])
    table["drop_from_dense_points"] = dense.reindex(keys).to_numpy() - table["top1_int8_percent"]
    return table


if __name__ == "__main__":
    files_command(accuracy, __doc__)
