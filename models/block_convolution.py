"""Convolutions that take blocks of their im2col matrix as zero (Sparse-Blox).

The im2col matrix of one image and group has a row per output pixel, in raster order, and a column
per operand of a dot product: input channel, then kernel row, then kernel column. It is cut into
blocks of `width` columns and `height` pixels. Blocks never reach into another image or group; what
is left at the right and lower edges is a block too, and counts as a whole one. An activation
occurs in several columns, so it may be zeroed in one block and kept in another: this cannot be
done on the feature map. The padding of the convolution belongs to the matrix, with value 0.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Literal, Self, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from sim import BlockMap
from sim.errors import UserError
from sim.validation import require_choice

Criterion = Literal["signed_mean", "mean_magnitude", "max_magnitude"]
SHAPES = ((8, 8), (16, 16), (1, 16), (4, 4))
"""(width, height) of the blocks that the authors' public experiments try."""

CHUNK_VALUES = 1 << 19
"""Values of an im2col matrix that are made at a time: 2 MB, which stays in the cache."""


@dataclass(frozen=True)
class BlockRule:
    """When a block is taken as zero: its statistic is below the layer's threshold.

    Attributes:
        width, height: columns and output pixels of a block.
        criterion: `signed_mean`, the magnitude of the mean, as in the authors' public code: after
            ReLU it is the mean magnitude, else values of both signs cancel; `mean_magnitude`; or
            `max_magnitude`. Only the values inside the matrix count, at its edges too.

    Raises:
        UserError: blocks of another shape than SHAPES, or an unknown criterion.
    """

    width: int = 8
    height: int = 8
    criterion: Criterion = "signed_mean"

    def __post_init__(self) -> None:
        if (self.width, self.height) not in SHAPES:
            shapes = ", ".join(f"{width}x{height}" for width, height in SHAPES)
            raise UserError(
                f"block is {self.width}x{self.height}; expected one of {shapes} "
                "(columns x output pixels)"
            )
        require_choice("criterion", self.criterion, get_args(Criterion))

    @property
    def name(self) -> str:
        """The shape as file names and tables write it, e.g. 8x8."""
        return f"{self.width}x{self.height}"


Watcher = Callable[[Tensor, Tensor], None]
"""Told which blocks the convolution takes as zero, and which held only zeros anyway; each (images,
pixel blocks, groups, column blocks of a group), bool. A batch may come in several pieces."""


