"""Inputs and outputs of a layer at some positions of its map, as rows of a matrix."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from models.graph.stored_tensors import weight
from sim.errors import UserError

CHUNK = 8


@dataclass(frozen=True)
class Spread:
    """Means and variances over positions of a layer's inputs and outputs.

    Attributes:
        input_mean: (groups, n), n weights of a filter.
        output_mean: of the outputs wanted, (K,).
        output_variance: of the outputs wanted, (K,).
        made_variance: of the outputs that the layer makes, (K,).
    """

    input_mean: Tensor
    output_mean: Tensor
    output_variance: Tensor
    made_variance: Tensor


@dataclass(frozen=True)
class Moments:
    """Sums over positions of a layer's inputs and outputs, by group of the convolution.

    Attributes:
        covariance: of the inputs, (groups, n, n), n weights of a filter.
        cross: outputs with inputs, (groups, K / groups, n).
        input_mean: (groups, n).
        output_mean: (K,).
        output_variance: (K,).
        positions: how many.
    """

    covariance: Tensor
    cross: Tensor
    input_mean: Tensor
    output_mean: Tensor
    output_variance: Tensor
    positions: int


def moments(layer: nn.Module, x: Tensor, y: Tensor, positions: int, seed: int = 0) -> Moments:
    """Central second moments of what a layer reads and what it should write.

    Args:
        layer: a convolution or fully connected layer.
        x: its inputs (N, C, H, W) or (N, features), in any type; sums are in single precision.
        y: outputs wanted (N, K, H', W') or (N, K).
        positions: at most about so many, drawn evenly from all images.
        seed: of the draw.
    """
    sums: list[Tensor] = []
    count = 0
    for inputs, outputs in _samples(layer, x, y, positions, seed):
        parts = [
            torch.einsum("pgi,pgj->gij", inputs, inputs),
            torch.einsum("pgk,pgi->gki", outputs, inputs),
            inputs.sum(0),
            outputs.sum(0).flatten(),
            outputs.square().sum(0).flatten(),
        ]
        sums = _added(sums, parts)
        count += len(inputs)
    covariance, cross, input_mean, output_mean, square = (part / count for part in sums)
    by_group = output_mean.reshape(len(cross), -1, 1)
    return Moments(
        covariance - input_mean[:, :, None] * input_mean[:, None, :],
        cross - by_group * input_mean[:, None, :],
        input_mean,
        output_mean,
        (square - output_mean.square()).clamp_min(0),
        count,
    )


def spread(layer: nn.Module, x: Tensor, y: Tensor, positions: int, seed: int = 0) -> Spread:
    """Spread of what a layer makes beside that of what it should make; arguments as `moments`.

    It costs a fraction of the second moments, which grow with the square of a filter's weights.
    """
    sums: list[Tensor] = []
    count = 0
    for inputs, outputs in _samples(layer, x, y, positions, seed):
        rows = weight(layer).detach().reshape(inputs.shape[1], -1, inputs.shape[2])
        made = torch.einsum("pgi,gki->pgk", inputs, rows)
        parts = [inputs.sum(0)]
        for values in (outputs, made):
            parts += [values.sum(0).flatten(), values.square().sum(0).flatten()]
        sums = _added(sums, parts)
        count += len(inputs)
    input_mean, mean, square, made_mean, made_square = (part / count for part in sums)
    return Spread(
        input_mean,
        mean,
        (square - mean.square()).clamp_min(0),
        (made_square - made_mean.square()).clamp_min(0),
    )


def sampled(layer: nn.Module, y: Tensor, positions: int) -> int:
    """How many positions are drawn of outputs (N, K, H', W') or (N, K)."""
    if not isinstance(layer, nn.Conv2d):
        return len(y)
    return len(y) * min(_each(y, positions), y.shape[2] * y.shape[3])


def _each(y: Tensor, positions: int) -> int:
    return max(1, -(-positions // len(y)))


def _added(sums: list[Tensor], parts: list[Tensor]) -> list[Tensor]:
    return [a + b for a, b in zip(sums, parts, strict=True)] if sums else parts


def _samples(
    layer: nn.Module, x: Tensor, y: Tensor, positions: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs (P, groups, n) and outputs (P, groups, K / groups), of some images at a time."""
    groups = layer.groups if isinstance(layer, nn.Conv2d) else 1
    generator = torch.Generator().manual_seed(seed)
    each = _each(y, positions)
    for start in range(0, len(x), CHUNK):
        part, wanted = x[start : start + CHUNK].float(), y[start : start + CHUNK].float()
        rows, targets = _rows(layer, part, wanted, each, generator)
        yield rows.reshape(len(rows), groups, -1), targets.reshape(len(targets), groups, -1)


def _rows(
    layer: nn.Module, x: Tensor, y: Tensor, each: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Windows (P, C * R * S) and outputs (P, K) at `each` positions of every image."""
    if not isinstance(layer, nn.Conv2d):
        return x, y
    if not isinstance(layer.padding, tuple) or any(step > 1 for step in layer.dilation):
        raise UserError(f"{layer}: repair expects no dilation and padding in numbers")
    places = y.shape[2] * y.shape[3]
    if each < places:
        windows, targets = _drawn(layer, x, y, each, generator)
    else:
        windows = F.unfold(x, layer.kernel_size, padding=layer.padding, stride=layer.stride)
        targets = y.flatten(2)
    return (
        windows.transpose(1, 2).reshape(-1, windows.shape[1]),
        targets.transpose(1, 2).reshape(-1, targets.shape[1]),
    )


def _drawn(
    layer: nn.Conv2d, x: Tensor, y: Tensor, each: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Windows (N, C * R * S, each) and outputs (N, K, each) at random positions."""
    height, width = y.shape[2:]
    stride = layer.stride
    above, left_of = (int(size) for size in layer.padding)
    order = torch.stack([torch.randperm(height * width, generator=generator) for _ in x])[:, :each]
    targets = y.flatten(2).gather(2, order[:, None].expand(-1, y.shape[1], -1))
    padded = F.pad(x, (left_of, left_of, above, above)) if above or left_of else x
    top, left = order // width * stride[0], order % width * stride[1]
    wide = padded.shape[3]
    flat = padded.flatten(2)
    taps = []
    for row in range(layer.kernel_size[0]):
        for column in range(layer.kernel_size[1]):
            index = (top + row) * wide + left + column
            taps.append(flat.gather(2, index[:, None].expand(-1, x.shape[1], -1)))
    return torch.stack(taps, 2).flatten(1, 2), targets
