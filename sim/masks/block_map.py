"""Which blocks of a layer's im2col matrix are zero, where a mask of the feature map cannot say it.

The im2col matrix of one image and group holds an output pixel per row (M rows, in raster order)
and an operand position per column (`Layer.window` columns: input channel, then kernel row, then
kernel column). One activation appears in several columns, so a block may be zero in one place
while its activations are kept in another.
"""

from dataclasses import dataclass

import numpy as np

from sim.errors import UserError
from sim.layer import Layer, Mask
from sim.masks.frozen import frozen
from sim.validation import require_positive

BLOCK_SHAPES = ((8, 8), (16, 16), (1, 16), (4, 4))
"""(width, height) of the blocks in the authors' public exploration code of Spex."""


def block_grid(layer: Layer, width: int, height: int) -> tuple[int, int]:
    """Blocks of one image's im2col matrices, (along the output pixels, along the columns).

    Blocks do not cross groups: the columns of a group are filled up to whole blocks, as are the
    pixels of an image. A block that is partly outside counts as a whole one.
    """
    require_positive(width=width, height=height)
    down = -(-layer.output_pixels // height)
    across = layer.groups * -(-layer.window // width)
    return down, across


@dataclass(frozen=True, eq=False)
class BlockMap:
    """The zero blocks of one layer's input: one bit per block, as the hardware stores it.

    Attributes:
        width: columns of the im2col matrix in a block.
        height: output pixels in a block.
        zero: (N, pixel blocks, groups x column blocks of a group), True where all values of the
            block are zero or are to be taken as zero.

    Raises:
        UserError: an edge is no positive whole number, or `zero` is no boolean array of three axes.
    """

    width: int
    height: int
    zero: Mask

    def __post_init__(self) -> None:
        require_positive(width=self.width, height=self.height)
        zero = np.asarray(self.zero)
        if zero is not self.zero or zero.dtype != np.bool_ or zero.ndim != 3:
            raise UserError(
                f"block map has shape {zero.shape} and dtype {zero.dtype}; expected three axes "
                "(images, pixel blocks, column blocks) of an array, bool"
            )
        object.__setattr__(self, "zero", frozen(zero))

    def check(self, layer: Layer, images: int) -> None:
        """Raise UserError unless the map has a bit for each block of `images` images."""
        expected = (images, *block_grid(layer, self.width, self.height))
        if self.zero.shape != expected:
            raise UserError(
                f"{layer.name}: map of {self.width}x{self.height} blocks has shape "
                f"{self.zero.shape}; expected {expected}"
            )
