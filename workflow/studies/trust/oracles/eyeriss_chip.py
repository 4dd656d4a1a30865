"""Eyeriss: the measured tables of its chip, AlexNet and VGG-16, layer by layer."""

from functools import cache, partial

import pandas as pd

from sim.accelerators.eyeriss.check import compared
from workflow.studies.trust.comparison import Check, Comparison, paired

ORACLE = "Eyeriss chip"
QUANTITIES = {
    "dram_mb": ("DRAM traffic, MB", 0.20),
    "buffer_mib": ("buffer traffic, MiB", None),
    "processing_ms": ("processing time, ms", None),
}
"""Column -> what it is, largest error accepted of a layer."""
MAPPINGS = {"chosen": "mapping searched", "published": "mapping of Table III"}
NETWORKS = {"alexnet": ("chosen", "published"), "vgg16": ("chosen",)}


@cache
def _measured(network: str) -> pd.DataFrame:
    """The chip's table of a network beside the model's values."""
    return compared(network)


def layers(mapping: str, column: str) -> list[Comparison]:
    """Every measured layer of the networks that state this mapping."""
    comparisons: list[Comparison] = []
    for network, mappings in NETWORKS.items():
        if mapping in mappings:
            table = _measured(network)
            cases = f"{network} " + table["layer"]
            comparisons += paired(cases, table[f"{mapping}_{column}"], table[column])
    return comparisons


MASKS = (
    "maps are random at the measured densities, whose run-length code is a little longer; the "
    "paper prints no output densities, which come from another pruned network"
)
BUFFER = (
    "what the buffer moves follows from the mapping; the printed traffic of conv3 fits q x r = 6, "
    "its printed mapping has 4 (+37 %)"
)
TIME = "measured time includes ramps and waiting that are not modelled"
SEARCHED = "the chip ran mappings of its own, on VGG-16 far from the best that the search finds"


def _definition(mapping: str, column: str) -> str:
    if column == "dram_mb":
        return MASKS
    parts = [SEARCHED] if mapping == "chosen" else []
    return "; ".join([*parts, TIME if column == "processing_ms" else BUFFER])


CHECKS = tuple(
    Check(
        f"eyeriss ({title})",
        ORACLE,
        quantity,
        "published",
        partial(layers, mapping, column),
        tolerance=tolerance,
        definition=_definition(mapping, column),
    )
    for mapping, title in MAPPINGS.items()
    for column, (quantity, tolerance) in QUANTITIES.items()
)
