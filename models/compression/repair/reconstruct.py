"""Repair of a pruned network, layer by layer, towards the outputs of the dense one.

Batch norm must be folded in both networks, so that each layer is a convolution (or fully connected)
with a bias. No labels are used, and no gradient is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from models.compression.repair.least_squares import masked_least_squares
from models.compression.repair.moments import Moments, Spread, moments, sampled, spread
from models.compression.repair.supports import Group, chosen_support
from models.compression.repair.walk import Repairer, walk
from models.graph.stored_tensors import SparseNetwork, weight
from sim.validation import require_choice, require_not_negative, require_positive, require_whole

Method = Literal["none", "batch_norm", "reconstruct"]

LEAST_POSITIONS = 2
"""A layer is fitted where there are so many positions for each weight of a filter; where images are
too few for that (fully connected layers), means and spreads are matched instead."""
MOST_GAIN = 2.0
"""Scale by which a filter's output is matched at most; more would only amplify noise."""


@dataclass(frozen=True, kw_only=True)
class Repair:
    """How a pruned network is repaired.

    Attributes:
        method: `none`; `batch_norm`: mean and spread of every filter's output are brought to the
            dense network's, which is what batch norm measured anew does; `reconstruct`: the weights
            that stay, and the bias, are the least-squares fit to the dense network's outputs, in
            layers for which there are enough positions (LEAST_POSITIONS).
        ridge: of the fit, pulls towards the weights before, in units of the mean input variance.
        positions: of the output maps that a fit uses, drawn evenly from all images.
        seed: of that draw.
        kept_in: `reconstruct` chooses anew which weights stay, as many in each group of this kind
            (models.compression.repair.supports); None = those that the pruning kept.

    Raises:
        UserError: a value is out of range.
    """

    method: Method = "none"
    ridge: float = 1e-3
    positions: int = 20_000
    seed: int = 0
    kept_in: Group | None = None

    def __post_init__(self) -> None:
        require_choice("repair", self.method, get_args(Method))
        require_not_negative(ridge=self.ridge)
        require_positive(positions=self.positions)
        require_whole(seed=self.seed)


def repair_networks(
    dense: SparseNetwork, repairs: Sequence[tuple[SparseNetwork, Repair]], images: Tensor
) -> None:
    """Repair pruned networks in place; their zeros stay where they are, or as many elsewhere.

    The first layer reads what it always read and is left alone, and so is the layer that makes the
    result: images are too few to fit a weight for each of its inputs.

    Args:
        dense: the network before pruning.
        repairs: the same, pruned: their masks are permanent. Each with how it is repaired.
        images: (N, C, H, W), unlabelled.
    """

    def repairer(sparse: SparseNetwork, settings: Repair) -> Repairer:
        spared = (sparse.first_layer, sparse.last_layer)

        def repair(name: str, x: Tensor, y: Tensor) -> None:
            if name not in spared:
                layer = sparse.layers[name]
                repair_layer(layer, weight(dense.layers[name]).detach(), x, y, settings)

        return repair

    asked = [(sparse, settings) for sparse, settings in repairs if settings.method != "none"]
    if asked:
        walk(dense, [(sparse, repairer(sparse, settings)) for sparse, settings in asked], images)


def repair_layer(layer: nn.Module, before: Tensor, x: Tensor, y: Tensor, settings: Repair) -> None:
    """Repair one layer in place: which weights are not zero, these weights, and its bias.

    Args:
        layer: a convolution or fully connected layer.
        before: its weight before pruning.
        x: what it reads, (N, C, H, W) or (N, features).
        y: what it should write, (N, K, H', W') or (N, K).
        settings: the method is `batch_norm` or `reconstruct`.
    """
    rows = weight(layer).detach()
    rows = rows.reshape(layer.groups if isinstance(layer, nn.Conv2d) else 1, -1, rows[0].numel())
    enough = sampled(layer, y, settings.positions) >= LEAST_POSITIONS * rows.shape[-1]
    repaired = _fitted if settings.method == "reconstruct" and enough else _matched
    rows, bias = repaired(layer, rows, before, (x, y), settings)
    layer.weight = nn.Parameter(rows.reshape(weight(layer).shape))
    layer.bias = nn.Parameter(bias)


def _fitted(
    layer: nn.Module, rows: Tensor, before: Tensor, xy: tuple[Tensor, Tensor], settings: Repair
) -> tuple[Tensor, Tensor]:
    """Weights (groups, K / groups, n) by least squares, and the bias (K,)."""
    measured = moments(layer, *xy, settings.positions, settings.seed)
    rows = masked_least_squares(
        measured.covariance,
        measured.cross,
        _support(rows != 0, before, measured, settings),
        before.reshape(rows.shape),
        ridge=settings.ridge,
    )
    return rows, measured.output_mean - (rows @ measured.input_mean[..., None]).reshape(-1)


def _matched(
    layer: nn.Module, rows: Tensor, _: Tensor, xy: tuple[Tensor, Tensor], settings: Repair
) -> tuple[Tensor, Tensor]:
    """Weights (groups, K / groups, n) scaled to the spread wanted, and the bias (K,)."""
    measured = spread(layer, *xy, settings.positions, settings.seed)
    rows = rows * _gain(measured).reshape(*rows.shape[:2], 1)
    return rows, measured.output_mean - (rows @ measured.input_mean[..., None]).reshape(-1)


def _support(mask: Tensor, before: Tensor, measured: Moments, settings: Repair) -> Tensor:
    """Bool (groups, K / groups, n), which weights stay; grouped convolutions keep theirs."""
    if settings.kept_in is None or len(mask) > 1 or bool(mask.all()):
        return mask
    kernel = before.reshape(*before.shape, *[1] * (4 - before.dim()))
    keep = chosen_support(
        measured, mask.reshape(kernel.shape), kernel, settings.kept_in, settings.ridge
    )
    return keep.reshape(mask.shape)


def _gain(measured: Spread) -> Tensor:
    """(K,): spread wanted of each filter's output over the one that it has."""
    variance, wanted = measured.made_variance, measured.output_variance
    gain = (wanted / variance.clamp_min(1e-20)).sqrt().clamp(1 / MOST_GAIN, MOST_GAIN)
    return torch.where((wanted > 0) & (variance > 0), gain, torch.ones_like(gain))


def output_error(rows: Tensor, measured: Moments) -> Tensor:
    """Share of the outputs' variance that weights (groups, K / groups, n) miss, with the best bias.

    Equals mean((y - w x - b)^2) / var(y) over all filters.
    """
    explained = 2 * (rows * measured.cross).sum() - ((rows @ measured.covariance) * rows).sum()
    total = measured.output_variance.sum()
    return (total - explained) / total
