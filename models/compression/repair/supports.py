"""Which weights of a layer stay, chosen with the layer's own outputs in view.

A scheme says how many weights stay in each of its groups; which ones is chosen here so that the
layer's outputs come as near to the dense layer's as they can.

Source: the alternating direction method of multipliers with the projection to the largest weights
of each group (Boža, arXiv:2401.02938, for weights whose inputs are scaled to one mean square). The
inputs are those of the network that is being repaired, not the dense one's.
"""

from collections.abc import Callable
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from models.compression.repair.moments import Moments
from models.compression.weight_masks import largest

Group = Literal["layer", "slice"] | int
"""Within what the number of weights is kept: a layer, each kernel slice (the weights of one filter
and channel; of 1x1 kernels the whole filter), or each block of so many successive channels under
one tap of a filter."""

ROUNDS = 30
CHOOSING_ROUNDS = 20
"""Of the rounds the first so many choose again; the others settle on what was chosen."""
PENALTY = 1.0
"""Of a round's distance from the chosen weights, in units of the scaled inputs' mean square."""


def chosen_support(
    measured: Moments, mask: Tensor, before: Tensor, group: Group, ridge: float
) -> Tensor:
    """A support with as many weights in each group as `mask` has, for a layer without groups.

    Args:
        measured: of the layer; its convolution has one group.
        mask: bool (K, C, R, S), which weights the scheme kept.
        before: the dense weights (K, C, R, S).
        group: of the scheme.
        ridge: pulls towards `before`, in units of the mean input variance.

    Returns:
        Bool (K, C, R, S).
    """
    (covariance,), (cross,) = measured.covariance, measured.cross
    diagonal = covariance.diagonal()
    penalty = ridge * diagonal.mean()
    scale = (diagonal + penalty).clamp_min(1e-20).sqrt()
    dense = before.flatten(1)
    # in units where every input has a mean square of 1, sizes of weights compare across inputs
    scaled = covariance / scale[:, None] / scale
    scaled = scaled + torch.diag(penalty / scale.square())
    wanted = (cross + penalty * dense) / scale
    solver = torch.linalg.inv(scaled + PENALTY * torch.eye(len(scaled)))
    keep = mask
    kept = dense * scale * keep.flatten(1)
    price = torch.zeros_like(kept)
    for number in range(ROUNDS):
        free = (wanted + PENALTY * (kept - price)) @ solver
        if number < CHOOSING_ROUNDS:
            keep = largest_in_groups((free + price).abs().reshape(mask.shape), mask, group)
        kept = (free + price) * keep.flatten(1)
        price = price + free - kept
    return keep


def largest_in_groups(importance: Tensor, mask: Tensor, group: Group) -> Tensor:
    """In each group the most important, as many as `mask` keeps there; of equal ones the earlier.

    Args:
        importance: nonnegative (K, C, R, S).
        mask: bool, likewise.
        group: see Group.

    Returns:
        Bool (K, C, R, S).
    """
    if group == "layer":
        return largest(importance.flatten(), int(mask.sum())).reshape(mask.shape)
    if group == "slice":
        axis = 2 if mask[0, 0].numel() > 1 else 1
        return _largest(importance.flatten(axis), mask.flatten(axis)).reshape(mask.shape)
    blocks = _blocks(group)
    kept = _largest(blocks(importance, -1.0), blocks(mask, 0.0) > 0)
    channels_last = kept.flatten(-2)[..., : mask.shape[1]]
    return channels_last.permute(0, 3, 1, 2)


def _blocks(size: int) -> Callable[[Tensor, float], Tensor]:
    def split(values: Tensor, filling: float) -> Tensor:
        """(K, C, R, S) as (K, R, S, blocks, size), the last block filled up."""
        last = values.permute(0, 2, 3, 1).float()
        missing = -last.shape[-1] % size
        filled = F.pad(last, (0, missing), value=filling)
        return filled.reshape(*filled.shape[:-1], -1, size)

    return split


def _largest(importance: Tensor, mask: Tensor) -> Tensor:
    """Along the last axis the largest, as many as `mask` has."""
    order = torch.argsort(importance, dim=-1, descending=True, stable=True)
    count = mask.sum(-1, keepdim=True)
    ranks = torch.arange(importance.shape[-1]).expand_as(order)
    return torch.zeros_like(mask).scatter(-1, order, ranks < count)
