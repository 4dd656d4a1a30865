"""Unstructured pruning with the nonzeros of `balanced`: the fair baseline of balanced pruning."""

from dataclasses import dataclass

from torch import Tensor

from models.compression.schemes.balanced import Balanced
from models.compression.schemes.magnitude import largest


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


SCHEME = Unbalanced
