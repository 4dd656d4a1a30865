"""Sparse-Blox's claims: savings need trained weights, for accuracy bounds the thresholds."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from models.imagenet import IMAGENET
from workflow.studies.claims.verdict import Evaluation, Evaluator, Tables

Rows = Iterable[dict[Any, Any]]

BLOCK = "8x8"
"""The shape whose padded count fits the published pairs of MACs and per cent."""
UNITS = {
    "transfers_saved_percent": 1.0,
    "padded_macs_saved_per_image": 1e-6,
    "padded_macs_saved_percent": 1.0,
}
"""Columns of sparse_blox_blocks that claims are about, with the factor to the claim's unit."""


def saved(networks: tuple[str, ...], column: str) -> Evaluator:
    """One quantity of one network: with thresholds where they could be found, and without."""

    def evaluate(tables: Tables) -> list[Evaluation]:
        table = tables["sparse_blox_blocks"]
        table = table[(table["block"] == BLOCK) & table["network"].isin(networks)]
        absolute = column == "padded_macs_saved_per_image"
        if absolute:  # of the published network only, not of a narrow one
            table = table[table["suite"] == IMAGENET]
        pruned = table[table["scheme"] == "blockwise"]
        thresholded = [_with_thresholds(row, column) for row in _rows(pruned)]
        if not pruned[pruned["suite"] == IMAGENET].empty:
            return thresholded
        dense = table[(table["scheme"] == "dense") & (table["suite"] == IMAGENET)]
        return [_natural(row, column) for row in _rows(dense)] + thresholded

    return evaluate


def _rows(table: pd.DataFrame) -> Rows:
    rows: Rows = table.to_dict("records")
    return rows


def _with_thresholds(row: dict[Any, Any], column: str) -> Evaluation:
    return Evaluation(
        value=row[column] * UNITS[column],
        suite=row["suite"],
        activation_source=row["activation_source"],
        conditions=f"{row['network']}, scheme blockwise, {BLOCK} blocks, convolutions",
        reason=(
            "zero blocks of the trained network with its thresholds, natural ones among them; the "
            "thresholds keep a budget on the images that they were found on"
        )
        + ("" if row["suite"] == IMAGENET else "; a narrow network on small images"),
        setting={"network": row["network"], "scheme": "blockwise"},
        masks=((row["suite"], row["network"], "blockwise"),),
    )


def _natural(row: dict[Any, Any], column: str) -> Evaluation:
    """Stands where the claim's own quantity cannot be had: accuracy bounds the thresholds."""
    zeros = "zero blocks of modelled masks"
    if row["network"] == "yolov5s":
        zeros = "the padding alone, for SiLU makes no zeros"
    return Evaluation(
        row[column] * UNITS[column],
        row["suite"],
        row["activation_source"],
        f"{row['network']}, no threshold, {BLOCK} blocks, convolutions",
        f"the value is {zeros}, before any threshold; thresholds within the accuracy budget need "
        "trained weights, and are found when the configuration names a checkpoint and labelled "
        f"images (imagenet.networks.{row['network']})",
        {"network": row["network"], "scheme": "dense"},
    )


def area(tables: Tables) -> list[Evaluation]:
    """Each extension for zeros anywhere, over Sparse-Blox with its map in either place."""
    table = tables["sparse_blox_area"]
    rivals = table[~table["extension"].str.startswith("Sparse-Blox")]
    bits = int(table["map_bits"].iloc[0])
    places = {
        "ratio_to_sparse_blox": "map in the activation buffer",
        "ratio_to_sparse_blox_with_memory": f"memory of {bits} bits for the largest map",
    }
    return [
        Evaluation(
            row[column],
            "none",
            "modelled",
            f"{row['extension']} (saves {row['saves']}), {place}",
            "the value is an estimate from counted transistors",
        )
        for row in _rows(rivals.drop_duplicates("extension"))
        for column, place in places.items()
    ]


RESNET, YOLO = ("resnet50",), ("yolov5s", "yolov5s_relu")
EVALUATORS: dict[str, Evaluator] = {
    "blox-resnet50-transfers": saved(RESNET, "transfers_saved_percent"),
    "blox-resnet50-macs": saved(RESNET, "padded_macs_saved_per_image"),
    "blox-resnet50-macs-share": saved(RESNET, "padded_macs_saved_percent"),
    "blox-yolov5s-transfers": saved(YOLO, "transfers_saved_percent"),
    "blox-yolov5s-macs": saved(YOLO, "padded_macs_saved_per_image"),
    "blox-yolov5s-macs-share": saved(YOLO, "padded_macs_saved_percent"),
    "blox-area": area,
}
