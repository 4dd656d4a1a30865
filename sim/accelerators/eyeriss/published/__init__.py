"""What was measured on the chip, and traces of the same shapes and densities to check against."""

from functools import cache

import numpy as np
import pandas as pd

from sim.declared import data_files
from sim.layer import Layer
from sim.trace import LayerTrace
from sim.validation import unknown

BATCH = {"alexnet": 4, "vgg16": 3}
"""Images of a batch in the measurements."""

OUTPUT_DENSITY = {
    "alexnet": (0.378, 0.169, 0.303, 0.304, 0.100),
    "vgg16": (
        0.5062,
        0.7742,
        0.7870,
        0.5961,
        0.6385,
        0.6881,
        0.4928,
        0.5014,
        0.4515,
        0.2184,
        0.3305,
        0.3057,
        0.1419,
    ),
}
"""Nonzeros of the maps before pooling, which the tables of Eyeriss lack.

AlexNet: table7_eyeriss_setup of the Sparseloop MICRO 2022 artifact. VGG-16: densities.csv of
NVlabs/timeloop, of another pruned network; the DRAM total moves by about 5 % with them.
"""


@cache
def published(network: str) -> pd.DataFrame:
    """The measured table of a network, one row per convolution; units in the file's head.

    Raises:
        UserError: the chip was measured on other networks only.
    """
    if network not in BATCH:
        raise unknown("table of Eyeriss for network", network, BATCH)
    tables = {path.stem: path for path in data_files("sim/accelerators/eyeriss/published/*.csv")}
    return pd.read_csv(tables[network], comment="#")


def alexnet_layers() -> tuple[Layer, ...]:
    """The five convolutions of AlexNet in the grouped shape of Caffe, 227x227 input."""
    return (
        Layer.conv("conv1", 3, 96, 11, stride=4, input_size=227),
        Layer.conv("conv2", 96, 256, 5, padding=2, input_size=27, groups=2),
        Layer.conv("conv3", 256, 384, 3, padding=1, input_size=13),
        Layer.conv("conv4", 384, 384, 3, padding=1, input_size=13, groups=2),
        Layer.conv("conv5", 384, 256, 3, padding=1, input_size=13, groups=2),
    )


def vgg16_layers() -> tuple[Layer, ...]:
    """The thirteen convolutions of VGG-16, 224x224 input."""
    widths = ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3)
    layers, channels, size = [], 3, 224
    for stage, filters in enumerate(widths, start=1):
        for index, count in enumerate(filters, start=1):
            name = f"conv{stage}_{index}"
            layers.append(Layer.conv(name, channels, count, 3, padding=1, input_size=size))
            channels = count
        size //= 2
    return tuple(layers)


LAYERS = {"alexnet": alexnet_layers, "vgg16": vgg16_layers}


def published_traces(network: str, seed: int) -> tuple[LayerTrace, ...]:
    """One trace per measured layer: a batch of independent random maps of the stated densities.

    Zeros of real maps cluster, so that their run-length code is a little shorter.
    """
    rng = np.random.default_rng(seed)
    rows = zip(
        LAYERS[network](),
        published(network)["ifmap_zeros"],
        OUTPUT_DENSITY[network],
        strict=True,
    )
    batch = BATCH[network]
    return tuple(
        LayerTrace(
            layer,
            activation=rng.random((batch, *layer.input_shape)) >= zeros,
            output=rng.random((batch, layer.out_channels, *layer.output_size)) < density,
        )
        for layer, zeros, density in rows
    )
