"""Dynamic activation pruning (S2TA's DAP): every tensor keeps the n largest of 8 channels.

The pruning sits on the stored tensor: the hardware prunes what a layer writes back, so residual
sums and pooled maps are pruned as they are read, and readers of one tensor share its n.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from models.compression.bisection import most_within_budget
from models.compression.channel_masks import channel_mask
from models.compression.density_bound import lane_ranks
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, StoredTensor, is_depthwise
from sim.generate.pruning import BOUNDS, activation_bound
from sim.masks.density_bound import DBB_BLOCK


class _Pruning(torch.autograd.Function):
    """Keeps the largest channels; the gradient passes as if nothing had been pruned."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, bound: int, axis: int) -> Tensor:
        return x * channel_mask(x.detach().movedim(axis, 1), bound).movedim(1, axis)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return gradients[0], None, None


class TopChannels(nn.Module):
    """Keeps the `bound` largest magnitudes of every 8 successive channels.

    Channels lie along `axis`: 1 in (N, C, ...), the last one of tokens (N, T, C).
    """

    def __init__(self, bound: int, axis: int = 1) -> None:
        super().__init__()
        self.bound = bound
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """The pruned tensor, same shape."""
        pruned: Tensor = _Pruning.apply(x, self.bound, self.axis)  # type: ignore[no-untyped-call]
        return pruned

    def extra_repr(self) -> str:
        """Shown when the network is printed."""
        return f"bound={self.bound}"


def prunable_tensors(network: SparseNetwork) -> list[StoredTensor]:
    """The tensors DAP may prune: not the image, and not what only depthwise layers read.

    A depthwise filter sees one channel, so fewer channels per block save it no cycle. Operands of
    products of activations stay whole too: no density-bound design here multiplies them.
    """
    return [
        tensor
        for tensor in network.stored
        if network.first_layer not in tensor.readers
        and tensor.channel_axis is not None
        and not all(is_depthwise(network.layers[name]) for name in tensor.readers)
    ]


def set_bounds(network: SparseNetwork, bounds: Mapping[str, int]) -> None:
    """Give each stored tensor named in `bounds` its n; 8 or unnamed means no pruning."""
    for tensor in network.stored:
        bound = bounds.get(tensor.name, DBB_BLOCK)
        axis = tensor.channel_axis
        whole = bound == DBB_BLOCK or axis is None
        tensor.pruner = nn.Identity() if whole else TopChannels(bound, axis or 1)


def bounds_by_share(network: SparseNetwork, images: Tensor, most_removed: float) -> dict[str, int]:
    """A bound for each stored tensor, the tightest that removes at most a share of its nonzeros."""
    bounds: dict[str, int] = {}

    def record(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        if isinstance(tensor, StoredTensor):
            channels = output.movedim(tensor.channel_axis or 1, 1)
            mask = np.ascontiguousarray((channels != 0).numpy())
            bounds[tensor.name] = activation_bound(mask, most_removed)

    hooks = (tensor.register_forward_hook(record) for tensor in prunable_tensors(network))
    with temporary(hooks), evaluating(network.module), torch.no_grad():
        network.module(images)
    return bounds


def bounds_of(network: SparseNetwork) -> dict[str, int]:
    """The n of each stored tensor, by name; 8 where nothing is pruned."""
    return {tensor.name: tensor_bound(tensor) for tensor in network.stored}


def tensor_bound(tensor: StoredTensor) -> int:
    """The n of 8 that a stored tensor is pruned to; 8 where it is not."""
    return tensor.pruner.bound if isinstance(tensor.pruner, TopChannels) else DBB_BLOCK


@dataclass(frozen=True)
class _BoundStep:
    """Lowering one tensor to `bound`, at the price of a further share of its magnitude."""

    loss: float
    tensor: str
    bound: int


def choose_bounds(
    network: SparseNetwork,
    images: Tensor,
    accuracy_percent: Callable[[], float],
    budget_points: float,
) -> dict[str, int]:
    """Choose an n per tensor so that the accuracy falls by no more than a budget.

    Greedy: the steps that lower one tensor's n by one are taken in the order of the magnitude
    they lose (as a share of that tensor's total, so one forward pass prices all of them), for as
    long as the accuracy holds. How many hold is found by bisection, so a network costs about
    eight evaluations whatever its depth. Bounds that the network has already are replaced.

    Args:
        network: changed only while the function runs.
        images: (N, C, H, W) on which magnitudes are measured.
        accuracy_percent: evaluates the network as it stands, on images that are not test images.
        budget_points: accuracy that may be lost, in percentage points, before fine-tuning.
    """
    before = bounds_of(network)
    set_bounds(network, {})
    ladder = bound_ladder(network, images)
    floor = accuracy_percent() - budget_points

    def holds(count: int) -> bool:
        set_bounds(network, ladder[count])
        return accuracy_percent() >= floor

    taken = most_within_budget(len(ladder) - 1, holds)
    set_bounds(network, before)
    return ladder[taken]


def bound_ladder(network: SparseNetwork, images: Tensor) -> list[dict[str, int]]:
    """Bounds of every stored tensor, from none on, one tensor's n lower by one in each next entry.

    Steps come in the order of the magnitude that they lose, as `choose_bounds` has it.

    Args:
        network: without bounds.
        images: (N, C, H, W) on which magnitudes are measured.
    """
    ladder = [{tensor.name: DBB_BLOCK for tensor in network.stored}]
    for step in _steps(_kept_shares(network, images)):
        bound = min(step.bound, ladder[-1][step.tensor])
        ladder.append({**ladder[-1], step.tensor: bound})
    return ladder


def _steps(shares: Mapping[str, Tensor]) -> list[_BoundStep]:
    """All steps, cheapest first; a tensor's later steps never come before its earlier ones.

    A step's price is the share lost in all, which only grows as n falls; the sort is stable, so
    equal prices keep the order of falling n.
    """
    steps = [
        _BoundStep(1.0 - float(kept[bound - 1]), name, bound)
        for name, kept in shares.items()
        for bound in reversed(BOUNDS)
    ]
    return sorted(steps, key=lambda step: step.loss)


def _kept_shares(network: SparseNetwork, images: Tensor) -> dict[str, Tensor]:
    """The share of each prunable tensor's magnitude that is in its n largest, n = 1 to 8."""
    shares: dict[str, Tensor] = {}

    def record(tensor: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(tensor, StoredTensor)  # noqa: S101  # narrows the type
        channels = output.movedim(tensor.channel_axis or 1, 1)
        magnitude, ranks = channels.abs().double(), lane_ranks(channels)
        by_rank = torch.stack([(magnitude * (ranks == r)).sum() for r in range(DBB_BLOCK)])
        shares[tensor.name] = by_rank.cumsum(0) / by_rank.sum().clamp_min(1e-30)

    hooks = (tensor.register_forward_hook(record) for tensor in prunable_tensors(network))
    with temporary(hooks), evaluating(network.module), torch.no_grad():
        network.module(images)
    return shares
