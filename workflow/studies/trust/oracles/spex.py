"""Sparse-Blox: the totals behind its published savings, multiplications in whole 8x8 blocks."""

import pandas as pd

from sim import Layer
from sim.masks.blocks import padded_macs
from workflow.studies.trust.comparison import Check, Comparison, reference

EDGE = 8


def convolutions(network: str) -> list[Layer]:
    """Convolutions of a network that the abstract names."""
    table = reference("spex_layers.csv")
    return [_convolution(row) for _, row in table[table["network"] == network].iterrows()]


def _convolution(row: pd.Series) -> Layer:
    channels, filters = int(row["in_channels"]), int(row["out_channels"])
    kernel, stride, padding = (int(row[name]) for name in ("kernel", "stride", "padding"))
    size = int(row["input_height"]), int(row["input_width"])
    return Layer.conv(
        str(row["layer"]),
        channels,
        filters,
        kernel,
        stride=stride,
        padding=padding,
        input_size=size,
    )


def totals() -> list[Comparison]:
    """Multiplications of one image, partial blocks counted as whole ones."""
    return [
        Comparison(
            str(row["network"]),
            sum(padded_macs(layer, EDGE, EDGE) for layer in convolutions(str(row["network"]))),
            float(row["saved_macs"] / row["share"]),
        )
        for _, row in reference("spex_published.csv").iterrows()
    ]


CHECKS = (
    Check(
        "sparse_blox",
        "Sparse-Blox's abstract",
        "multiplications of a network",
        "published",
        totals,
        tolerance=0.0035,
        definition=(
            "the total is a quotient of two rounded numbers: 0.3 % of play for ResNet-50, "
            "3.5 % for YOLOv5s"
        ),
    ),
)
