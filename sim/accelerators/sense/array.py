"""Time of Sense's array: channels on the rows, kernels on the columns, a barrier per pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.layer import Layer, Mask
from sim.masks.tile_taps import TapCounts, tile_tap_counts

BLOCK_VALUES = 2**22
"""Work values held at a time: bounds memory whatever the layer."""


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
        """With fewer channels than rows, the rows left take further output tiles."""
        return cls(min(rows, channels), max(1, rows // channels))

    def slowest_row(self, slowest: Counts) -> tuple[Counts, Counts]:
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

    def time(self, layer: Layer, weight: Mask, activation: Mask, channel_order: str) -> ArrayTime:
        """Time and idle multipliers of one image.

        Args:
            layer: the shape.
            weight: (K, C/groups, R, S).
            activation: (C, H, W).
            channel_order: a key of CHANNEL_ORDERS.
        """
        groups, channels = layer.groups, layer.group_channels
        grouped = activation.reshape(groups, channels, *layer.input_size)
        order = CHANNEL_ORDERS[channel_order](grouped)
        counts = tile_tap_counts(layer, activation, (self.tile, self.tile))
        counts = counts.reshape(groups, channels, *counts.shape[1:])
        kernels = weight.reshape(groups, layer.group_filters, channels, -1).swapaxes(1, 2)
        group = np.arange(groups)[:, None]
        shape = PassShape.of(channels, self.rows)
        total = ArrayTime()
        for members, tiles in self._blocks(layer, counts.shape[2], shape):
            ordered = order[:, members]
            met = counts[group, ordered, tiles]
            total = total + self._passes(kernels[group, ordered], met, shape)
        return total

    def _blocks(self, layer: Layer, tiles: int, shape: "PassShape") -> list[tuple[slice, slice]]:
        """(channels, tiles) of pieces that hold whole passes and about BLOCK_VALUES values."""
        height, fold = shape.channels, shape.tiles
        pass_values = layer.groups * height * layer.group_filters
        tile_step = fold * max(1, min(-(-tiles // fold), BLOCK_VALUES // (pass_values * fold)))
        step = height * max(1, BLOCK_VALUES // (pass_values * min(tiles, tile_step)))
        return [
            (slice(channel, channel + step), slice(tile, tile + tile_step))
            for channel in range(0, layer.group_channels, step)
            for tile in range(0, tiles, tile_step)
        ]

    def _passes(self, kernels: Mask, counts: TapCounts, shape: "PassShape") -> ArrayTime:
        """Time of all passes over these channels (g, c, k, taps) and tiles (g, c, t, taps)."""
        work = kernels.astype(np.float32) @ counts.swapaxes(2, 3)
        slowest = self._slowest_kernel(work.astype(np.int64))
        pass_time, rows_used = shape.slowest_row(slowest)
        width = self._columns_used(kernels.shape[2])
        effectual = int(work.sum(dtype=np.float64))
        kernel_slots = int((slowest * width[:, None]).sum())
        used = pass_time * rows_used[:, None, :] * width[:, None]
        return ArrayTime(
            cycles=int(pass_time.sum()),
            effectual_macs=effectual,
            kernel_imbalance=kernel_slots - effectual,
            channel_imbalance=int(used.sum()) - kernel_slots,
        )

    def _slowest_kernel(self, work: Counts) -> Counts:
        """(g, c, filters, t) -> (g, c, barriers, t): the slowest column's time to each barrier."""
        groups, channels, filters, tiles = work.shape
        between = self.sync_interval * self.columns
        missing = -filters % between
        padded = np.pad(work, ((0, 0), (0, 0), (0, missing), (0, 0)))
        blocks = padded.reshape(groups, channels, -1, self.sync_interval, self.columns, tiles)
        slowest: Counts = blocks.sum(axis=3).max(axis=3)
        return slowest

    def _columns_used(self, filters: int) -> Counts:
        """Columns that hold a filter, for each barrier."""
        between = self.sync_interval * self.columns
        left = filters - np.arange(0, filters, between)
        return np.minimum(left, self.columns).astype(np.int64)
