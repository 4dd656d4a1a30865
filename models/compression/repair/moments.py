"""Inputs and outputs of a layer at some positions of its map, as rows of a matrix."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from sim.errors import UserError

CHUNK = 16


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
    groups = layer.groups if isinstance(layer, nn.Conv2d) else 1
    generator = torch.Generator().manual_seed(seed)
    each = max(1, -(-positions // len(x)))
    sums: list[Tensor] = []
    count = 0
    for start in range(0, len(x), CHUNK):
        rows, targets = _rows(
            layer,
            x[start : start + CHUNK].float(),
            y[start : start + CHUNK].float(),
            each,
            generator,
        )
        inputs = rows.reshape(len(rows), groups, -1)
        outputs = targets.reshape(len(targets), groups, -1)
        parts = [
            torch.einsum("pgi,pgj->gij", inputs, inputs),
            torch.einsum("pgk,pgi->gki", outputs, inputs),
            inputs.sum(0),
            targets.sum(0),
            targets.square().sum(0),
        ]
        sums = [a + b for a, b in zip(sums, parts, strict=True)] if sums else parts
        count += len(rows)
    covariance, cross, input_mean, output_mean, square = (part / count for part in sums)
    by_group = output_mean.reshape(groups, -1, 1)
    return Moments(
        covariance - input_mean[:, :, None] * input_mean[:, None, :],
        cross - by_group * input_mean[:, None, :],
        input_mean,
        output_mean,
        (square - output_mean.square()).clamp_min(0),
        count,
    )


def _rows(
    layer: nn.Module, x: Tensor, y: Tensor, each: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Windows (P, C * R * S) and outputs (P, K) at `each` positions of every image."""
    if not isinstance(layer, nn.Conv2d):
        return x, y
    height, width = y.shape[2:]
    kernel, stride, padding = layer.kernel_size, layer.stride, layer.padding
    count = min(each, height * width)
    order = torch.stack([torch.randperm(height * width, generator=generator) for _ in x])[:, :count]
    targets = y.flatten(2).gather(2, order[:, None].expand(-1, y.shape[1], -1))
    if not isinstance(padding, tuple) or any(step > 1 for step in layer.dilation):
        raise UserError(f"{layer}: repair expects no dilation and padding in numbers")
    padded = F.pad(x, (padding[1], padding[1], padding[0], padding[0]))
    top, left = order // width * stride[0], order % width * stride[1]
    wide = padded.shape[3]
    flat = padded.flatten(2)
    taps = []
    for row in range(kernel[0]):
        for column in range(kernel[1]):
            index = (top + row) * wide + left + column
            taps.append(flat.gather(2, index[:, None].expand(-1, x.shape[1], -1)))
    windows = torch.stack(taps, 2).flatten(1, 2)  # (N, C * R * S, count)
    return (
        windows.transpose(1, 2).reshape(-1, windows.shape[1]),
        targets.transpose(1, 2).reshape(-1, targets.shape[1]),
    )
