"""Where in a network a ReLU stands, and what was measured of such ReLUs on trained networks.

How many outputs of a ReLU are zero depends on what follows and precedes it and on the size of the
map more than on the network. `pretrained.csv` beside this module has every layer's input of three
trained ImageNet-size networks (python -m models.pretrained.measured_zeros made it).
"""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from models.graph.dataflow import InputKind, LayerInput
from sim.declared import data_file

MEASURED: Final = "measured"
"""Name of the table, and status of its rows."""


class ReluPlace(StrEnum):
    """What stands around a ReLU; its value is what tables call it."""

    ADDITION = "relu after an addition"
    BEFORE_DEPTHWISE = "relu before a depthwise convolution"
    AFTER_DEPTHWISE = "relu after a depthwise convolution"
    OTHER = "relu elsewhere"


def relu_places(inputs: Sequence[LayerInput]) -> dict[str, ReluPlace]:
    """The place of the ReLU that made each stored tensor, by tensor; others are absent.

    Args:
        inputs: layers in running order. What ran just before a layer made its input, gates aside.
    """
    places: dict[str, ReluPlace] = {}
    before: LayerInput | None = None
    for row in inputs:
        if row.kind is InputKind.RESIDUAL:
            places.setdefault(row.tensor, ReluPlace.ADDITION)
        elif row.kind is InputKind.RELU and not row.layer.is_linear:
            place = ReluPlace.OTHER
            if row.layer.is_depthwise:
                place = ReluPlace.BEFORE_DEPTHWISE
            elif before is not None and before.layer.is_depthwise:
                place = ReluPlace.AFTER_DEPTHWISE
            places.setdefault(row.tensor, place)
        if max(row.layer.input_size) > 1:  # else a gate, which changes no zeros
            before = row
    return places


def depth_of(image_side: int, map_side: int) -> int:
    """How often a map was halved since the image; a row of padding more does not count."""
    return round(math.log2(image_side / map_side))


@dataclass(frozen=True)
class MeasuredInput:
    """The input of one layer of a trained network.

    Attributes:
        network: its name.
        layer: likewise.
        place: of the ReLU that made it.
        depth: see depth_of.
        density: share of nonzeros, mean over the pictures.
        channel_spread: standard deviation of the channels' densities within a picture, likewise.
    """

    network: str
    layer: str
    place: ReluPlace
    depth: int
    density: float
    channel_spread: float


@dataclass(frozen=True)
class MeasuredMean:
    """Means over measured inputs, and which these are."""

    density: float
    channel_spread: float
    source: str


def measured_inputs(status: Literal["measured", "derived"] = MEASURED) -> tuple[MeasuredInput, ...]:
    """Every measured input that a ReLU made; `derived`: those taken over by another network."""
    path = data_file("models/imagenet/densities/pretrained.csv")
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            MeasuredInput(
                record["network"],
                record["layer"],
                ReluPlace(record["place"]),
                depth_of(int(record["image_side"]), int(record["map_side"])),
                float(record["density"]),
                float(record["channel_density_std"]),
            )
            for record in csv.DictReader(file)
            if record["place"] and record["status"] == status
        )


def measured_mean(
    place: ReluPlace, depth: int, rows: Sequence[MeasuredInput]
) -> MeasuredMean | None:
    """Mean of the measured ReLUs of a place at the nearest depth; of two equally near, the deeper.

    Args:
        place: of the ReLU.
        depth: of its map.
        rows: what was measured. Where none of them is of this place the result is None.
    """
    same = [row for row in rows if row.place is place]
    if not same:
        return None
    nearest = min({row.depth for row in same}, key=lambda other: (abs(other - depth), -other))
    alike = [row for row in same if row.depth == nearest]
    names = ", ".join(sorted({row.network for row in alike}))
    return MeasuredMean(
        round(sum(row.density for row in alike) / len(alike), 4),
        round(sum(row.channel_spread for row in alike) / len(alike), 4),
        f"mean of {place} on maps halved {nearest} times, measured on {names}",
    )


def channel_spreads(
    network: str, inputs: Sequence[LayerInput], measured: Sequence[MeasuredInput] | None = None
) -> dict[str, float]:
    """How far the channels of each ReLU's output differ in density, by stored tensor.

    What was measured for this layer (or taken over by position), else the mean of its place and
    depth; tensors that are no maps or that no ReLU made are absent.

    Args:
        network: its name.
        inputs: all its layers in running order.
        measured: to go by in place of all that was measured.
    """
    rows = (*measured_inputs(), *measured_inputs("derived")) if measured is None else measured
    same = {row.layer: row.channel_spread for row in rows if row.network == network}
    others = measured_inputs() if measured is None else measured
    image_side = max(max(row.layer.input_size) for row in inputs)
    sides = {row.layer.name: max(row.layer.input_size) for row in inputs}
    spreads: dict[str, float] = {}
    for tensor, place in relu_places(inputs).items():
        mean = measured_mean(place, depth_of(image_side, sides[tensor]), others)
        if tensor in same:
            spreads[tensor] = same[tensor]
        elif mean is not None:
            spreads[tensor] = mean.channel_spread
    return spreads
