"""Unstructured pruning: the smallest weights of the whole network go, wherever they are."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_layers
from models.graph.stored_tensors import SparseNetwork, weight
from sim.validation import require_fraction


@dataclass(frozen=True, kw_only=True)
class Magnitude(Scheme):
    """Global magnitude pruning.

    Attributes:
        density: fraction kept of the weights of the prunable layers, all layers together.
    """

    density: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        require_fraction(density=self.density)

    def prune(self, network: SparseNetwork, samples: Samples) -> None:
        """Put global magnitude masks on the prunable layers."""
        weights = {name: weight(layer).detach() for name, layer in prunable_layers(network).items()}
        apply_weight_masks(network, magnitude_masks(weights, self.density))


def magnitude_masks(weights: dict[str, Tensor], density: float) -> dict[str, Tensor]:
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


def largest(magnitudes: Tensor, count: int) -> Tensor:
    """Bool mask (n,) of the `count` largest of nonnegative (n,); of equal ones the earlier.

    Partitions instead of sorting: VGG-16's 138 million weights are sorted only with more than the
    memory that a trace may take.
    """
    if count == 0:
        return torch.zeros(len(magnitudes), dtype=torch.bool)
    values = magnitudes.numpy()
    threshold = np.partition(values, len(values) - count)[len(values) - count]
    kept = values > threshold
    equal = np.flatnonzero(values == threshold)
    kept[equal[: count - np.count_nonzero(kept)]] = True
    return torch.from_numpy(kept)


SCHEME = Magnitude