class BlockConv2d(nn.Conv2d):
    """A convolution with blockwise pruned input; made `of` a plain one, whose parameters it shares.

    Attributes:
        rule: shape of the blocks and criterion.
        threshold: blocks below it are taken as zero (strictly below, so 0 prunes nothing and the
            convolution is torch's own), in the units of the activations.
        watcher: see Watcher; None = nobody is told.
    """

    rule: BlockRule
    threshold: float
    watcher: Watcher | None

    @classmethod
    def of(cls, layer: nn.Conv2d, rule: BlockRule) -> Self:
        """A pruned twin of a layer, with threshold 0.

        Raises:
            UserError: the layer is dilated or padded by other values than zeros.
        """
        if isinstance(layer.padding, str) or layer.padding_mode != "zeros":
            raise UserError(f"{layer}: blockwise pruning expects zero padding, given in numbers")
        if set(layer.dilation) != {1}:
            raise UserError(f"{layer}: blockwise pruning expects no dilation")
        with torch.device("meta"):  # nothing is drawn or kept
            twin = cls(
                layer.in_channels,
                layer.out_channels,
                (layer.kernel_size[0], layer.kernel_size[1]),
                (layer.stride[0], layer.stride[1]),
                (layer.padding[0], layer.padding[1]),
                groups=layer.groups,
                bias=layer.bias is not None,
            )
        twin.weight = layer.weight
        twin.bias = layer.bias
        for name, buffer in layer.named_buffers(recurse=False):
            twin.register_buffer(name, buffer)
        twin.rule, twin.threshold, twin.watcher = rule, 0.0, None
        return twin.train(layer.training)

    def set_threshold(self, threshold: float) -> None:
        """Set the threshold.

        Raises:
            UserError: it is no number of at least 0.
        """
        if not isinstance(threshold, int | float) or not isfinite(threshold) or threshold < 0:
            raise UserError(f"threshold is {threshold!r}; expected a number of at least 0")
        self.threshold = float(threshold)

    def forward(self, input: Tensor) -> Tensor:  # named as in torch
        """(N, C, H, W) to (N, K, H', W'), with the pruned blocks at zero."""
        if self.threshold > 0:
            result = input.new_empty(len(input), self.out_channels, *self.output_size(input))
            for images in self.chunks(input):
                self._convolve(input[images], result[images])
            return result
        if self.watcher is not None:
            for images in self.chunks(input):
                self._zero_blocks(self._matrix(input[images]), input[images])
        return super().forward(input)

    def extra_repr(self) -> str:
        """Shown when the network is printed."""
        shape = super().extra_repr()  # type: ignore[no-untyped-call]
        return f"{shape}, {self.rule}, threshold={self.threshold}"

    @property
    def columns(self) -> int:
        """Columns of one group's im2col matrix."""
        return self.in_channels // self.groups * self.kernel_size[0] * self.kernel_size[1]

    @property
    def _pads(self) -> tuple[int, int]:
        if isinstance(self.padding, str):
            raise TypeError("`of` refuses padding in words")
        return self.padding[0], self.padding[1]

    def output_size(self, x: Tensor) -> tuple[int, int]:
        """(height, width) of the output."""
        height, width = (
            (size + 2 * pad - kernel) // stride + 1
            for size, pad, kernel, stride in zip(
                x.shape[2:], self._pads, self.kernel_size, self.stride, strict=True
            )
        )
        return height, width

    def _grid(self, x: Tensor) -> tuple[int, int]:
        """Blocks (along the pixels, along the columns of one group)."""
        height, width = self.output_size(x)
        return -(-height * width // self.rule.height), -(-self.columns // self.rule.width)

    def chunks(self, x: Tensor) -> Iterator[slice]:
        """Images whose im2col matrices are made together, so that they stay in the cache."""
        down, across = self._grid(x)
        values = down * self.rule.height * across * self.rule.width * self.groups
        step = max(1, CHUNK_VALUES // values)
        return (slice(start, start + step) for start in range(0, len(x), step))

    def _matrix(self, x: Tensor) -> Tensor:
        """The im2col matrices, (groups, columns, images, pixels), filled up with zeros to blocks.

        Pixels are the last axis because that is how a feature map lies in memory.
        """
        height, width = self.output_size(x)
        down, across = self._grid(x)
        pixels = height * width
        rows, columns = down * self.rule.height, across * self.rule.width
        filled = (rows, columns) == (pixels, self.columns)
        matrix = (x.new_empty if filled else x.new_zeros)(self.groups, columns, len(x), rows)
        vertical, horizontal = self._pads
        padded = functional.pad(x, (horizontal, horizontal, vertical, vertical))
        windows = padded.unfold(2, self.kernel_size[0], self.stride[0])
        windows = windows.unfold(3, self.kernel_size[1], self.stride[1])
        windows = _split(windows, 1, self.groups, -1).permute(1, 2, 5, 6, 0, 3, 4)
        inside = matrix[:, : self.columns, :, :pixels]
        by_tap = _split(inside, 1, *windows.shape[1:4])
        _split(by_tap, -1, height, width).copy_(windows)
        return matrix

    def masked_matrix(self, x: Tensor) -> Tensor:
        """The im2col matrices with the pruned blocks at zero; axes as in `_matrix`."""
        matrix = self._matrix(x)
        kept = (~self._zero_blocks(matrix, x)).to(x.dtype)
        along_pixels = kept.repeat_interleave(self.rule.height, dim=3)
        _split(matrix, 1, -1, self.rule.width).mul_(along_pixels.unsqueeze(2))
        return matrix

    def _convolve(self, x: Tensor, result: Tensor) -> None:
        """Write the output of some images into `result`."""
        matrix = self.masked_matrix(x)
        weight = self.weight.reshape(self.groups, -1, self.columns)
        weight = functional.pad(weight, (0, matrix.shape[1] - self.columns))
        sums = torch.bmm(weight, matrix.flatten(2)).flatten(0, 1)
        if self.bias is not None:
            sums = sums + self.bias.reshape(-1, 1)
        height, width = result.shape[2:]
        by_image = _split(sums, 1, *matrix.shape[2:])[..., : height * width]
        result.copy_(_split(by_image, 2, height, width).transpose(0, 1))

    def block_statistics(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Of every block of some images: the statistic of the criterion, and the sum of magnitudes.

        Both (groups, column blocks, images, pixel blocks). The whole matrix of all these images
        is in memory at once: give it a few at a time, see `chunks`.
        """
        matrix = self._matrix(x.detach())
        magnitude = matrix.abs()
        total = _over_blocks(torch.sum, magnitude, self.rule)
        if self.rule.criterion == "max_magnitude":
            return _over_blocks(torch.amax, magnitude, self.rule), total
        if self.rule.criterion == "mean_magnitude":
            return total / self._sizes(x), total
        return _over_blocks(torch.sum, matrix, self.rule).abs() / self._sizes(x), total

    def _zero_blocks(self, matrix: Tensor, x: Tensor) -> Tensor:
        """Blocks taken as zero, (groups, column blocks, images, pixel blocks)."""
        matrix, rule = matrix.detach(), self.rule
        signed = float(x.detach().min()) < 0
        magnitude = matrix.abs() if signed else matrix
        if rule.criterion == "max_magnitude":
            largest = _over_blocks(torch.amax, magnitude, rule)
            empty, zero = largest == 0, largest < self.threshold
        else:
            total = _over_blocks(torch.sum, magnitude, rule)
            empty = total == 0
            if signed and rule.criterion == "signed_mean":
                total = _over_blocks(torch.sum, matrix, rule).abs()
            zero = total < self.threshold * self._sizes(x)
        zero = zero | empty
        if self.watcher is not None:
            self.watcher(zero.permute(2, 3, 0, 1), empty.permute(2, 3, 0, 1))
        return zero

    def _sizes(self, x: Tensor) -> Tensor:
        """Values inside each block that lie in the matrix, (1, column blocks, 1, pixel blocks)."""
        height, width = self.output_size(x)
        down, across = self._grid(x)
        columns = _block_lengths(self.columns, across, self.rule.width, x)
        pixels = _block_lengths(height * width, down, self.rule.height, x)
        return (columns[:, None] * pixels).reshape(1, across, 1, down)


def _split(x: Tensor, axis: int, *sizes: int) -> Tensor:
    """A view with one axis cut into several."""
    view: Tensor = x.unflatten(axis, sizes)  # type: ignore[no-untyped-call]
    return view


def _over_blocks(reduce: Callable[..., Tensor], matrix: Tensor, rule: BlockRule) -> Tensor:
    """Reduce every block to one value, columns first: their sums lie side by side in memory."""
    columns: Tensor = matrix if rule.width == 1 else reduce(_split(matrix, 1, -1, rule.width), 2)
    return reduce(_split(columns, 3, -1, rule.height), 4)


def _block_lengths(length: int, blocks: int, size: int, like: Tensor) -> Tensor:
    lengths = torch.full((blocks,), float(size), dtype=like.dtype, device=like.device)
    lengths[-1] = length - (blocks - 1) * size
    return lengths


@contextmanager
def watching(module: nn.Module, watcher_of: Callable[[str], Watcher]) -> Iterator[None]:
    """Have every pruned convolution tell a watcher of its own, made from its path, in the block."""
    layers = {n: one for n, one in module.named_modules() if isinstance(one, BlockConv2d)}
    before = {layer: layer.watcher for layer in layers.values()}
    try:
        for name, layer in layers.items():
            layer.watcher = watcher_of(name)
        yield
    finally:
        for layer, watcher in before.items():
            layer.watcher = watcher


@contextmanager
def recorded_blocks(module: nn.Module) -> Iterator[dict[str, BlockMap]]:
    """Inside the block, record the zero blocks of all images that run; outside, read them.

    Yields:
        By path of the convolution: its zero blocks, filled in when the block is left.
    """
    pieces: dict[str, list[Tensor]] = {}
    maps: dict[str, BlockMap] = {}

    def watcher_of(name: str) -> Watcher:
        return lambda zero, _: pieces.setdefault(name, []).append(zero.flatten(2).cpu())

    with watching(module, watcher_of):
        yield maps
    for name, found in pieces.items():
        rule = module.get_submodule(name).rule
        if isinstance(rule, BlockRule):
            maps[name] = BlockMap(rule.width, rule.height, torch.cat(found).numpy())


def install_blocks(module: nn.Module, rule: BlockRule) -> dict[str, BlockConv2d]:
    """Replace every Conv2d of a network by its pruned twin, in place, with threshold 0.

    The first layer and 1x1 layers take part, fully connected layers do not, as in the authors'
    public code. Layers that are pruned already get the new rule.

    Returns:
        The twins by their path, in the order of the module tree.

    Raises:
        UserError: there is no Conv2d, or one that cannot be pruned; nothing is replaced then.
    """
    found = {name: one for name, one in module.named_modules() if isinstance(one, nn.Conv2d)}
    if not found:
        raise UserError(f"{type(module).__name__} has no Conv2d to prune blockwise")
    if "" in found:
        raise UserError("blockwise pruning replaces layers of a network; got a single layer")
    twins = {name: BlockConv2d.of(layer, rule) for name, layer in found.items()}
    for name, twin in twins.items():
        parent, _, child = name.rpartition(".")
        setattr(module.get_submodule(parent), child, twin)
    return twins
