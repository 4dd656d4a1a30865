"""Unstructured pruning with the nonzeros of `balanced`: the fair baseline of balanced pruning."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from models.compression.repair.supports import Group
from models.compression.schemes.balanced import Balanced, FullSizeBalanced
from models.compression.schemes.magnitude import modelled_magnitude_mask
from models.compression.weight_masks import largest
from sim.layer import Layer, Mask


@dataclass(frozen=True, kw_only=True)
class Unbalanced(Balanced):
    """Each layer keeps exactly as many weights as under `balanced`, the largest of the layer.

    The settings are those of Balanced and say how many that are.
    """

    def mask(self, values: Tensor) -> Tensor:
        """Bool mask of one layer's weights; of equal magnitudes the earlier one is kept."""
        count = int(super().mask(values).sum())
        kept = largest(values.abs().flatten(), count)
        return kept.reshape(values.shape)


@dataclass(frozen=True, kw_only=True)
class FullSizeUnbalanced(FullSizeBalanced):
    """A layer keeps as many weights as under `balanced`, but the largest of the whole layer."""

    kept_in: ClassVar[Group] = "layer"

    @property
    def pruning(self) -> Unbalanced:
        """A user's network is pruned layer by layer, without structure."""
        return Unbalanced(density=self.balanced_density, fine_tune_epochs=0)

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """The largest weights, exactly as many as the balanced mask of the same draw has."""
        balanced = super().weight_mask(layer, density, spread, rng)
        return modelled_magnitude_mask(layer.weight_shape, float(balanced.mean()), spread, rng)


SCHEME = Unbalanced
FULL_SIZE = FullSizeUnbalanced
