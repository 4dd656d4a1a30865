"""How far a network answers as the one that it was made from: needs images, no labels."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.graph.modes import evaluating

BATCH = 8


@dataclass(frozen=True)
class Agreement:
    """Between the outputs of two networks on the same images.

    Attributes:
        images: how many.
        same: on how many of them the largest output is the same.
        kl_divergence_nats: mean Kullback-Leibler divergence of the reference's class
            probabilities from the other's.
    """

    images: int
    same: int
    kl_divergence_nats: float


def logits(module: nn.Module, images: Tensor) -> Tensor:
    """Outputs (N, classes) of a network on images (N, C, H, W)."""
    with evaluating(module), torch.no_grad():
        starts = range(0, len(images), BATCH)
        return torch.cat([module(images[start : start + BATCH]) for start in starts])


def agreement(reference: Tensor, other: Tensor) -> Agreement:
    """Compare outputs (N, classes) with those of a reference."""
    wanted, given = reference.double().log_softmax(1), other.double().log_softmax(1)
    divergence = (wanted.exp() * (wanted - given)).sum(1)
    same = reference.argmax(1) == other.argmax(1)
    return Agreement(len(reference), int(same.sum()), float(divergence.mean()))
