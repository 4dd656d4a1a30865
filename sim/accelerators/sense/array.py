"""Time of Sense's array: channels on the rows, kernels on the columns, a barrier per pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.sense.kernels import Columns, kernel_times
from sim.arithmetic import Counts
from sim.layer import Mask
from sim.trace import LayerTrace


def natural_order(activation: Mask) -> npt.NDArray[np.intp]:
    """Channels (groups, C/groups) in the order in which they are stored."""
    groups, channels = activation.shape[:2]
    return np.broadcast_to(np.arange(channels), (groups, channels))


def clustered_order(activation: Mask) -> npt.NDArray[np.intp]:
    """Channels (groups, C/groups) sorted by nonzeros, so that equally full ones share a pass.

    Source: channel clustering, abstract of arXiv 2202.00389 v2; the sort is our reading of it.
    """
    nonzeros = activation.sum(axis=(2, 3), dtype=np.int64)
    return np.argsort(nonzeros, axis=1, kind="stable")


CHANNEL_ORDERS: Mapping[str, Callable[[Mask], npt.NDArray[np.intp]]] = {
    "natural": natural_order,
    "clustered": clustered_order,
}


@dataclass(frozen=True)
class ArrayTime:
    """Time of an array and where its multipliers idled, in cycles and multiplier-cycles.

    Attributes:
        cycles: sum of the pass times.
        effectual_macs: multiplications of two nonzeros.
        kernel_imbalance: waiting for the slowest kernel on the same channel.
        channel_imbalance: waiting for the slowest channel of the pass.
    """

    cycles: int = 0
    effectual_macs: int = 0
    kernel_imbalance: int = 0
    channel_imbalance: int = 0

    def __add__(self, other: "ArrayTime") -> "ArrayTime":
        return ArrayTime(
            self.cycles + other.cycles,
            self.effectual_macs + other.effectual_macs,
            self.kernel_imbalance + other.kernel_imbalance,
            self.channel_imbalance + other.channel_imbalance,
        )


@dataclass(frozen=True)
class PassShape:
    """What the rows of one pass hold: so many channels, each of so many output tiles."""

    channels: int
    tiles: int

    @classmethod
    def of(cls, channels: int, rows: int) -> "PassShape":
        """Arrange channels on rows; rows left over take further output tiles."""
        return cls(min(rows, channels), max(1, rows // channels))

    def slowest_row(self, slowest: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], Counts]:
        """Row times (g, c, b, t) -> pass times (g, chunks, b, t / tiles), rows in use (chunks, t').

        The channels must start at a pass; both axes may end within one.
        """
        groups, channels, barriers, tiles = slowest.shape
        ends = ((0, 0), (0, -channels % self.channels), (0, 0), (0, -tiles % self.tiles))
        passes = np.pad(slowest, ends)
        passes = passes.reshape(groups, -1, self.channels, barriers, passes.shape[3])
        passes = passes.reshape(*passes.shape[:4], -1, self.tiles)
        rows = np.minimum(channels - np.arange(0, channels, self.channels), self.channels)
        folded = np.minimum(tiles - np.arange(0, tiles, self.tiles), self.tiles)
        return passes.max(axis=(2, 5)), np.multiply.outer(rows, folded)


@dataclass(frozen=True)
class SparseArray:
    """The array of multipliers that one pass goes through.

    Each multiplier holds one channel of a filter (its R x S kernel) and one channel of an output
    tile, and multiplies one pair of nonzeros per cycle. Partial sums go down the column. A pass
    ends when the slowest multiplier is done; `sync_interval` successive blocks of filters go
    through before the array waits. Channels and tiles of a pass follow from `PassShape`.

    Attributes:
        rows: input channels of a pass.
        columns: filters of a block.
        tile: edge of a square output tile.
        sync_interval: filter blocks between two barriers.
    """

    rows: int
    columns: int
    tile: int
    sync_interval: int

    def time(self, trace: LayerTrace, image: int, channel_order: str) -> ArrayTime:
        """Time and idle multipliers of one image.

        Args:
            trace: layer and masks.
            image: its number.
            channel_order: a key of CHANNEL_ORDERS.
        """
        layer = trace.layer
        groups, channels = layer.groups, layer.group_channels
        grouped = trace.activation[image].reshape(groups, channels, *layer.input_size)
        order = CHANNEL_ORDERS[channel_order](grouped)
        columns = Columns(self.columns, self.sync_interval)
        kernels = kernel_times(trace, image, self.tile, columns)
        ordered = kernels.slowest[np.arange(groups)[:, None], order]
        width = columns.used(layer.group_filters)
        return _passes(ordered, width, PassShape.of(channels, self.rows), kernels.effectual_macs)


def _passes(
    slowest: npt.NDArray[np.int32], width: Counts, shape: PassShape, macs: int
) -> ArrayTime:
    """Time of all passes, of which `macs` multiplications are effectual.

    Args:
        slowest: (g, c, barriers, t) cycles of the slowest kernels, channels in running order.
        width: columns that hold a filter, for each barrier.
        shape: of a pass.
        macs: multiplications of two nonzeros.
    """
    pass_time, rows_used = shape.slowest_row(slowest)
    kernel_slots = int(slowest.sum(axis=(0, 1, 3), dtype=np.int64) @ width)
    used = pass_time * rows_used[:, None, :] * width[:, None]
    return ArrayTime(
        cycles=int(pass_time.sum()),
        effectual_macs=macs,
        kernel_imbalance=kernel_slots - macs,
        channel_imbalance=int(used.sum()) - kernel_slots,
    )
