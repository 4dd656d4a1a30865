"""How long the slowest kernel keeps Sense's array on each channel and output tile."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.layer import Mask
from sim.masks.sharing import shared
from sim.masks.tile_taps import TapCounts, tile_tap_counts
from sim.masks.totals import weight_counts
from sim.trace import LayerTrace

BLOCK_VALUES = 2**21
"""Work values held at a time: bounds memory whatever the layer."""


@dataclass(frozen=True)
class Columns:
    """The filters that go through an array.

    Attributes:
        count: filters of a block.
        sync_interval: filter blocks between two barriers.
    """

    count: int
    sync_interval: int

    @property
    def between(self) -> int:
        """Filters between two barriers."""
        return self.count * self.sync_interval

    def used(self, filters: int) -> Counts:
        """Columns that hold a filter, for each barrier."""
        left = filters - np.arange(0, filters, self.between)
        return np.minimum(left, self.count).astype(np.int64)

    def slowest(self, work: npt.NDArray[Any], axis: int) -> npt.NDArray[Any]:
        """Work of filters along an axis to that of the slowest column up to each barrier."""
        missing = -work.shape[axis] % self.between
        if missing:
            ends = [(0, missing if each == axis else 0) for each in range(work.ndim)]
            work = np.pad(work, ends)
        shape = (-1, self.sync_interval, self.count)
        blocks = work.reshape(*work.shape[:axis], *shape, *work.shape[axis + 1 :])
        several = self.sync_interval > 1
        taken = blocks.sum(axis=axis + 1) if several else blocks.squeeze(axis + 1)
        return np.asarray(taken.max(axis=axis + 1))


@dataclass(frozen=True, eq=False)
class KernelTimes:
    """Times of one image.

    Attributes:
        slowest: (groups, channels, barriers, tiles): cycles of the slowest kernel.
        effectual_macs: multiplications of two nonzeros, of all kernels.
    """

    slowest: npt.NDArray[np.int32]
    effectual_macs: int


@shared
def kernel_times(trace: LayerTrace, image: int, tile: int, columns: Columns) -> KernelTimes:
    """Time of every channel, in the order in which they are stored.

    Args:
        trace: layer and masks.
        image: its number.
        tile: edge of a square output tile.
        columns: of the array.
    """
    layer = trace.layer
    groups, channels = layer.groups, layer.group_channels
    counts = tile_tap_counts(layer, trace.activation[image], (tile, tile))
    counts = counts.reshape(groups, channels, *counts.shape[1:])
    filters = trace.weight.reshape(groups, layer.group_filters, channels, -1)
    if filters.shape[3] == 1:
        slowest = _of_points(filters, counts, columns)
    else:
        slowest = _of_windows(filters, counts, columns)
    weights = weight_counts(trace).reshape(groups, channels, -1)
    met = counts.sum(axis=2, dtype=np.float64).astype(np.int64)
    return KernelTimes(slowest, int((weights * met).sum()))


def _of_points(filters: Mask, counts: TapCounts, columns: Columns) -> npt.NDArray[np.int32]:
    """Kernels of one tap, which take as long as their channel has nonzeros, or nothing.

    So the slowest column is one for all tiles: the one with most nonzero kernels.
    """
    kernels = filters.view(np.uint8)[..., 0]
    if columns.sync_interval > 1:
        kernels = kernels.astype(np.int32)
    most = columns.slowest(kernels, axis=1).swapaxes(1, 2)
    met = counts.swapaxes(2, 3).astype(np.int32)
    return np.asarray(most[..., np.newaxis] * met, dtype=np.int32)


def _of_windows(filters: Mask, counts: TapCounts, columns: Columns) -> npt.NDArray[np.int32]:
    """Kernels of several taps: (g, k, c, taps) weights, (g, c, t, taps) activations."""
    groups, channels, tiles, _ = counts.shape
    barriers = -(-filters.shape[1] // columns.between)
    slowest = np.empty((groups, channels, barriers, tiles), dtype=np.int32)
    kernels = filters.swapaxes(1, 2)
    rows = groups * filters.shape[1]
    tile_step = max(1, min(tiles, BLOCK_VALUES // rows))
    step = max(1, BLOCK_VALUES // (rows * tile_step))
    for first in range(0, channels, step):
        some = slice(first, first + step)
        weights = kernels[:, some].astype(np.float32)
        for tile in range(0, tiles, tile_step):
            met = counts[:, some, tile : tile + tile_step].swapaxes(2, 3)
            work = columns.slowest(weights @ met, axis=2)
            slowest[:, some, :, tile : tile + tile_step] = work
    return slowest
