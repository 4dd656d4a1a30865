"""The operand queues of a multithreaded systolic array, simulated exactly on the masks.

Mechanism (README.md says what of it is assumed). A tile is R output pixels by C filters, one output
per processing element (PE). The reduction is cut into T threads of ceil(W / T) successive operand
positions. In each cycle a PE first multiplies one pair from its longest queue (the first of
equals), then the next pair of every thread arrives; pairs without a zero enter the queue of their
thread. If some queue of the tile is full, no PE takes this step and the tile tries again in the
next cycle. The tile ends when all queues are empty.

The simulation is bit-sliced: a word holds one bit of many PEs, so the lengths of their queues are
a few words (planes), and a few logic operations step them all. All tiles take the same step at
once; a tile that waits is served again, which is all that a cycle without arrivals does.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

from sim.accelerators.systolic.operand_lines import (
    Cut,
    Plane,
    packed_filters,
    packed_pixels,
    single_filters,
    single_pixels,
)
from sim.accelerators.systolic.stepping import SteppedTiles
from sim.arithmetic import Counts, ceil_div, even_slices
from sim.layer import Mask
from sim.trace import LayerTrace

PLANE_BYTES = 1 << 17
"""One plane of the tiles that advance together: some ten planes stay near a core, and a step works
long enough for the calls that it takes not to count."""


def tile_cycles(trace: LayerTrace, rows: int, columns: int, threads: int, depth: int) -> Counts:
    """Cycles of every output tile from its first operands to its last multiplication.

    Args:
        trace: layer and masks.
        rows: output pixels of a tile.
        columns: filters of a tile; tiles do not cross groups.
        threads: operand streams per PE (T).
        depth: pairs that the queue of one stream holds (Q).

    Returns:
        (N, groups, pixel tiles, filter tiles).
    """
    layer = trace.layer
    pixels = Cut.of(trace.images, layer.output_pixels, rows)
    filters = Cut.of(1, layer.group_filters, columns)
    shape = (layer.groups, trace.images, pixels.tiles_of_set, filters.tiles)
    if _packs_first(pixels, filters):
        words = packed_pixels(trace, pixels, threads)
        lines = single_filters(trace, filters, threads)
        extra = _extra_cycles(words, lines, pixels.tiles, depth).swapaxes(1, 2)
    else:
        words = packed_filters(trace, filters, threads)
        lines = single_pixels(trace, pixels, threads)
        extra = _extra_cycles(words, lines, filters.tiles, depth)
    cycles: Counts = extra.reshape(shape).swapaxes(0, 1) + words.shape[1]
    return cycles


def _packs_first(first: Cut, second: Cut) -> bool:
    """Which lines become bits of words: those that take fewer bytes, then the more of them."""
    bytes_if_first = first.tiles * first.word_bytes * second.filled
    bytes_if_second = second.tiles * second.word_bytes * first.sets * first.filled
    if bytes_if_first == bytes_if_second:
        return first.sets * first.lines >= second.lines
    return bytes_if_first < bytes_if_second


def _extra_cycles(words: Plane, lines: Mask, packed_tiles: int, depth: int) -> Counts:
    """Cycles beyond one per step, (groups, tiles of single lines, packed tiles).

    Args:
        words: (threads, steps, groups, words of all packed tiles).
        lines: (threads, steps, groups, tiles of single lines, lines of a tile).
        packed_tiles: those of `words`.
        depth: pairs that a queue holds.
    """
    groups, tiles, size = lines.shape[2:]
    words_of_tile = words.shape[3] // packed_tiles
    totals = groups, tiles, packed_tiles
    extra = np.zeros(totals, dtype=np.int64)
    for group, single, packed in _blocks(totals, size * words_of_tile * words.itemsize):
        taken = slice(packed.start * words_of_tile, packed.stop * words_of_tile)
        block = SteppedTiles(words[:, :, group, taken], lines[:, :, group, single], words_of_tile)
        extra[group, single, packed] = block.extra_cycles(depth, PLANE_BYTES)
    return extra


def _blocks(totals: tuple[int, int, int], pair_bytes: int) -> Iterator[tuple[slice, ...]]:
    """Slices of groups, tiles of single lines and packed tiles that advance together.

    As many as a plane holds, the innermost axis first.

    Args:
        totals: of the three axes.
        pair_bytes: of a plane, for a tile of single lines and a packed one.
    """
    room = max(1, PLANE_BYTES // pair_bytes)
    axes: list[list[slice]] = []
    for total in reversed(totals):
        parts = even_slices(total, min(total, room))
        axes.insert(0, parts)
        room = max(1, room // ceil_div(total, len(parts)))
    return product(*axes)
