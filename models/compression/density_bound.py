"""The largest n of every few successive channels: what density-bound blocks are made of."""

from itertools import combinations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from sim.masks.density_bound import DBB_BLOCK


def _blocks(values: Tensor, block: int) -> Tensor:
    """Magnitudes (N, C, ...) as (N, blocks, block, ...); padded lanes lose to any value."""
    missing = -values.shape[1] % block
    magnitude = values.abs()
    if missing:
        magnitude = F.pad(magnitude, (0, 0) * (values.dim() - 2) + (0, missing), value=-1.0)
    return magnitude.reshape(len(values), -1, block, *values.shape[2:])


def lane_ranks(values: Tensor, block: int = DBB_BLOCK) -> Tensor:
    """Rank of each value in its block of successive channels, 0 = largest magnitude.

    Of equal magnitudes the lower channel comes first, as in a chain of comparators. Counting the
    comparisons won is several times faster here than sorting blocks this short.

    Args:
        values: (N, C, ...).
        block: channels of a block.

    Returns:
        uint8 of the same shape.
    """
    lanes = _blocks(values, block).unbind(2)
    ranks = [
        torch.full_like(lane, block - 1 - i, dtype=torch.uint8) for i, lane in enumerate(lanes)
    ]
    for low, high in combinations(range(block), 2):
        low_wins = (lanes[low] >= lanes[high]).view(torch.uint8)  # bool would be converted to add
        ranks[high] += low_wins
        ranks[low] -= low_wins  # which began at losing to all that come after it
    return torch.stack(ranks, dim=2).flatten(1, 2)[:, : values.shape[1]]


def keep_largest(values: Tensor, bound: int, block: int = DBB_BLOCK) -> Tensor:
    """Bool mask of the `bound` largest magnitudes in each block of channels of (N, C, ...)."""
    return lane_ranks(values, block) < bound
