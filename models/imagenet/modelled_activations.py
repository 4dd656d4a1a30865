"""Zeros of activations that nobody measured: where they lie, at given densities.

Photographs through a random network that is shifted to the densities, or a generator. A scheme may
bound the nonzeros of what is stored.
"""

import zlib
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from models.graph.dataflow import InputKind, LayerInput
from models.imagenet.densities.places import channel_spreads
from models.imagenet.densities.tables import LayerDensities, Operand
from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.imagenet.shifted import shifted_masks
from models.imagenet.trace_pictures import first_pictures
from sim.generate.activations import Clustering, activation_mask
from sim.generate.pruning import activation_bound, bounded_mask
from sim.layer import Mask
from sim.masks.density_bound import DBB_BLOCK


class ActivationBounds:
    """The activation bound of each stored tensor, chosen when its mask is first seen.

    What only depthwise layers read, and the image, is not pruned: it would save no cycle, or lose
    the picture. Nor are operands of products of activations.
    """

    def __init__(self, inputs: tuple[LayerInput, ...], most_removed: float | None) -> None:
        self._most_removed = most_removed
        self._prunable = {
            row.tensor
            for row in inputs
            if most_removed is not None
            and row.kind is not InputKind.IMAGE
            and not row.layer.is_depthwise
        } - {tensor for row in inputs if row.second is not None for tensor, _ in row.tensors}
        self._bounds: dict[str, int] = {}

    def choose(self, tensor: str, mask: Mask) -> int:
        """Choose a tensor's bound by the nonzeros of its mask; 8 where nothing is pruned."""
        bound = DBB_BLOCK
        if self._most_removed is not None and tensor in self._prunable:
            bound = activation_bound(mask, self._most_removed)
        self._bounds[tensor] = bound
        return bound

    def of(self, tensor: str) -> int:
        """The n of 8 that was chosen."""
        return self._bounds[tensor]


def activation_masks(
    network: str,
    inputs: tuple[LayerInput, ...],
    aimed: Mapping[str, LayerDensities],
    settings: FullSizeSettings,
    bounds: ActivationBounds,
    spreads: Mapping[str, float] | None = None,
) -> tuple[dict[str, Mask], str]:
    """Masks (N, C, H, W) by stored tensor, and a sentence that says how they were made.

    `spreads` are those of the channels of each tensor; None = what was measured of its place.
    """
    if any(row.second is not None for row in inputs):
        return _scattered(inputs, aimed, settings, bounds), (
            "activations: independent positions, densities by rule or assumed"
        )
    densities = {name: both.activation.value for name, both in aimed.items()}
    if settings.zeros.activation_masks == "generator":
        masks = {
            row.tensor: _generated(
                row.tensor,
                (settings.images, *row.layer.input_shape),
                densities[row.tensor],
                settings.zeros.mask_structure,
                settings,
                bounds,
            )
            for row in inputs
            if row.tensor == row.layer.name
        }
        return masks, (
            f"activations: generator ({settings.zeros.clustering}), densities published, measured "
            "or by rule"
        )
    images, description = first_pictures(network, settings)

    def prune(tensor: str, value: Tensor) -> Tensor:
        mask = np.ascontiguousarray((value != 0).numpy())
        bound = bounds.choose(tensor, mask)
        if bound == DBB_BLOCK:
            return value
        return value * torch.from_numpy(bounded_mask(mask, bound, value.abs().numpy()))

    factor = settings.zeros.channel_spread
    given = channel_spreads(network, inputs) if spreads is None else spreads
    masks = shifted_masks(
        network=full_size_network(network, settings, weights=True),
        inputs=inputs,
        images=images,
        densities=densities,
        prune=prune,
        spreads={name: factor * value for name, value in given.items()},
        texture=settings.zeros.texture,
        seed=settings.seed,
    )
    return masks, (
        "activations: random network shifted to densities published, measured or by rule, "
        f"on {description}"
    )


def _scattered(
    inputs: tuple[LayerInput, ...],
    aimed: Mapping[str, LayerDensities],
    settings: FullSizeSettings,
    bounds: ActivationBounds,
) -> dict[str, Mask]:
    """Masks of a network with attention: nobody published how zeros of tokens cluster.

    The second operand of a product is (N, K, C/groups, 1, 1), whatever else reads the tensor.
    """
    structure = Clustering("iid")
    masks = {}
    for row in inputs:
        name, goal = row.layer.name, aimed[row.layer.name]
        if row.tensor == name:
            shape, density = (settings.images, *row.layer.input_shape), goal.activation.value
            masks[name] = _generated(name, shape, density, structure, settings, bounds)
        if row.second is not None:
            channels = (settings.images, row.layer.out_channels, row.layer.group_channels, 1)
            second = row.second[0]
            mask = _generated(second, channels, goal.weight.value, structure, settings, bounds)
            masks[second] = mask[..., None]
    return masks


def _generated(
    tensor: str,
    shape: tuple[int, int, int, int],
    density: float,
    structure: Clustering,
    settings: FullSizeSettings,
    bounds: ActivationBounds,
) -> Mask:
    rng = random_stream(settings.seed, "activation", tensor)
    mask = activation_mask(shape, density, structure, rng)
    bound = bounds.choose(tensor, mask)
    if bound == DBB_BLOCK:
        return mask
    return bounded_mask(mask, bound, rng.random(mask.shape, dtype=np.float32) + np.float32(0.5))


def random_stream(seed: int, operand: Operand, name: str) -> np.random.Generator:
    """A stream of its own per layer and operand, so that no draw depends on another's length."""
    return np.random.default_rng([seed, zlib.crc32(f"{operand} {name}".encode())])
