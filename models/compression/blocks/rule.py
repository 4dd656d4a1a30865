"""Blocks of im2col matrices, and when one is taken as zero (Sparse-Blox).

The im2col matrix of one image and group has a row per output pixel, in raster order, and a column
per operand of a dot product: input channel, then kernel row, then kernel column. It is cut into
blocks of `width` columns and `height` pixels. Blocks never reach into another image or group; what
is left at the right and lower edges is a block too, and counts as a whole one. The padding of the
convolution belongs to the matrix, with value 0.

Tensors of matrices are (groups, columns, images, pixels), filled up with zeros to whole blocks;
those of blocks are (groups, column blocks, images, pixel blocks). Pixels are the last axis because
that is how a feature map lies in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import torch
from torch import Tensor

from sim.errors import UserError
from sim.masks.block_map import BLOCK_SHAPES
from sim.validation import require_choice

Criterion = Literal["signed_mean", "mean_magnitude", "max_magnitude"]


@dataclass(frozen=True)
class BlockRule:
    """When a block is taken as zero: its statistic is below the layer's threshold.

    Attributes:
        width, height: columns and output pixels of a block.
        criterion: `signed_mean`, the magnitude of the mean, as in the authors' public code: after
            ReLU it is the mean magnitude, else values of both signs cancel; `mean_magnitude`; or
            `max_magnitude`. Only the values inside the matrix count, at its edges too.

    Raises:
        UserError: blocks of another shape than BLOCK_SHAPES, or an unknown criterion.
    """

    width: int = 8
    height: int = 8
    criterion: Criterion = "signed_mean"

    def __post_init__(self) -> None:
        if (self.width, self.height) not in BLOCK_SHAPES:
            shapes = ", ".join(f"{width}x{height}" for width, height in BLOCK_SHAPES)
            raise UserError(
                f"block is {self.width}x{self.height}; expected one of {shapes} "
                "(columns x output pixels)"
            )
        require_choice("criterion", self.criterion, get_args(Criterion))

    @classmethod
    def of(cls, block: Any, criterion: Criterion) -> Self:
        """The rule that settings name, whose `block` is [width, height].

        Raises:
            UserError: also if `block` is no pair.
        """
        if not isinstance(block, list | tuple) or len(block) != 2:
            raise UserError(f"block is {block!r}; expected [width, height], e.g. [8, 8]")
        return cls(block[0], block[1], criterion)

    @property
    def name(self) -> str:
        """The shape as file names and tables write it, e.g. 8x8."""
        return f"{self.width}x{self.height}"

    def grid(self, columns: int, pixels: int) -> tuple[int, int]:
        """Blocks of one matrix (along its columns, along its pixels)."""
        return -(-columns // self.width), -(-pixels // self.height)

    def sizes(self, columns: int, pixels: int, like: Tensor) -> Tensor:
        """Values of each block that lie in the matrix, (1, column blocks, 1, pixel blocks)."""
        across, down = self.grid(columns, pixels)
        lengths = _lengths(columns, across, self.width, like)
        heights = _lengths(pixels, down, self.height, like)
        return (lengths[:, None] * heights).reshape(1, across, 1, down)

    def statistics(self, matrix: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        """The statistic of the criterion and the sum of magnitudes of every block.

        Args:
            matrix: as the head of this file says.
            sizes: see `sizes`.
        """
        magnitude = matrix.abs()
        total = self._over_blocks(torch.sum, magnitude)
        if self.criterion == "max_magnitude":
            return self._over_blocks(torch.amax, magnitude), total
        if self.criterion == "mean_magnitude":
            return total / sizes, total
        return self._over_blocks(torch.sum, matrix).abs() / sizes, total

    def zero_blocks(
        self, matrix: Tensor, sizes: Tensor, threshold: float, *, signed: bool
    ) -> tuple[Tensor, Tensor]:
        """Which blocks are taken as zero, and which hold only zeros anyway.

        Args:
            matrix: as the head of this file says.
            sizes: see `sizes`.
            threshold: blocks strictly below it are taken as zero.
            signed: whether any value may be negative; if none is, no magnitudes are taken.
        """
        magnitude = matrix.abs() if signed else matrix
        if self.criterion == "max_magnitude":
            largest = self._over_blocks(torch.amax, magnitude)
            empty, zero = largest == 0, largest < threshold
        else:
            total = self._over_blocks(torch.sum, magnitude)
            empty = total == 0
            if signed and self.criterion == "signed_mean":
                total = self._over_blocks(torch.sum, matrix).abs()
            zero = total < threshold * sizes
        return zero | empty, empty

    def zero_out(self, matrix: Tensor, zero: Tensor) -> None:
        """Set blocks of a matrix to zero, in place."""
        kept = (~zero).to(matrix.dtype)
        along_pixels = kept.repeat_interleave(self.height, dim=3)
        split(matrix, 1, -1, self.width).mul_(along_pixels.unsqueeze(2))

    def _over_blocks(self, reduce: Callable[..., Tensor], matrix: Tensor) -> Tensor:
        """Reduce every block to one value, columns first: their sums lie side by side in memory."""
        columns: Tensor = matrix if self.width == 1 else reduce(split(matrix, 1, -1, self.width), 2)
        return reduce(split(columns, 3, -1, self.height), 4)


def split(x: Tensor, axis: int, *sizes: int) -> Tensor:
    """A view with one axis cut into several."""
    view: Tensor = x.unflatten(axis, sizes)  # type: ignore[no-untyped-call]
    return view


def _lengths(length: int, blocks: int, size: int, like: Tensor) -> Tensor:
    """How much of each block lies inside, along one axis."""
    lengths = torch.full((blocks,), float(size), dtype=like.dtype, device=like.device)
    lengths[-1] = length - (blocks - 1) * size
    return lengths
