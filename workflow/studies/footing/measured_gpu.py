"""The file in which `make gpu-reference` leaves what a GPU reached; there is none until it ran."""

from collections.abc import Sequence
from pathlib import Path

from sim.declared import ROOT

MEASURED = "workflow/studies/footing/data/gpu_reference.csv"
COLUMNS = (
    "device",
    "driver",
    "library",
    "date",
    "network",
    "batch",
    "precision",
    "kernels",
    "layer_count",
    "two_four_layer_count",
    "dense_macs_per_image",
    "microseconds_per_image",
    "peak_tera_ops",
    "speedup_over_dense_ideal",
)


def measured_files(root: Path = ROOT) -> Sequence[str]:
    """The file by its path within the checkout, if it is there."""
    return [MEASURED] if (root / MEASURED).is_file() else []
