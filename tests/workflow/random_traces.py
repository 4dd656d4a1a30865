"""Traces with independent random zeros, for tests that need counts but no particular masks."""

from collections.abc import Iterable

import numpy as np

from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer


def random_trace(
    layers: Iterable[Layer],
    densities: tuple[float, float],
    images: int = 1,
    seed: int = 1,
    **origin: str,
) -> NetworkTrace:
    """The layers with these densities of weights and activations.

    `origin` replaces parts of the provenance, e.g. `network="vgg16"`.
    """
    rng = np.random.default_rng(seed)
    weight, activation = densities
    entries = tuple(
        TracedLayer(
            LayerTrace(
                layer,
                rng.random(layer.weight_shape) < weight,
                rng.random((images, *layer.input_shape)) < activation,
            )
        )
        for layer in layers
    )
    known = {
        "suite": "digits",
        "network": "vgg16",
        "scheme": "magnitude",
        "weight_source": "measured",
        "activation_source": "measured",
        "data": "toy",
    }
    return NetworkTrace(Provenance(**{**known, **origin}), entries)
