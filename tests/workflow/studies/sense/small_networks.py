"""Traces of a small network under both schemes of Sense, and what designs make of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim import (
    Layer,
    LayerTrace,
    NetworkTrace,
    Provenance,
    TracedLayer,
    accelerator,
)
from sim.accelerators.sense.schemes import MEANT_FOR
from workflow.events import simulate_network

SHAPES = (
    Layer.conv("conv1", 3, 40, 3, padding=1, input_size=12),
    Layer.conv("conv2", 40, 70, 3, padding=1, input_size=12),
    Layer.linear("fc", 64, 10),
)


def weights(layer: Layer, scheme: str, rng: np.random.Generator) -> np.ndarray:
    """4 of 9 in each kernel, or as many at random places of the layer."""
    if layer.kind == "linear":
        return np.ones(layer.weight_shape, dtype=bool)
    mask = np.zeros(layer.weight_shape, dtype=bool)
    mask.reshape(-1, layer.kernel[0] * layer.kernel[1])[:, :4] = True
    if scheme == "unbalanced":
        rng.shuffle(mask.reshape(-1))
    return mask


def network(scheme: str, shapes=SHAPES, suite: str = "imagenet", name: str = "vgg16"):
    rng = np.random.default_rng(0)
    entries = []
    for layer in shapes:
        density = rng.random((1, layer.in_channels, 1, 1))
        activation = rng.random((2, *layer.input_shape)) < density
        entries.append(TracedLayer(LayerTrace(layer, weights(layer, scheme, rng), activation)))
    provenance = Provenance(suite, name, scheme, "modelled", "modelled", "random")
    return NetworkTrace(provenance, tuple(entries))


TRACES: Mapping[str, NetworkTrace] = {s: network(s) for s in ("balanced", "unbalanced")}


def events(names=tuple(MEANT_FOR), **overrides) -> pd.DataFrame:
    return pd.concat(
        [
            simulate_network(TRACES[scheme], name, accelerator(name, **overrides))
            for name in names
            for scheme in TRACES
        ],
        ignore_index=True,
    )
