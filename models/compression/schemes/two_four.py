"""2:4 sparse weights: what a sparse tensor core runs in half the time (arXiv 2104.08378)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from models.compression.density_bound import keep_largest
from models.compression.full_size import ModelledScheme
from models.compression.repair.supports import Group
from models.compression.scheme import Samples, Scheme
from models.compression.schemes.dbb import modelled_dbb_mask
from models.compression.weight_masks import apply_weight_masks, prunable_weights
from models.graph.stored_tensors import SparseNetwork
from sim.layer import Layer, Mask

KEPT, BLOCK = 2, 4
"""Weights kept of every so many successive input channels at one kernel position."""


@dataclass(frozen=True, kw_only=True)
class TwoFour(Scheme):
    """The two largest of every four weights along the input channels, then fine-tuning.

    A last block of fewer channels keeps all it has up to two. Activations are left as they are.
    Attribute of the class: block, of so many channels.
    """

    block: ClassVar[int] = BLOCK

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Mask the weights by magnitude, once; the paper trains anew from the masked network."""
        del samples
        apply_weight_masks(network, self.weight_masks(prunable_weights(network)))

    def weight_masks(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The two largest of every group."""
        return {name: keep_largest(value, KEPT, self.block) for name, value in weights.items()}


@dataclass(frozen=True, kw_only=True)
class FullSizeTwoFour(ModelledScheme):
    """Two of every four weights of each layer that is pruned; `block` as in the scheme."""

    block: ClassVar[int] = BLOCK
    kept_in: ClassVar[Group] = BLOCK

    @property
    def pruning(self) -> TwoFour:
        """The masks without fine-tuning."""
        return TwoFour(fine_tune_epochs=0)

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """A mask of the ratio; the density of the tables is not asked."""
        return modelled_dbb_mask(layer.weight_shape, KEPT, spread, rng, self.block)


SCHEME = TwoFour
FULL_SIZE = FullSizeTwoFour
