"""How long the groups of a described accelerator take: chunks, lanes and barriers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.arithmetic import even_starts
from sim.layer import Layer, Mask
from sim.masks.chunk_pairs import BLOCK_OUTPUTS, ChunkPairs, chunked_layer
from sim.masks.windows import padded_map, window_view
from sim.trace import LayerTrace

Counts = npt.NDArray[np.integer]
OPERANDS = ("none", "weights", "activations", "both")
BARRIERS = ("chunk", "position", "filters")
"""Units of a group meet after each chunk, each output position, or before the next filters."""
BLOCK_VALUES = 1 << 22
"""Values of windows that are unrolled at a time."""


@dataclass(frozen=True)
class Pace:
    """How fast a unit passes a chunk, and where it waits.

    Attributes:
        lanes: pairs per cycle.
        least_cycles: cycles of a chunk of which nothing is left.
        barrier: one of `BARRIERS`.
    """

    lanes: int
    least_cycles: int
    barrier: str

    def cycles(self, pairs: Counts) -> Counts:
        """Cycles of chunks by the pairs that are left of them."""
        if self.lanes > 1 or self.least_cycles > np.iinfo(pairs.dtype).max:
            pairs = pairs.astype(np.int64)
        cycles = pairs if self.lanes == 1 else -(-pairs // self.lanes)
        return np.maximum(cycles, self.least_cycles) if self.least_cycles else cycles

    def beyond_pairs(self, pairs: Counts) -> int:
        """Cycles of all these chunks less the pairs, negative where lanes share a cycle."""
        if self.lanes == 1 and self.least_cycles <= 1:
            return self.least_cycles * (pairs.size - int(np.count_nonzero(pairs)))
        return int(self.cycles(pairs).sum()) - int(pairs.sum())


@dataclass(frozen=True)
class Block:
    """Successive output positions and what is left of their windows.

    Attributes:
        first, positions: the positions.
        chunks: pairs left of each chunk, (conv groups, filters or 1, positions or 1); 1 where all
            have the same.
    """

    first: int
    positions: int
    chunks: Iterator[Counts]


@dataclass(frozen=True)
class GroupTimes:
    """Times of one image.

    Attributes:
        runs: cycles of each group of units that has output positions.
        unit_cycles: cycles in which a unit works, over all units.
        cycles_with_filter, cycles_without_filter: cycles of the groups, over their units that hold
            a filter and over those that hold none.
    """

    runs: Counts
    unit_cycles: int
    cycles_with_filter: int
    cycles_without_filter: int


def chunks_left(trace: LayerTrace, image: int, chunk: int, skips: str) -> Iterator[Block]:
    """What a layer's windows, (r, s, c) in order, leave to multiply after zeros are skipped."""
    layer = trace.layer
    if skips == "both":
        yield from _joined(chunked_layer(trace, 1, chunk).pairs(image), layer)
        return
    rows = trace.weight.transpose(0, 2, 3, 1)
    weights = rows.reshape(layer.groups, layer.group_filters, -1)
    padded = padded_map(trace.activation[image].transpose(1, 2, 0), layer, rows_axis=0)
    windows = window_view(padded, layer, rows_axis=0)  # (P, Q, channels, R, S)
    height, width = layer.output_size
    step = max(1, BLOCK_VALUES // (layer.window * layer.groups * width))
    for first in range(0, height, step):
        block = windows[first : first + step]
        split = block.reshape(*block.shape[:2], layer.groups, -1, *layer.kernel)
        taken = split.transpose(2, 4, 5, 3, 0, 1).reshape(layer.groups, layer.window, -1)
        yield Block(first * width, taken.shape[2], _left(weights, taken, chunk, skips))


def _joined(pairs: ChunkPairs, layer: Layer) -> Iterator[Block]:
    """What is left where zeros of both operands are skipped."""
    step = max(1, BLOCK_OUTPUTS // layer.out_channels)
    for first in range(0, layer.output_pixels, step):
        last = min(first + step, layer.output_pixels)
        yield Block(first, last - first, pairs.of_block(slice(first, last)))


def _left(weights: Mask, taken: Mask, chunk: int, skips: str) -> Iterator[Counts]:
    """Chunk by chunk; weights (g, K, window), activations (g, window, positions)."""
    for first in range(0, weights.shape[2], chunk):
        weight, activation = weights[:, :, first : first + chunk], taken[:, first : first + chunk]
        if skips == "weights":
            yield weight.sum(axis=2, dtype=np.int64)[:, :, np.newaxis]
        elif skips == "activations":
            yield activation.sum(axis=1, dtype=np.int64)[:, np.newaxis]
        else:
            yield np.full((len(weight), 1, 1), weight.shape[2], dtype=np.int64)


def group_times(
    blocks: Iterable[Block], pairs: int, layer: Layer, groups: int, units: int, pace: Pace
) -> GroupTimes:
    """Add up a layer: each group of units takes a run of output positions, filters turn by turn.

    Args:
        blocks: of all output positions, in order.
        pairs: left in all of them, over all filters.
        layer: its shape.
        groups: groups of units; those beyond the output positions have no work.
        units: units of a group.
        pace: of each unit.
    """
    runs = min(groups, layer.output_pixels)
    starts = even_starts(layer.output_pixels, runs)
    turns = np.arange(0, layer.group_filters, units)
    with_filter = np.minimum(units, layer.group_filters - turns)
    meets = pace.barrier != "filters"
    apart = len(turns) if meets else layer.group_filters
    times: Counts = np.zeros((layer.groups, apart, runs), dtype=np.int64)
    unit_cycles = pairs
    for block in blocks:
        waited: Counts = np.zeros((layer.groups, apart, block.positions), dtype=np.int64)
        worked: Counts = np.zeros(
            (layer.groups, layer.group_filters, block.positions), dtype=np.int64
        )
        for left in block.chunks:
            cycles = pace.cycles(left)
            same = worked.size // left.size
            unit_cycles += same * pace.beyond_pairs(left)
            if pace.barrier == "chunk":
                waited += _slowest(cycles, turns)
            else:
                worked += cycles
        if pace.barrier == "position":
            waited = _slowest(worked, turns)
        _add_to_runs(times, waited if meets else worked, block.first, starts)
    if not meets:
        times = _slowest(times, turns)
    by_turn = times.sum(axis=(0, 2))
    return GroupTimes(
        runs=times.sum(axis=(0, 1)),
        unit_cycles=unit_cycles,
        cycles_with_filter=int((by_turn * with_filter).sum()),
        cycles_without_filter=int((by_turn * (units - with_filter)).sum()),
    )


def _slowest(cycles: Counts, turns: npt.NDArray[np.intp]) -> Counts:
    """The unit that takes longest in each turn of filters; where all take the same, that."""
    if cycles.shape[1] == 1:
        return cycles
    units, unfilled = divmod(cycles.shape[1], len(turns))
    if unfilled or turns[-1] != cycles.shape[1] - units:
        slowest: Counts = np.maximum.reduceat(cycles, turns, axis=1)
        return slowest
    in_turns = cycles.reshape(len(cycles), len(turns), units, cycles.shape[2])
    return np.asarray(in_turns.max(axis=2))


def _add_to_runs(times: Counts, cycles: Counts, first: int, starts: npt.NDArray[np.intp]) -> None:
    """Add the cycles of successive positions, the last axis, to the runs that they belong to."""
    run = np.searchsorted(starts, first + np.arange(cycles.shape[2]), side="right") - 1
    begins = np.flatnonzero(np.diff(run, prepend=-1))
    times[:, :, run[begins]] += np.add.reduceat(cycles, begins, axis=2)
