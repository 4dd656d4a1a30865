"""Unstructured pruning: the smallest weights of the whole network go, wherever they are."""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import apply_weight_masks, prunable_layers
from models.stored_tensors import SparseNetwork, weight
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
    flat = torch.cat([value.flatten().abs() for value in weights.values()])
    kept = torch.zeros(len(flat), dtype=torch.bool)
    order = torch.sort(flat, descending=True, stable=True).indices
    kept[order[: round(density * len(flat))]] = True
    parts = torch.split(kept, [value.numel() for value in weights.values()])
    return {
        name: part.reshape(value.shape)
        for (name, value), part in zip(weights.items(), parts, strict=True)
    }


SCHEME = Magnitude
