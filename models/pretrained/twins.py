"""A modelled trace beside a measured one: the same layers, zeros as the suite models them.

How far it may be trusted shows in what designs make of both. Two kinds of goals: the measured
trace's own densities and spreads of channels, which leaves the structure to be tested, and those
of the rule for layers that nobody measured when it knows the other networks only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from models.graph.dataflow import LayerInput, layer_inputs
from models.imagenet.densities.places import channel_spreads, measured_inputs, relu_places
from models.imagenet.densities.rules import activation_densities
from models.imagenet.densities.tables import Density, LayerDensities, Operand
from models.imagenet.full_size import full_size_network
from models.imagenet.modelled import ZeroGoals, modelled_trace
from models.imagenet.settings import FullSizeSettings
from models.pretrained.measured_zeros import picture_statistics, without_padding
from sim import LayerTrace, NetworkTrace
from sim.generate.statistics import MaskStatistics

MOST_PRUNED = 0.9
"""Density of weights above which a layer was left whole, but for what INT8 rounds to zero."""
OF_TRACE, HELD_OUT = "measured", "held out"
"""Where a twin's densities come from: its measured trace, or a rule that knows other networks."""


def inputs_of(network: str, settings: FullSizeSettings) -> tuple[LayerInput, ...]:
    """The layers of a network of the suite, in running order."""
    shapes = full_size_network(network, settings, weights=False)
    return layer_inputs(shapes, settings.shape.form(network).shape)


def twins(trace: NetworkTrace, settings: FullSizeSettings) -> Iterator[tuple[str, NetworkTrace]]:
    """The modelled traces of a measured one, with where their densities come from."""
    network, scheme = trace.provenance.network, trace.provenance.scheme
    inputs = inputs_of(network, settings)
    goals = measured_goals(trace, inputs)
    drawn = modelled_trace(network, scheme, settings, goals).trace
    if settings.modelled_scheme(network, scheme).activations_removed is not None:
        # densities are those after activations were pruned, the goals before: corrected once
        goals = _corrected(goals, drawn)
        drawn = modelled_trace(network, scheme, settings, goals).trace
    yield OF_TRACE, drawn
    ruled = _by_others(network, inputs, goals)
    yield HELD_OUT, modelled_trace(network, scheme, settings, ruled).trace


def measured_goals(trace: NetworkTrace, inputs: tuple[LayerInput, ...]) -> ZeroGoals:
    """Densities of every layer and spreads of the ReLUs' channels, as a trace has them."""
    statistics = relu_statistics(trace, inputs)
    densities = {
        layer.layer.name: LayerDensities(
            _measured(layer, "weight", layer.weight_density),
            _measured(layer, "activation", _unpadded_density(layer)),
        )
        for layer in trace.traces
    }
    return ZeroGoals(densities, {name: each.channel_std for name, each in statistics.items()})


def relu_statistics(
    trace: NetworkTrace, inputs: tuple[LayerInput, ...]
) -> dict[str, MaskStatistics]:
    """Statistics of the maps that ReLUs made, without padding, by stored tensor."""
    masks = {layer.layer.name: layer.activation for layer in trace.traces}
    return {
        tensor: picture_statistics(without_padding(masks[tensor])) for tensor in relu_places(inputs)
    }


def channel_correlation(trace: NetworkTrace) -> float:
    """How the densities of weights and activations of a channel go together; mean over layers.

    The correlation coefficient over the input channels of each pruned convolution of one group; 0
    in zeros that are drawn independently of each other.
    """
    values = []
    for layer in trace.traces:
        if layer.layer.is_linear or layer.layer.groups > 1 or layer.weight_density > MOST_PRUNED:
            continue
        weights = layer.weight.mean(axis=(0, 2, 3))
        activations = layer.activation.mean(axis=(0, 2, 3))
        if weights.std() > 0 and activations.std() > 0:
            values.append(float(np.corrcoef(weights, activations)[0, 1]))
    return float(np.mean(values)) if values else 0.0


def _unpadded_density(layer: LayerTrace) -> float:
    if layer.layer.is_linear:
        return layer.activation_density
    return float(without_padding(layer.activation).mean())


def _measured(layer: LayerTrace, operand: Operand, value: float) -> Density:
    return Density(layer.layer.name, operand, value, "measured", "measured trace")


def _corrected(goals: ZeroGoals, drawn: NetworkTrace) -> ZeroGoals:
    reached = {layer.layer.name: _unpadded_density(layer) for layer in drawn.traces}

    def scaled(density: Density) -> Density:
        factor = density.value / max(reached[density.layer], 1e-6)
        return replace(density, value=min(density.value * factor, 1.0))

    densities: Mapping[str, LayerDensities] = {
        name: replace(each, activation=scaled(each.activation))
        for name, each in goals.densities.items()
    }
    return replace(goals, densities=densities)


def _by_others(network: str, inputs: tuple[LayerInput, ...], goals: ZeroGoals) -> ZeroGoals:
    """Activations by rule from the other networks; weights stay, a scheme sets them."""
    others = [row for row in measured_inputs() if row.network != network]
    ruled = activation_densities(inputs, {}, others)
    densities = {
        name: replace(each, activation=ruled[name]) for name, each in goals.densities.items()
    }
    return ZeroGoals(densities, channel_spreads(network, inputs, others))
