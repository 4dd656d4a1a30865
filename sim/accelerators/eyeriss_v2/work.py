"""Cycles of every PE, and of the passes in which the array takes them."""

from dataclasses import dataclass

import numpy as np

from sim.accelerators.eyeriss_v2.mapping import Blocking, column_nonzeros
from sim.arithmetic import Counts, ceil_div
from sim.layer import Mask
from sim.masks.windows import padded_map, tap_slices
from sim.trace import LayerTrace


def processed_activations(trace: LayerTrace, skips_zeros: bool) -> Mask:
    """Which positions of the padded input cost time, (N, C, padded H, padded W)."""
    if skips_zeros:
        return padded_map(trace.activation, trace.layer)
    return np.ones((*trace.activation.shape[:2], *trace.layer.padded_size), dtype=np.bool_)


def row_counts(trace: LayerTrace, processed: Mask) -> Counts:
    """Activations that a PE meets along an input row at one kernel column.

    Returns:
        (N, C, E, R, S): over the positions of output row e, the activations under kernel position
        (r, s).
    """
    layer = trace.layer
    lines = np.stack(
        [
            processed[..., columns].sum(axis=-1, dtype=np.int64)
            for columns in tap_slices(layer, axis=1)
        ],
        axis=-1,
    )
    line = np.arange(layer.padded_size[0])
    rows = np.stack([line[taken] for taken in tap_slices(layer, axis=0)], axis=1)
    return lines[:, :, rows]


@dataclass(frozen=True)
class PeWork:
    """What the PEs do for one image.

    Attributes:
        cycles: (groups, filter blocks, channel blocks, E, R) cycles of the PE that holds kernel
            row r, for each item in the order in which items are taken.
        products: multiplications, those with a processed zero activation among them.
        words: weights read, those among them that only fill the last word of a column.
    """

    cycles: Counts
    products: int
    words: int


def pe_work(
    trace: LayerTrace,
    rows: Counts,
    blocking: Blocking,
    macs_per_pe: int,
    empty_column_cycles: int,
) -> PeWork:
    """Work of the PEs for one image.

    Each activation is multiplied with the nonzero weights of its column, `macs_per_pe` per cycle;
    what a column leaves over of its last cycle is lost.

    Args:
        trace: layer and masks.
        rows: (C, E, R, S) from `row_counts`.
        blocking: filters and channels of an item.
        macs_per_pe: multiplications per cycle.
        empty_column_cycles: cycles that an activation costs whose column has no nonzero weight.
    """
    layer = trace.layer
    nonzeros = column_nonzeros(trace.weight, layer, blocking)
    words = -(-nonzeros // macs_per_pe)
    needed = np.maximum(words, empty_column_cycles)
    grouped = rows.reshape(layer.groups, layer.group_channels, *rows.shape[1:])
    cost = blocking.by_channel_block(needed, axis=2)
    met = blocking.by_channel_block(grouped, axis=1)
    # float64 goes through a matrix product and is exact far beyond any count of cycles
    cycles = np.einsum(
        "gmbcrs,gbcers->gmber", cost.astype(np.float64), met.astype(np.float64), optimize=True
    )
    per_tap = grouped.sum(axis=2)
    return PeWork(
        cycles.astype(np.int64),
        int((nonzeros.sum(axis=1) * per_tap).sum()),
        int((words.sum(axis=1) * per_tap).sum()) * macs_per_pe,
    )


@dataclass(frozen=True)
class Passes:
    """PE-cycles of one image: `pe_cycles` = `working` + `waiting` + `vacant`.

    Attributes:
        cycles: of the array, the sum of the slowest PE of each pass.
        working: PE-cycles with work.
        waiting: PE-cycles of PEs that have finished their part of the pass.
        vacant: PE-cycles of PEs without an item in the pass.
    """

    cycles: int
    working: int
    waiting: int
    vacant: int


def passes(cycles: Counts, sets: int, pes: int) -> Passes:
    """Take the items in order, `sets` at a time; a pass lasts as long as its slowest PE."""
    kernel_rows = cycles.shape[-1]
    items = cycles.reshape(-1, kernel_rows).max(axis=1)
    count = ceil_div(len(items), sets)
    starts = np.arange(count) * sets
    slowest = np.maximum.reduceat(items, starts)
    members = np.diff(starts, append=len(items))
    total = int(slowest.sum())
    occupied = int((slowest * members).sum()) * kernel_rows
    working = int(cycles.sum())
    return Passes(total, working, occupied - working, pes * total - occupied)
