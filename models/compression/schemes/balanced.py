"""Load-balanced pruning (Sense): every kernel of a layer keeps equally many weights.

Source: load-balanced weight pruning, abstract of arXiv 2202.00389: each kernel is held at one ratio
of sparsity, 1/2 in version 1. Half of a 3x3 kernel is rounded up, to 5 of 9 weights.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from models.compression.full_size import ModelledScheme
from models.compression.repair.supports import Group
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_weights
from models.graph.stored_tensors import SparseNetwork
from sim.generate.weights import (
    Shape,
    filter_chunks,
    keep_largest,
    normal_magnitudes,
    strengths,
)
from sim.layer import Layer, Mask
from sim.validation import require_flag, require_fraction


@dataclass(frozen=True, kw_only=True)
class Balanced(Scheme):
    """Every kernel of a layer keeps the same number of weights.

    Attributes:
        density: fraction kept of each kernel, rounded half up, at least one weight.
        pointwise: whether 1x1 kernels, fully connected layers among them, are pruned too. A ratio
            of one weight is none, so that there each filter keeps equally many over its channels;
            the paper's abstract does not say what it does.

    Raises:
        UserError: a value is out of range.
    """

    density: float = 0.5
    pointwise: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        require_fraction(density=self.density)
        require_flag(pointwise=self.pointwise)

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Put balanced masks on the prunable layers."""
        apply_weight_masks(network, self.weight_masks(prunable_weights(network)))

    def weight_masks(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """A balanced mask of each layer that takes part."""
        return {
            name: self.mask(value)
            for name, value in weights.items()
            if self.pointwise or value.shape[2:].numel() > 1
        }

    def mask(self, values: Tensor) -> Tensor:
        """Bool mask of one layer's weights (K, C/groups, R, S) or (out, in)."""
        return balanced_mask(values, self.density)


def balanced_mask(values: Tensor, density: float) -> Tensor:
    """Mask that keeps the largest weights of each kernel, equally many.

    Of equal magnitudes the earlier weight is kept.

    Args:
        values: (K, C/groups, R, S), or (out, in) of a fully connected layer. A kernel is the R x S
            weights of one filter and channel; where that is one weight, the C of one filter.
        density: fraction of a kernel to keep.
    """
    spatial = values.shape[2:].numel()
    size = spatial if spatial > 1 else values.shape[1]
    magnitude = values.abs().reshape(-1, size)
    order = torch.sort(magnitude, dim=1, descending=True, stable=True).indices
    kept = torch.zeros(magnitude.shape, dtype=torch.bool)
    kept.scatter_(1, order[:, : balanced_count(size, density)], True)
    return kept.reshape(values.shape)


def balanced_count(slice_size: int, density: float) -> int:
    """Nonzeros that each slice keeps: rounded half up, and at least one unless density is 0."""
    if density == 0:
        return 0
    return max(1, math.floor(density * slice_size + 0.5))


def modelled_balanced_mask(
    shape: Shape, density: float, spread: float, rng: np.random.Generator
) -> Mask:
    """Equally many nonzeros in every kernel slice (Sense), (K, C/groups, R, S).

    Slices are the R x S weights of one filter and channel, where R x S > 1; each keeps
    density * R * S, rounded half up (5 of 9 at 0.5). Kernels of one weight, as in 1x1 convolutions
    and fully connected layers, are balanced over the input channels instead: every filter keeps
    equally many.

    Raises:
        UserError: density outside [0, 1] or a negative spread.
    """
    require_fraction(density=density)
    filters, channels, height, width = shape
    slices = (filters * channels, height * width) if height * width > 1 else (filters, channels)
    kept = balanced_count(slices[1], density)
    if kept in (0, slices[1]):
        return np.full(shape, kept > 0)
    strength = strengths(channels, spread, rng)
    mask = np.empty(shape, np.bool_)
    for part in filter_chunks(shape):
        magnitude = normal_magnitudes((part.stop - part.start, channels, height, width), rng)
        magnitude *= strength[:, None, None]
        rows = magnitude.reshape(-1, slices[1])
        mask[part] = keep_largest(rows, kept).reshape(magnitude.shape)
    return mask


@dataclass(frozen=True, kw_only=True)
class FullSizeBalanced(ModelledScheme):
    """Every kernel slice keeps equally many weights, modelled ones and a user's.

    Attributes:
        balanced_density: share of every kernel slice that is kept.
    """

    kept_in: ClassVar[Group] = "slice"
    balanced_density: float = 0.5

    def __post_init__(self) -> None:
        require_fraction(balanced_density=self.balanced_density)

    @property
    def pruning(self) -> Balanced:
        """A user's network is pruned but for its first, last and depthwise layers."""
        return Balanced(density=self.balanced_density, fine_tune_epochs=0)

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """The mask is balanced; the density of the tables is not asked."""
        return modelled_balanced_mask(layer.weight_shape, self.balanced_density, spread, rng)


SCHEME = Balanced
FULL_SIZE = FullSizeBalanced
