"""The measured chip beside the model: published rate, and the network that it was measured on.

The chip ran a pruned MobileNet V1 of half width on 128 x 128 images. The Sparseloop MICRO 2022
artifact (Accelergy-Project/micro22-sparseloop-artifact, setup of figure 12) states the PE cycles
at one multiplication per cycle of its 28 layers, and holds the zero masks of eight pointwise
layers, from which come the nonzeros per input channel in `chip_workload/channels.csv`.

A calibrated figure is never a result of the model. Print it in a column of its own.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.accelerator import Accelerator, simulate
from sim.arithmetic import Counts
from sim.declared import data_file
from sim.layer import Layer, Mask
from sim.trace import LayerTrace

LAYERS = data_file("sim/accelerators/eyeriss_v2/chip_workload/layers.csv")
CHANNELS = data_file("sim/accelerators/eyeriss_v2/chip_workload/channels.csv")

INFERENCES_PER_SECOND = 1470.6
"""Sparse MobileNet 0.5 on 128 x 128 images, batch 1: Chen et al., JETCAS 2019."""
INFERENCES_PER_JOULE = 2560.3
"""Same run, 65 nm."""
CLOCK_HZ = 200e6


@dataclass(frozen=True)
class ChipLayer:
    """One layer of the chip's network; `pe_macs` are its published PE cycles at one MAC each."""

    layer: Layer
    kind: str
    pe_macs: int


@dataclass(frozen=True)
class ChannelNonzeros:
    """Nonzeros of a layer by input channel: weights over filters, activations over pixels."""

    weights: Counts
    activations: Counts


@dataclass(frozen=True)
class Calibration:
    """How much slower the chip is than the model, on the chip's own network.

    Attributes:
        raw_cycles: the model's cycles of one inference.
        chip_cycles: clock over the published inferences per second.
    """

    raw_cycles: int
    chip_cycles: float

    @property
    def factor(self) -> float:
        """Chip cycles per model cycle."""
        return self.chip_cycles / self.raw_cycles

    def calibrated_cycles(self, raw_cycles: int) -> float:
        """What the chip might take, if it lost the same share everywhere."""
        return raw_cycles * self.factor


def chip_layers() -> list[ChipLayer]:
    """The 28 layers of the measured chip's network, in order."""
    with LAYERS.open() as file:
        return [_chip_layer(row) for row in csv.DictReader(file)]


def _chip_layer(row: dict[str, str]) -> ChipLayer:
    channels, filters = int(row["in_channels"]), int(row["out_channels"])
    kernel, size = int(row["kernel"]), int(row["input_size"])
    if row["kind"] == "linear":
        layer = Layer.linear(row["layer"], channels, filters)
    else:
        groups = channels if row["kind"] == "depthwise" else 1
        stride, padding = int(row["stride"]), kernel // 2
        layer = Layer.conv(
            row["layer"],
            channels,
            filters,
            kernel,
            stride=stride,
            padding=padding,
            input_size=size,
            groups=groups,
        )
    return ChipLayer(layer, row["kind"], int(row["pe_macs"]))


def channel_nonzeros() -> dict[str, ChannelNonzeros]:
    """Nonzeros of the eight layers whose masks are public, by layer."""
    with CHANNELS.open() as file:
        rows = list(csv.DictReader(file))
    names = dict.fromkeys(row["layer"] for row in rows)
    table = {name: [row for row in rows if row["layer"] == name] for name in names}
    return {
        name: ChannelNonzeros(
            np.array([int(row["nonzero_weights"]) for row in rows]),
            np.array([int(row["nonzero_activations"]) for row in rows]),
        )
        for name, rows in table.items()
    }


def chip_traces(seed: int = 0) -> list[LayerTrace]:
    """Masks with the published numbers of nonzeros, their places drawn at random.

    Where the masks are public, each input channel has its own number of nonzeros. A pointwise
    layer without public masks takes its activations per channel from the nearest one that has
    them, and as many weights as give its published PE cycles. A depthwise layer, which runs on
    uncompressed activations, has as many weights as its published cycles per pixel. The pooled
    input of the last layer and the image are dense. These choices are assumed.
    """
    rng = np.random.default_rng(seed)
    known = channel_nonzeros()
    return [_trace(chip_layer, known, rng) for chip_layer in chip_layers()]


def _trace(
    chip_layer: ChipLayer, known: dict[str, ChannelNonzeros], rng: np.random.Generator
) -> LayerTrace:
    layer = chip_layer.layer
    if chip_layer.kind == "depthwise":
        count = chip_layer.pe_macs // layer.output_pixels
        weight = _scattered(np.array([count]), layer.out_channels * layer.window, rng)
        return LayerTrace(layer, weight.reshape(layer.weight_shape))
    if chip_layer.kind == "conv":
        return LayerTrace(layer)
    nonzeros = known.get(layer.name) or _estimated(chip_layer, known, rng)
    weight = _scattered(nonzeros.weights, layer.out_channels, rng).T
    activation = _scattered(nonzeros.activations, layer.output_pixels, rng)
    return LayerTrace(
        layer,
        np.ascontiguousarray(weight).reshape(layer.weight_shape),
        activation.reshape(1, *layer.input_shape),
    )


def _estimated(
    chip_layer: ChipLayer, known: dict[str, ChannelNonzeros], rng: np.random.Generator
) -> ChannelNonzeros:
    layer, pixels = chip_layer.layer, chip_layer.layer.output_pixels
    if chip_layer.kind == "linear":
        activations = np.ones(layer.in_channels, dtype=np.int64)
    else:
        nearest = min(known, key=lambda name: abs(int(name[1:]) - int(layer.name[1:])))
        densities = known[nearest].activations / known[nearest].activations.max()
        drawn = rng.choice(densities, layer.in_channels)
        activations = np.rint(drawn * pixels).astype(np.int64)
    density = chip_layer.pe_macs / (layer.out_channels * activations.sum())
    # rounded running totals: whole weights per channel whose sum is right
    running = np.rint(np.arange(layer.in_channels + 1) * density * layer.out_channels)
    return ChannelNonzeros(np.diff(running).astype(np.int64), activations)


def _scattered(nonzeros: Counts, length: int, rng: np.random.Generator) -> Mask:
    """(rows, length) with the given number of ones at random places of each row."""
    packed = np.arange(length) < nonzeros[:, np.newaxis]
    scattered: Mask = rng.permuted(packed, axis=1)
    return scattered


def calibration(
    accelerator: Accelerator, traces: Sequence[LayerTrace] | None = None
) -> Calibration:
    """The model on the chip's network, beside the chip.

    Args:
        accelerator: an Eyeriss v2 configuration of the chip's size.
        traces: masks of the chip's network; None = `chip_traces()`.
    """
    layers = chip_traces() if traces is None else traces
    raw_cycles = sum(simulate(trace, accelerator).cycles for trace in layers)
    return Calibration(raw_cycles, CLOCK_HZ / INFERENCES_PER_SECOND)
