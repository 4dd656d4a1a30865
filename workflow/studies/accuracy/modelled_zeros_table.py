"""Modelled zeros beside those measured on three trained networks, means over their ReLU inputs.

`measured` is what the trained, unpruned networks have on 20 pictures, one picture at a time.
`modelled` is a random network of the same layers on a bundled photograph, given the measured
density and spread of channels of each layer (so these two agree by construction) and smooth fields
whose shares were fitted to MobileNetV1 and ResNet-50 at half width; EfficientNet-Lite0 tests them
(`role`). Row `density_held_out`: the rule for layers that nobody measured, when it knows the other
two networks only. `mean_layer_error` is the mean distance of a layer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from models.graph.dataflow import LayerInput, layer_inputs
from models.imagenet.densities.places import (
    MEASURED,
    channel_spreads,
    measured_inputs,
    relu_places,
)
from models.imagenet.densities.rules import activation_densities
from models.imagenet.densities.tables import published_densities
from models.imagenet.full_size import full_size_network
from models.imagenet.modelled import target_densities
from models.imagenet.modelled_activations import ActivationBounds, activation_masks
from models.imagenet.settings import FullSizeSettings
from models.pretrained.measured_zeros import (
    STATISTICS,
    measured_statistics,
    picture_statistics,
    without_padding,
)
from workflow.tabling.mask_sources import sources_command

FITTED = ("mobilenet_v1_relu6", "resnet50_half")

Row = dict[str, object]


def modelled_zeros(networks: Sequence[str], settings: FullSizeSettings) -> pd.DataFrame:
    """One row per network and statistic."""
    measured = settings.varied(activation_table=MEASURED)
    return pd.DataFrame([row for network in networks for row in _rows(network, measured)])


def _rows(network: str, settings: FullSizeSettings) -> Iterator[Row]:
    shapes = full_size_network(network, settings, weights=False)
    inputs = layer_inputs(shapes, settings.shape.form(network).shape)
    tensors = list(relu_places(inputs))
    measured = measured_statistics(network)
    modelled = _modelled(network, inputs, settings)
    role = "fitted" if network in FITTED else "tested"
    names = {"density": "activation_density", **STATISTICS}
    for name, column in names.items():
        pairs = [(measured[tensor][name], modelled[tensor][name]) for tensor in tensors]
        yield _row(network, role, column, pairs)
    yield _row(network, "tested", "density_held_out", _held_out(network, inputs, tensors))


def _modelled(
    network: str, inputs: tuple[LayerInput, ...], settings: FullSizeSettings
) -> dict[str, dict[str, float]]:
    aimed = target_densities(network, inputs, settings)
    masks, _ = activation_masks(network, inputs, aimed, settings, ActivationBounds(inputs, None))
    return {
        tensor: asdict(picture_statistics(without_padding(masks[tensor])))
        for tensor in channel_spreads(network, inputs)
    }


def _held_out(
    network: str, inputs: tuple[LayerInput, ...], tensors: Sequence[str]
) -> list[tuple[float, float]]:
    others = [row for row in measured_inputs() if row.network != network]
    ruled = activation_densities(inputs, {}, others)
    measured = published_densities(network, "activation", MEASURED)
    return [(measured[tensor].value, ruled[tensor].value) for tensor in tensors]


def _row(network: str, role: str, statistic: str, pairs: Sequence[tuple[float, float]]) -> Row:
    measured, modelled = np.array(pairs).T
    return {
        "network": network,
        "role": role,
        "statistic": statistic,
        "layer_count": len(pairs),
        "measured": measured.mean(),
        "modelled": modelled.mean(),
        "modelled_over_measured": modelled.mean() / measured.mean(),
        "mean_layer_error": np.abs(modelled - measured).mean(),
    }


if __name__ == "__main__":
    sources_command(modelled_zeros, __doc__)
