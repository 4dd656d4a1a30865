"""Traces of networks without weights at hand: zeros at published densities, with structure.

Weights and activations are drawn independently of each other: the masks say where zeros are, and no
accuracy belongs to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from torch import nn

from models.compression.full_size import ModelledScheme
from models.graph.dataflow import InputKind, LayerInput, layer_inputs
from models.graph.readers import readers
from models.imagenet import IMAGENET
from models.imagenet.densities.rules import (
    activation_densities,
    second_operands,
    weight_densities,
)
from models.imagenet.densities.tables import (
    Density,
    LayerDensities,
    Operand,
    published_densities,
    read_table,
    require_all,
)
from models.imagenet.full_size import full_size_network
from models.imagenet.modelled_activations import ActivationBounds, activation_masks, random_stream
from models.imagenet.settings import FullSizeSettings
from models.products import linked
from sim import LayerTrace, NetworkTrace, Provenance, TracedLayer
from sim.layer import Mask


@dataclass(frozen=True)
class ZeroGoals:
    """What the zeros of a network shall be like, in place of what the tables say of it.

    Attributes:
        densities: of every layer.
        spreads: standard deviation of the densities of a stored tensor's channels, by tensor.
    """

    densities: Mapping[str, LayerDensities]
    spreads: Mapping[str, float]


@dataclass(frozen=True)
class ModelledTrace:
    """A trace and where the densities of its layers come from."""

    trace: NetworkTrace
    densities: dict[str, LayerDensities]


def modelled_trace(
    network: str, scheme: str, settings: FullSizeSettings, goals: ZeroGoals | None = None
) -> ModelledTrace:
    """Draw the masks of one network under one scheme; the same arguments give the same bits.

    Args:
        network: its name.
        scheme: likewise.
        settings: of the suite.
        goals: densities and spreads to aim at; None = those of the tables and rules.

    Raises:
        UserError: unknown network or scheme, or settings that do not fit the network.
    """
    return ModelledNetwork(network, settings, goals).trace(scheme)


class ModelledNetwork:
    """A network whose masks are drawn under one scheme after the other.

    Schemes that prune no activations have the same ones, which are drawn once and kept; no scheme
    changes what another one draws. Arguments and errors as of `modelled_trace`.
    """

    def __init__(
        self, network: str, settings: FullSizeSettings, goals: ZeroGoals | None = None
    ) -> None:
        self._network, self._settings, self._goals = network, settings, goals
        self._unpruned: _Activations | None = None

    @cached_property
    def _shapes(self) -> nn.Module:
        return full_size_network(self._network, self._settings, weights=False)

    @cached_property
    def _inputs(self) -> tuple[LayerInput, ...]:
        return layer_inputs(self._shapes, self._settings.shape.form(self._network).shape)

    @cached_property
    def _aimed(self) -> dict[str, LayerDensities]:
        if self._goals is None:
            return target_densities(self._network, self._inputs, self._settings)
        return dict(self._goals.densities)

    def trace(self, scheme: str) -> ModelledTrace:
        """The masks under one scheme."""
        pruning = self._settings.modelled_scheme(self._network, scheme)
        readings = readers(self._shapes)
        layers_by_name = {row.layer.name: row.layer for row in self._inputs}
        drawn = self._activations(pruning.activations_removed)
        layers = []
        for row in self._inputs:
            trace = LayerTrace(
                row.layer,
                self._weight_mask(row, pruning, drawn.masks, last=not readings[row.layer.name]),
                drawn.masks[row.tensor],
                activation_bound=drawn.bounds.of(row.tensor),
            )
            layers.append(linked(TracedLayer(trace), readings[row.layer.name], layers_by_name))
        provenance = Provenance(
            suite=IMAGENET,
            network=self._network,
            scheme=scheme,
            weight_source="modelled",
            activation_source="modelled",
            data=f"weights: {pruning.weights_in_words(scheme)}; {drawn.origin}",
        )
        return ModelledTrace(NetworkTrace(provenance, tuple(layers)), self._aimed)

    def _weight_mask(
        self, row: LayerInput, pruning: ModelledScheme, masks: Mapping[str, Mask], *, last: bool
    ) -> Mask:
        layer = row.layer
        if row.second is not None:
            return masks[row.second[0]]
        spared = last or row.kind is InputKind.IMAGE or layer.is_depthwise
        if spared and not pruning.in_every_layer:
            return np.ones(layer.weight_shape, np.bool_)
        rng = random_stream(self._settings.seed, "weight", layer.name)
        density = self._aimed[layer.name].weight.value
        return pruning.weight_mask(layer, density, self._settings.zeros.weight_spread, rng)

    def _activations(self, most_removed: float | None) -> "_Activations":
        if most_removed is None and self._unpruned is not None:
            return self._unpruned
        spreads = None if self._goals is None else self._goals.spreads
        bounds = ActivationBounds(self._inputs, most_removed)
        masks, origin = activation_masks(
            self._network, self._inputs, self._aimed, self._settings, bounds, spreads
        )
        drawn = _Activations(masks, origin, bounds)
        if most_removed is None:
            self._unpruned = drawn
        return drawn


@dataclass(frozen=True)
class _Activations:
    """Masks by stored tensor, how they were made, and the bounds that they keep."""

    masks: Mapping[str, Mask]
    origin: str
    bounds: ActivationBounds


def target_densities(
    network: str, inputs: tuple[LayerInput, ...], settings: FullSizeSettings
) -> dict[str, LayerDensities]:
    """The density aimed at in every layer, of its weights under magnitude and of its input.

    Raises:
        UserError: an unreadable table, or rows missing where rules are not allowed.
    """
    zeros = settings.zeros
    rows = None if zeros.densities_file is None else read_table(Path(zeros.densities_file))
    names = [row.layer.name for row in inputs]

    def published(operand: Operand, table: str | None) -> dict[str, Density]:
        densities = published_densities(network, operand, table, rows)
        if not zeros.densities_by_rule:
            require_all(network, operand, names, densities)
        return densities

    weights = weight_densities(
        network, inputs, published("weight", zeros.weight_table), zeros.default_weight_density
    )
    weights |= second_operands(inputs, zeros.assumed)
    activations = activation_densities(
        inputs, published("activation", zeros.activation_table), assumed=zeros.assumed
    )
    return {name: LayerDensities(weights[name], activations[name]) for name in names}
