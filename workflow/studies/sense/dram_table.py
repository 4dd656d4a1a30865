"""DRAM bytes per image of whole networks: Sense against Eyeriss and the Swallow-like array.

`batch` is that of Sense, `baseline_batch` that of the other side; equal batches are the fair
comparison, and a batch of one against the chip's measured batch shows how much it decides. Eyeriss
is there as the model and as the measured chip.
"""

import pandas as pd

from sim.accelerators.sense.schemes import SUBJECT
from workflow.studies.sense.layers_table import CHIP
from workflow.tabling.shared import csv_command, layer_views

CASES = ["suite", "network", "activation_source", "layers", "accelerator", "batch"]
CASE = ["suite", "network", "activation_source", "layers"]


def dram(layers: pd.DataFrame) -> pd.DataFrame:
    """One row per network, view, baseline and pair of batches."""
    total = (
        layer_views(layers).groupby(CASES, sort=True)["dram_bytes_per_image"].sum().reset_index()
    )
    # the chip was measured on convolutions alone
    total = total[(total["accelerator"] != CHIP) | (total["layers"] == "conv_only")]
    subject = total[total["accelerator"] == SUBJECT]
    others = total[total["accelerator"] != SUBJECT].rename(
        columns={"accelerator": "baseline", "batch": "baseline_batch"}
    )
    joined = subject.merge(others, on=CASE, suffixes=("", "_of_baseline"))
    joined = joined[(joined["batch"] == joined["baseline_batch"]) | (joined["baseline"] == CHIP)]
    joined["dram_reduction"] = (
        joined["dram_bytes_per_image_of_baseline"] / joined["dram_bytes_per_image"]
    )
    order = [*CASE, "baseline", "batch", "baseline_batch"]
    return joined.sort_values(order, kind="stable", ignore_index=True)


if __name__ == "__main__":
    csv_command(dram, __doc__)
