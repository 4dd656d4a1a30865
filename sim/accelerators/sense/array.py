"""Time of Sense's array: channels on the rows, kernels on the columns, a barrier per pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.layer import Layer, Mask
from sim.masks.runs import run_counts
from sim.masks.tile_taps import TapCounts, tile_tap_counts

BLOCK_VALUES = 2**21
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
        """Arrange channels on rows; rows left over take further output tiles."""
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
        filters = weight.reshape(groups, layer.group_filters, channels, -1)
        columns = self._columns(filters)
        group = np.arange(groups)[:, None]
        shape = PassShape.of(channels, self.rows)
        width = self._columns_used(layer.group_filters)
        total = ArrayTime(effectual_macs=_effectual(filters, counts))
        for members, tiles in self._blocks(layer, counts.shape[2], shape):
            ordered = order[:, members]
            slowest = self._slowest_kernel(columns[group, ordered], counts[group, ordered, tiles])
            total = total + _passes(slowest, width, shape)
        return replace(total, kernel_imbalance=total.kernel_imbalance - total.effectual_macs)

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

    def _columns(self, filters: Mask) -> npt.NDArray[Any]:
        """(g, k, c, taps) -> (g, c, columns, taps): what goes through the columns, by channel.

        A kernel of one tap takes as long as its channel has nonzeros, or nothing: there the
        filters between two barriers are reduced to the slowest column whatever the channel holds.
        """
        if filters.shape[3] > 1:
            return filters.swapaxes(1, 2)
        groups, count, channels = filters.shape[:3]
        between = self.sync_interval * self.columns
        values, missing = filters.view(np.uint8), -count % between
        if missing:
            values = np.pad(values, ((0, 0), (0, missing), (0, 0), (0, 0)))
        blocks = values.reshape(groups, -1, self.sync_interval, self.columns, channels, 1)
        taken = blocks.sum(axis=2, dtype=np.int64) if self.sync_interval > 1 else blocks[:, :, 0]
        return np.asarray(taken.max(axis=2).swapaxes(1, 2))

    def _slowest_kernel(self, columns: npt.NDArray[Any], counts: TapCounts) -> Counts:
        """(g, c, columns, taps), (g, c, t, taps) -> (g, c, barriers, t): time to each barrier."""
        met = counts.swapaxes(2, 3)
        if columns.shape[3] == 1:
            return np.asarray(columns * met.astype(np.int64))
        work = columns.astype(np.float32) @ met
        groups, channels, filters, tiles = work.shape
        missing = -filters % (self.sync_interval * self.columns)
        if missing:
            work = np.pad(work, ((0, 0), (0, 0), (0, missing), (0, 0)))
        blocks = work.reshape(groups, channels, -1, self.sync_interval, self.columns, tiles)
        taken = blocks.sum(axis=3) if self.sync_interval > 1 else blocks[:, :, :, 0]
        return np.asarray(taken.max(axis=3).astype(np.int64))

    def _columns_used(self, filters: int) -> Counts:
        """Columns that hold a filter, for each barrier."""
        between = self.sync_interval * self.columns
        left = filters - np.arange(0, filters, between)
        return np.minimum(left, self.columns).astype(np.int64)


def _effectual(filters: Mask, counts: TapCounts) -> int:
    """Multiplications of two nonzeros: (g, k, c, taps) weights, (g, c, t, taps) activations."""
    weights = run_counts(filters, filters.shape[1])[:, 0].astype(np.int64)
    return int((weights * counts.sum(axis=2, dtype=np.float64).astype(np.int64)).sum())


def _passes(slowest: Counts, width: Counts, shape: PassShape) -> ArrayTime:
    """Time of all passes over some channels and tiles, (g, c, barriers, t) of their kernels.

    `kernel_imbalance` still holds the multiplications themselves.
    """
    pass_time, rows_used = shape.slowest_row(slowest)
    kernel_slots = int((slowest * width[:, None]).sum())
    used = pass_time * rows_used[:, None, :] * width[:, None]
    return ArrayTime(
        cycles=int(pass_time.sum()),
        kernel_imbalance=kernel_slots,
        channel_imbalance=int(used.sum()) - kernel_slots,
    )
