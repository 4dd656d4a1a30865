"""Convolutions that take blocks of their im2col matrix as zero (Sparse-Blox).

models.compression.blocks.rule describes the matrix and its blocks. An activation occurs in several
columns, so it may be zeroed in one block and kept in another: this cannot be done on the feature
map.
"""

from collections.abc import Callable, Iterator
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.compression.blocks.rule import BlockRule, split
from sim.errors import UserError
from sim.validation import require_not_negative

CHUNK_VALUES = 1 << 19
"""Values of an im2col matrix that are made at a time: 2 MB, which stays in the cache."""

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
        if layer.padding_mode != "zeros":
            raise UserError(f"{layer}: blockwise pruning expects padding by zeros")
        if set(layer.dilation) != {1}:
            raise UserError(f"{layer}: blockwise pruning expects no dilation")
        with torch.device("meta"):  # nothing is drawn or kept
            twin = cls(
                layer.in_channels,
                layer.out_channels,
                (layer.kernel_size[0], layer.kernel_size[1]),
                (layer.stride[0], layer.stride[1]),
                layer.padding if isinstance(layer.padding, str) else tuple(layer.padding),  # type: ignore[arg-type]
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
        """Set the threshold below which a block is taken as zero.

        Raises:
            UserError: it is no number of at least 0.
        """
        require_not_negative(threshold=threshold)
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
    def _pads(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Zeros (above, below) and (left, right) of the input."""
        if self.padding == "valid":
            return (0, 0), (0, 0)
        if isinstance(self.padding, str):  # same: kernel - 1 in all, the odd one below and right
            (above, below), (left, right) = [((k - 1) // 2, k // 2) for k in self.kernel_size]
            return (above, below), (left, right)
        vertical, horizontal = self.padding
        return (vertical, vertical), (horizontal, horizontal)

    def output_size(self, x: Tensor) -> tuple[int, int]:
        """(height, width) of the output."""
        height, width = (
            (size + sum(pads) - kernel) // stride + 1
            for size, pads, kernel, stride in zip(
                x.shape[2:], self._pads, self.kernel_size, self.stride, strict=True
            )
        )
        return height, width

    def _pixels(self, x: Tensor) -> int:
        """Output pixels of one image."""
        height, width = self.output_size(x)
        return height * width

    def _filled_up(self, x: Tensor) -> tuple[int, int]:
        """(columns, pixels) of one image and group in whole blocks."""
        across, down = self.rule.grid(self.columns, self._pixels(x))
        return across * self.rule.width, down * self.rule.height

    def chunks(self, x: Tensor) -> Iterator[slice]:
        """Images whose im2col matrices are made together, so that they stay in the cache."""
        columns, rows = self._filled_up(x)
        step = max(1, CHUNK_VALUES // (columns * rows * self.groups))
        return (slice(start, start + step) for start in range(0, len(x), step))

    def _matrix(self, x: Tensor) -> Tensor:
        """The im2col matrices, (groups, columns, images, pixels), filled up with zeros."""
        height, width = self.output_size(x)
        pixels = height * width
        columns, rows = self._filled_up(x)
        filled = (rows, columns) == (pixels, self.columns)
        matrix = (x.new_empty if filled else x.new_zeros)(self.groups, columns, len(x), rows)
        vertical, horizontal = self._pads
        # successive pixels next to each other, as in the matrix: each is copied once for every tap
        padded = functional.pad(x.contiguous(), (*horizontal, *vertical))
        windows = padded.unfold(2, self.kernel_size[0], self.stride[0])
        windows = windows.unfold(3, self.kernel_size[1], self.stride[1])
        windows = split(windows, 1, self.groups, -1).permute(1, 2, 5, 6, 0, 3, 4)
        inside = matrix[:, : self.columns, :, :pixels]
        by_tap = split(inside, 1, *windows.shape[1:4])
        split(by_tap, -1, height, width).copy_(windows)
        return matrix

    def masked_matrix(self, x: Tensor) -> Tensor:
        """The im2col matrices with the pruned blocks at zero; axes as in `_matrix`."""
        matrix = self._matrix(x)
        self.rule.zero_out(matrix, self._zero_blocks(matrix, x))
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
        by_image = split(sums, 1, *matrix.shape[2:])[..., : height * width]
        result.copy_(split(by_image, 2, height, width).transpose(0, 1))

    def block_statistics(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The rule's statistic and sum of magnitudes of every block of some images.

        Both (groups, column blocks, images, pixel blocks). The whole matrix of all these images
        is in memory at once: give it a few at a time, see `chunks`.
        """
        return self.rule.statistics(self._matrix(x.detach()), self._sizes(x))

    def _zero_blocks(self, matrix: Tensor, x: Tensor) -> Tensor:
        """Blocks taken as zero, (groups, column blocks, images, pixel blocks)."""
        signed = float(x.detach().min()) < 0
        zero, empty = self.rule.zero_blocks(
            matrix.detach(), self._sizes(x), self.threshold, signed=signed
        )
        if self.watcher is not None:
            self.watcher(zero.permute(2, 3, 0, 1), empty.permute(2, 3, 0, 1))
        return zero

    def _sizes(self, x: Tensor) -> Tensor:
        return self.rule.sizes(self.columns, self._pixels(x), x)


def install_blocks(module: nn.Module, rule: BlockRule) -> dict[str, BlockConv2d]:
    """Replace every Conv2d of a network by its pruned twin, in place, with threshold 0.

    The first layer and 1x1 layers take part, fully connected layers do not, as in the authors'
    public code. Layers that are pruned already get the new rule.

    Returns:
        The twins by their path, in the order of the module tree.

    Raises:
        UserError: there is no Conv2d, or one that cannot be pruned; nothing is replaced then.
    """
    layers = {name: layer for name, layer in module.named_modules() if isinstance(layer, nn.Conv2d)}
    if not layers:
        raise UserError(f"{type(module).__name__} has no Conv2d to prune blockwise")
    if "" in layers:
        raise UserError("blockwise pruning replaces layers of a network; got a single layer")
    twins = {name: BlockConv2d.of(layer, rule) for name, layer in layers.items()}
    for name, twin in twins.items():
        parent, _, child = name.rpartition(".")
        setattr(module.get_submodule(parent), child, twin)
    return twins
