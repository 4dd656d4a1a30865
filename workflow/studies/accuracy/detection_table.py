"""Mean average precision of the detectors, after each step of every compression scheme.

Mean average precision of YOLOv5s on held-out canvases of handwritten digits, trained here: COCO's
mAP at an overlap of 0.5 and its mean over 0.5 to 0.95, as trained, right after pruning, after
fine-tuning if there is any, and in INT8. The network is narrow and the canvases have 96x96 pixels:
the figures say nothing about COCO. The drop is in mAP@.5:.95 against the dense network in INT8.
"""

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
