"""The product of two activations as a module, so that a network can say where it computes one.

`torch.matmul` inside a forward pass has no name and no place in a table of layers; attention that
is written with this module has both: Q K^T and P V are layers like any other, without weights.
"""

import torch
from torch import Tensor, nn

SECOND = ".second"
"""Added to the name of a product where its second operand is meant: a product has no submodules."""


class ActivationProduct(nn.Module):
    """The product of two computed matrices, for each of a batch and of heads."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """(N, ..., rows, inner) by (N, ..., inner, columns), equal but for the last two axes."""
        return torch.matmul(first, second)


def is_product(module: nn.Module) -> bool:
    """Whether a module multiplies two activations."""
    return isinstance(module, ActivationProduct)
