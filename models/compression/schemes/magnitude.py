"""Unstructured pruning: the smallest weights of the whole network go, wherever they are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from models.compression.full_size import ModelledScheme
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, largest, prunable_weights
from models.graph.stored_tensors import SparseNetwork
from sim.generate.weights import Shape, weight_magnitudes
from sim.layer import Layer, Mask
from sim.validation import require_fraction


@dataclass(frozen=True, kw_only=True)
class Magnitude(Scheme):
    """The smallest weights of all prunable layers together become zero.

    Attributes:
        density: fraction kept of the weights of the prunable layers, all layers together.
    """

    density: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        require_fraction(density=self.density)

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Put global magnitude masks on the prunable layers.

        Raises:
            UserError: the network has none.
        """
        apply_weight_masks(network, self.weight_masks(prunable_weights(network)))

    def weight_masks(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The largest weights of all layers together."""
        return magnitude_masks(weights, self.density) if weights else {}


def magnitude_masks(weights: Mapping[str, Tensor], density: float) -> dict[str, Tensor]:
    """Masks that keep exactly round(density * all) weights, the largest in magnitude.

    Of equal magnitudes the earlier weight is kept.
    """
    flat = torch.cat([value.flatten() for value in weights.values()]).abs_()
    kept = largest(flat, round(density * len(flat)))
    parts = torch.split(kept, [value.numel() for value in weights.values()])
    return {
        name: part.reshape(value.shape)
        for (name, value), part in zip(weights.items(), parts, strict=True)
    }


def modelled_magnitude_mask(
    shape: Shape, density: float, spread: float, rng: np.random.Generator
) -> Mask:
    """The largest round(density * size) weights of a layer, (K, C/groups, R, S).

    Raises:
        UserError: density outside [0, 1] or a negative spread.
    """
    require_fraction(density=density)
    size = math.prod(shape)
    kept = round(density * size)
    if kept in (0, size):
        return np.full(shape, kept > 0)
    magnitude = weight_magnitudes(shape, spread, rng).reshape(-1)
    mask: Mask = largest(torch.from_numpy(magnitude), kept).numpy().reshape(shape)
    return mask


@dataclass(frozen=True, kw_only=True)
class FullSizeMagnitude(ModelledScheme):
    """Modelled weights follow the density tables in every layer; a user's are cut all together.

    Attributes:
        magnitude_density: share that is kept of a user's weights.
    """

    in_every_layer: ClassVar[bool] = True
    magnitude_density: float = 0.4

    def __post_init__(self) -> None:
        require_fraction(magnitude_density=self.magnitude_density)

    @property
    def pruning(self) -> Magnitude:
        """A user's network loses the smallest weights of all prunable layers together."""
        return Magnitude(density=self.magnitude_density, fine_tune_epochs=0)

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """The layer keeps its largest weights, up to its density."""
        return modelled_magnitude_mask(layer.weight_shape, density, spread, rng)

    def weights_in_words(self, name: str) -> str:
        """The provenance says where the densities come from."""
        return "random, to published densities or by rule"


SCHEME = Magnitude
FULL_SIZE = FullSizeMagnitude
