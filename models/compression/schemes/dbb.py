"""Density-bound blocks on both operands (S2TA): n of 8 weights and n of 8 activations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from torch import Tensor

from models.compression.activation_dbb import choose_bounds, set_bounds
from models.compression.density_bound import keep_largest
from models.compression.full_size import ModelledScheme
from models.compression.repair.supports import Group
from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_weights
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from sim.generate.weights import (
    Shape,
    filter_chunks,
    normal_magnitudes,
    strengths,
)
from sim.generate.weights import keep_largest as largest_of_rows
from sim.layer import Layer, Mask
from sim.masks.density_bound import DBB_BLOCK
from sim.validation import require_choice, require_fraction


@dataclass(frozen=True, kw_only=True)
class Dbb(Scheme):
    """W-DBB with one bound for the network, A-DBB with a bound per stored tensor.

    Attributes:
        weight_bound: weights kept of every 8 along the input channels, 1 to 8; a last block of
            fewer channels counts as filled up with zeros.
        activation_budget_points: top-1 points that activation pruning alone may cost before
            fine-tuning, on the samples; 0 prunes what costs nothing, None prunes no activations.

    Raises:
        UserError: a value is out of range.
    """

    weight_bound: int = 4
    activation_budget_points: float | None = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice("weight_bound", self.weight_bound, range(1, DBB_BLOCK + 1))
        budget = self.activation_budget_points
        if budget is not None and not 0 <= budget <= 100:
            raise UserError(
                f"activation_budget_points is {budget!r}; expected 0 to 100 percentage points"
            )

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Choose activation bounds on the network as trained, then mask the weights as well."""
        if self.activation_budget_points is not None:
            percent = samples.require_accuracy("choosing activation bounds within a budget")
            bounds = choose_bounds(
                network,
                samples.images,
                lambda: percent(network),
                self.activation_budget_points,
            )
            set_bounds(network, bounds)
        apply_weight_masks(network, self.weight_masks(prunable_weights(network)))

    def weight_masks(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The largest weights of every block."""
        return {name: keep_largest(value, self.weight_bound) for name, value in weights.items()}


def modelled_dbb_mask(
    shape: Shape, bound: int, spread: float, rng: np.random.Generator, block: int = DBB_BLOCK
) -> Mask:
    """The `bound` largest of every `block` successive input channels; (K, C/groups, R, S).

    A last block of fewer channels keeps all it has up to the bound.

    Raises:
        UserError: bound outside 1 to `block` or a negative spread.
    """
    require_choice("bound", bound, range(1, block + 1))
    channels, *kernel = shape[1:]
    missing = -channels % block
    strength = strengths(channels, spread, rng)
    mask = np.empty(shape, np.bool_)
    for part in filter_chunks(shape):
        magnitude = normal_magnitudes((part.stop - part.start, channels, *kernel), rng)
        magnitude *= strength[:, None, None]
        lanes = np.pad(magnitude.transpose(0, 2, 3, 1), ((0, 0), (0, 0), (0, 0), (0, missing)))
        blocks = lanes.reshape(-1, block)
        # Filled-up lanes must lose against every real one: a real magnitude is above zero.
        kept = largest_of_rows(blocks, bound).reshape(lanes.shape)[..., :channels]
        mask[part] = kept.transpose(0, 3, 1, 2)
    return mask


@dataclass(frozen=True, kw_only=True)
class FullSizeDbb(ModelledScheme):
    """Weights have one bound; each activation tensor has the tightest that removes little.

    Attributes:
        weight_bound: nonzeros of every 8 input channels that are kept.
        most_removed: share of a tensor's nonzero activations that its bound may remove.
    """

    kept_in: ClassVar[Group] = DBB_BLOCK
    weight_bound: int = 4
    most_removed: float = 0.1

    def __post_init__(self) -> None:
        require_choice("weight_bound", self.weight_bound, range(1, DBB_BLOCK + 1))
        require_fraction(most_removed=self.most_removed)

    @property
    def pruning(self) -> Dbb:
        """A user's network gets the bound on its weights alone from here."""
        return Dbb(
            weight_bound=self.weight_bound, activation_budget_points=None, fine_tune_epochs=0
        )

    def weight_mask(
        self, layer: Layer, density: float, spread: float, rng: np.random.Generator
    ) -> Mask:
        """The mask is density-bound; the density of the tables is not asked."""
        return modelled_dbb_mask(layer.weight_shape, self.weight_bound, spread, rng)

    @property
    def activations_removed(self) -> float | None:
        """A bound may remove so large a share of a tensor's nonzeros."""
        return self.most_removed


SCHEME = Dbb
FULL_SIZE = FullSizeDbb
