"""Load-balanced pruning (Sense): every kernel of a layer keeps equally many weights.

Source: load-balanced weight pruning, abstract of arXiv 2202.00389: each kernel is held at one ratio
of sparsity, 1/2 in version 1. Half of a 3x3 kernel is rounded up, to 5 of 9 weights.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_layers
from models.graph.stored_tensors import SparseNetwork, weight
from sim.generate.weights import balanced_count
from sim.validation import require_flag, require_fraction


@dataclass(frozen=True, kw_only=True)
class Balanced(Scheme):
    """The same number of weights in each kernel.

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
        layers = prunable_layers(network)
        weights = {name: weight(layer).detach() for name, layer in layers.items()}
        chosen = {
            name: value
            for name, value in weights.items()
            if self.pointwise or value.shape[2:].numel() > 1
        }
        apply_weight_masks(network, {name: self.mask(value) for name, value in chosen.items()})

    def mask(self, values: Tensor) -> Tensor:
        """Bool mask of one layer's weights (K, C/groups, R, S) or (out, in)."""
        return balanced_mask(values, self.density)


def balanced_mask(values: Tensor, density: float) -> Tensor:
    """Mask that keeps the largest weights of each kernel, equally many (sim.generate.weights).

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


SCHEME = Balanced
