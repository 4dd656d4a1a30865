"""Inputs and outputs of a layer at some positions of its map, as rows of a matrix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from models.graph.stored_tensors import weight
from sim.errors import UserError

CHUNK = 8
"""Images that are taken together."""

GROUPS_AT_ONCE = 64
"""Of a grouped convolution: the windows of all groups of 8 images are 100 MB and more, which no
cache holds."""


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

    def parts(_: slice, inputs: Tensor, outputs: Tensor) -> list[Tensor]:
        rows = inputs.transpose(0, 1).contiguous()
        return [
            rows.transpose(1, 2) @ rows,
            outputs.permute(1, 2, 0) @ rows,
            inputs.sum(0),
            *_sums(outputs),
        ]

    count, sums = _summed(layer, x, y, _Draw(positions, seed), parts)
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
    filters = weight(layer).detach()
    filters = filters.reshape(_groups(layer), -1, filters[0].numel())

    def parts(groups: slice, inputs: Tensor, outputs: Tensor) -> list[Tensor]:
        made = _made(filters[groups], inputs)
        return [inputs.sum(0), *_sums(outputs), *_sums(made)]

    count, sums = _summed(layer, x, y, _Draw(positions, seed), parts)
    input_mean, mean, square, made_mean, made_square = (part / count for part in sums)
    return Spread(
        input_mean,
        mean,
        (square - mean.square()).clamp_min(0),
        (made_square - made_mean.square()).clamp_min(0),
    )


def _made(filters: Tensor, inputs: Tensor) -> Tensor:
    """Outputs (P, groups, K / groups) of filters (groups, K / groups, n)."""
    if filters.shape[1] > 1:
        return torch.einsum("pgi,gki->pgk", inputs, filters)
    # one filter in a group, a product with a vector: along the positions a tenth of the time
    return (filters @ inputs.permute(1, 2, 0).contiguous()).permute(2, 0, 1)


def _sums(outputs: Tensor) -> tuple[Tensor, Tensor]:
    """Of outputs (P, groups, K / groups) the sum and the sum of squares, (K,)."""
    return outputs.sum(0).flatten(), outputs.square().sum(0).flatten()


def sampled(layer: nn.Module, y: Tensor, positions: int) -> int:
    """How many positions are drawn of outputs (N, K, H', W') or (N, K)."""
    if not isinstance(layer, nn.Conv2d):
        return len(y)
    return len(y) * min(_each(y, positions), y.shape[2] * y.shape[3])


def _each(y: Tensor, positions: int) -> int:
    return max(1, -(-positions // len(y)))


@dataclass(frozen=True)
class _Draw:
    """Which positions of a map are taken.

    Attributes:
        positions: at most about so many of all images.
        seed: of the draw.
    """

    positions: int
    seed: int

    def of(self, y: Tensor) -> Iterator[Tensor | None]:
        """For CHUNK images each: positions (N, each) of outputs (N, K, ...); None = all of them."""
        each, places = _each(y, self.positions), y.shape[2:].numel()
        generator = torch.Generator().manual_seed(self.seed)
        for part in torch.split(y, CHUNK):
            if each < places:
                orders = [torch.randperm(places, generator=generator) for _ in part]
                yield torch.stack(orders)[:, :each]
            else:
                yield None


Parts = Callable[[slice, Tensor, Tensor], list[Tensor]]
"""From some groups of a convolution, by index, and their inputs (P, groups, n) and outputs (P,
groups, K / groups) to sums over the P positions, each with the groups first."""


def _summed(
    layer: nn.Module, x: Tensor, y: Tensor, draw: _Draw, parts: Parts
) -> tuple[int, list[Tensor]]:
    """How many positions are taken, and the parts summed over them."""
    drawn = list(draw.of(y))
    count, by_block = 0, []
    for groups in _blocks(layer):
        read, wanted = _channels(layer, x, groups), _channels(layer, y, groups)
        count, sums = 0, list[Tensor]()
        for start, order in zip(range(0, len(x), CHUNK), drawn, strict=True):
            images = slice(start, start + CHUNK)
            rows, targets = _rows(layer, read[images].float(), wanted[images].float(), order)
            shape = (len(rows), groups.stop - groups.start, -1)
            made = parts(groups, rows.reshape(shape), targets.reshape(shape))
            sums = [a + b for a, b in zip(sums, made, strict=True)] if sums else made
            count += len(rows)
        by_block.append(sums)
    return count, [torch.cat(each) for each in zip(*by_block, strict=True)]


def _groups(layer: nn.Module) -> int:
    return layer.groups if isinstance(layer, nn.Conv2d) else 1


def _blocks(layer: nn.Module) -> Iterator[slice]:
    """Groups that are taken together."""
    count = _groups(layer)
    for first in range(0, count, GROUPS_AT_ONCE):
        yield slice(first, min(first + GROUPS_AT_ONCE, count))


def _channels(layer: nn.Module, values: Tensor, groups: slice) -> Tensor:
    """Those channels of values (N, C, ...) that belong to some groups."""
    each = values.shape[1] // _groups(layer)
    return values[:, groups.start * each : groups.stop * each]


def _rows(layer: nn.Module, x: Tensor, y: Tensor, order: Tensor | None) -> tuple[Tensor, Tensor]:
    """Windows (P, C * R * S) and outputs (P, K) at some positions of every image, or at all."""
    if not isinstance(layer, nn.Conv2d):
        return x, y
    if not isinstance(layer.padding, tuple) or any(step > 1 for step in layer.dilation):
        raise UserError(f"{layer}: repair expects no dilation and padding in numbers")
    above, left_of = (int(size) for size in layer.padding)
    padded = F.pad(x, (left_of, left_of, above, above)) if above or left_of else x
    if order is None:
        windows = padded
        for axis, (size, step) in enumerate(zip(layer.kernel_size, layer.stride, strict=True)):
            windows = windows.unfold(2 + axis, size, step)  # a view: the copy below is the one
        rows = windows.permute(0, 2, 3, 1, 4, 5).reshape(len(y) * y.shape[2:].numel(), -1)
        return rows, y.flatten(2).transpose(1, 2).reshape(len(rows), -1)
    windows, targets = _drawn(layer, padded, y, order)
    return (
        windows.transpose(1, 2).reshape(-1, windows.shape[1]),
        targets.transpose(1, 2).reshape(-1, targets.shape[1]),
    )


def _drawn(layer: nn.Conv2d, padded: Tensor, y: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
    """Windows (N, C * R * S, each) and outputs (N, K, each) at positions (N, each)."""
    targets = y.flatten(2).gather(2, order[:, None].expand(-1, y.shape[1], -1))
    width, wide = y.shape[3], padded.shape[3]
    top, left = order // width * layer.stride[0], order % width * layer.stride[1]
    flat = padded.flatten(2)
    taps = []
    for row in range(layer.kernel_size[0]):
        for column in range(layer.kernel_size[1]):
            index = (top + row) * wide + left + column
            taps.append(flat.gather(2, index[:, None].expand(-1, padded.shape[1], -1)))
    return torch.stack(taps, 2).flatten(1, 2), targets
