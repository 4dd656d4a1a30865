"""Which part of a layer one PE takes at a time: the row-stationary plus mapping.

A PE holds one kernel row of `channels` input channels for `filters` filters, compressed column by
column, and slides it over one row of the input. The R kernel rows of an output row sit in R PEs
one above the other, whose partial sums are added up the column; such a set works on one item
(filters, channels, output row). Items are taken in order, as many at a time as there are sets.
"""

from dataclasses import dataclass

import numpy as np

from sim.arithmetic import Counts, ceil_div
from sim.errors import UserError
from sim.layer import Layer, Mask
from sim.masks.runs import run_counts


@dataclass(frozen=True)
class PeArray:
    """Size of the array and of a PE's scratchpads, in values.

    Attributes:
        rows, columns: PEs.
        psums: partial sums that a PE holds: the most filters at a time.
        activations: entries for the window that slides along an input row.
        weights: entries for nonzero weights.
    """

    rows: int
    columns: int
    psums: int
    activations: int
    weights: int

    def sets(self, layer: Layer) -> int:
        """Sets of R PEs in a column that fit the array.

        Raises:
            UserError: the kernel has more rows than the array.
        """
        if layer.kernel[0] > self.rows:
            raise UserError(
                f"{layer.name}: the kernel has {layer.kernel[0]} rows; the array stacks one PE per "
                f"kernel row and has {self.rows}"
            )
        return self.rows // layer.kernel[0] * self.columns


@dataclass(frozen=True)
class Blocking:
    """Filters (M0) and input channels (C0) of one item; blocks do not cross convolution groups."""

    filters: int
    channels: int

    @classmethod
    def of(cls, weight: Mask, layer: Layer, array: PeArray) -> "Blocking":
        """The largest block whose compressed weights fit every PE.

        Filters as many as partial sums; channels a power of two whose dense window fits the
        activation entries. Channels are halved first, then filters, until the fullest PE fits.
        """
        window = max(1, array.activations // layer.extent[1])
        blocking = cls(
            min(array.psums, layer.group_filters),
            min(1 << (window.bit_length() - 1), layer.group_channels),
        )
        while blocking._fullest(weight, layer) > array.weights and blocking != cls(1, 1):
            if blocking.channels > 1:
                blocking = cls(blocking.filters, blocking.channels // 2)
            else:
                blocking = cls(blocking.filters // 2, 1)
        return blocking

    def _fullest(self, weight: Mask, layer: Layer) -> int:
        columns = column_nonzeros(weight, layer, self)
        blocks = self.by_channel_block(columns, axis=2).sum(axis=(3, 5))
        return int(blocks.max())

    def filter_blocks(self, layer: Layer) -> int:
        """Blocks of filters of one convolution group."""
        return ceil_div(layer.group_filters, self.filters)

    def channel_blocks(self, layer: Layer) -> int:
        """Blocks of channels of one convolution group."""
        return ceil_div(layer.group_channels, self.channels)

    def by_channel_block(self, counts: Counts, axis: int) -> Counts:
        """Split an axis of channels into (blocks, channels in block), zeros at the end."""
        fill = -counts.shape[axis] % self.channels
        padded = np.pad(counts, [(0, fill if i == axis else 0) for i in range(counts.ndim)])
        shape = padded.shape
        return padded.reshape(*shape[:axis], -1, self.channels, *shape[axis + 1 :])


def column_nonzeros(weight: Mask, layer: Layer, blocking: Blocking) -> Counts:
    """Nonzero weights of each column of the compressed format.

    Returns:
        (groups, filter blocks, C/groups, R, S): nonzeros among the filters of a block.
    """
    grouped = weight.reshape(layer.groups, layer.group_filters, *weight.shape[1:])
    return run_counts(grouped, blocking.filters).astype(np.int64)
