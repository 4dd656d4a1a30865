"""How long the engines of each vector keep their stream waiting, at every output position.

The filters of a vector are cut into as many runs as there are engines; a position lasts as long as
the slowest engine. With few lanes there are three exact ways, and the cheapest is taken:

- tables: the time of an engine for each of the 2**lanes activation patterns, looked up at every
  position. If B[w] counts the engine's filters of weight pattern w and f(k) are the cycles of k
  pairs, the sum over filters of f(|p & w|) is the sum over the subsets s of p of g(|s|) times the
  filters that include s, where f(k) = sum over j of C(k, j) g(j). So two passes over the patterns
  replace the filters, whatever their number.
- pairs: every filter with every position, as patterns: for few positions.
- products: every dot product counted by a matrix product: for vectors of many lanes.

Where zero weights are not skipped all filters of a vector take the same time, that of its nonzero
activations.
"""

from collections.abc import Iterator
from math import comb

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.patterns import (
    PATTERN_LANES,
    Patterns,
    activation_patterns,
    pattern_sizes,
    subset_sums,
    superset_sums,
    weight_patterns,
)
from sim.accelerators.hass.vectors import VectorShape, activation_lanes, pair_counts
from sim.trace import LayerTrace

EngineCycles = np.ndarray[tuple[int], np.dtype[np.int64]]
"""Cycles of an engine by number of nonzero pairs, (lanes + 1,)."""
Waits = tuple[slice, npt.NDArray[np.unsignedinteger], int]
"""Which of the groups * vectors; their slowest engine (vectors, positions); cycles of all."""

BLOCK_VALUES = 1 << 18
"""Values worked on at a time, which then stay in a usual L2."""
_PASSES_PER_LOOKUP = 12
"""Steps of a table's sums that cost as much as one filter at one position."""


def engine_waits(
    trace: LayerTrace, shape: VectorShape, engines: int, cycles: EngineCycles, skips_weights: bool
) -> Iterator[Waits]:
    """Time of every vector at every position.

    Args:
        trace: shape and masks.
        shape: the layer as vectors.
        engines: that share the filters of a vector; divides their number.
        cycles: of one engine by number of nonzero pairs.
        skips_weights: False = every weight counts as nonzero.

    Yields:
        Blocks of vectors, in order; arrays are scratch.
    """
    if not skips_weights:
        return _by_activations(trace, shape, engines, cycles)
    if shape.lanes > PATTERN_LANES:
        return _by_products(trace, shape, engines, cycles)
    positions = trace.images * trace.layer.output_pixels
    table_steps = engines * (2 * shape.lanes << shape.lanes)
    if table_steps < _PASSES_PER_LOOKUP * positions * shape.filters:
        return _by_tables(trace, shape, engines, cycles)
    return _by_pairs(trace, shape, engines, cycles)


def _sum_type(filters: int, cycles: EngineCycles) -> type[np.unsignedinteger]:
    """Holds the time of an engine; sums may wrap around on the way to it."""
    return np.uint16 if filters * int(cycles.max()) < 1 << 16 else np.uint32


def _by_activations(
    trace: LayerTrace, shape: VectorShape, engines: int, cycles: EngineCycles
) -> Iterator[Waits]:
    rows, positions = shape.groups * shape.vectors, trace.images * trace.layer.output_pixels
    kind = np.uint8 if shape.lanes <= np.iinfo(np.uint8).max else np.uint32
    nonzeros = np.zeros((rows, positions), dtype=kind)
    for mask in activation_lanes(trace, shape):
        nonzeros += mask.reshape(rows, positions)
    filters = shape.filters // engines
    lookup = (filters * cycles).astype(_sum_type(filters, cycles))
    step = max(1, BLOCK_VALUES // positions)
    for start in range(0, rows, step):
        times = lookup.take(nonzeros[start : start + step])
        busy = engines * int(times.sum(dtype=np.int64))
        yield slice(start, start + len(times)), times, busy


def _by_tables(
    trace: LayerTrace, shape: VectorShape, engines: int, cycles: EngineCycles
) -> Iterator[Waits]:
    patterns = activation_patterns(trace, shape)
    weights = weight_patterns(trace, shape)
    rows, size = len(patterns), 1 << shape.lanes
    step = max(1, BLOCK_VALUES // max(patterns.shape[1], size * engines))
    for start in range(0, rows, step):
        block = slice(start, min(start + step, rows))
        row = np.arange(start, block.stop)
        filters = weights[row // shape.vectors, :, row % shape.vectors]
        table = _engine_table(filters.reshape(len(row) * engines, -1), shape.lanes, cycles)
        table = table.reshape(size, len(row), engines)
        place = patterns[block] * np.int64(len(row)) + np.arange(len(row))[:, None]
        times = np.bincount(place.ravel(), minlength=size * len(row))
        busy = int(times @ table.sum(axis=2, dtype=np.int64).ravel())
        yield block, table.max(axis=2).take(place), busy


def _engine_table(
    filters: Patterns, lanes: int, cycles: EngineCycles
) -> npt.NDArray[np.unsignedinteger]:
    """Time of each engine (a row of filters) by activation pattern, (2**lanes, engines)."""
    engines, size = len(filters), 1 << lanes
    place = filters.astype(np.int64) * engines + np.arange(engines)[:, None]
    held = np.bincount(place.ravel(), minlength=size * engines).reshape(size, engines)
    table = held.astype(_sum_type(filters.shape[1], cycles))
    superset_sums(table, lanes)
    table *= _by_subset(cycles).astype(table.dtype)[pattern_sizes(lanes)][:, None]
    subset_sums(table, lanes)
    return table


def _by_subset(cycles: EngineCycles) -> npt.NDArray[np.int64]:
    """G with f(k) = sum over j of C(k, j) g(j), for cycles f."""
    sizes = range(len(cycles))
    inverse = [[(-1) ** (k - j) * comb(k, j) if j <= k else 0 for j in sizes] for k in sizes]
    return np.array(inverse, dtype=np.int64) @ cycles


def _by_pairs(
    trace: LayerTrace, shape: VectorShape, engines: int, cycles: EngineCycles
) -> Iterator[Waits]:
    patterns = activation_patterns(trace, shape)
    weights = weight_patterns(trace, shape)
    lookup = cycles.astype(np.uint8)[pattern_sizes(shape.lanes)]
    kind = _sum_type(shape.filters // engines, cycles)
    rows = np.arange(len(patterns))
    step = max(1, BLOCK_VALUES // (shape.filters * patterns.shape[1]))
    for start in range(0, len(rows), step):
        row = rows[start : start + step]
        filters = np.ascontiguousarray(weights[row // shape.vectors, :, row % shape.vectors])
        taken = lookup[patterns[row, :, None] & filters[:, None, :]]
        taken = taken.reshape(*taken.shape[:2], engines, -1)
        by_engine = taken.sum(axis=3, dtype=kind)
        busy = int(by_engine.sum(dtype=np.int64))
        yield slice(start, start + len(row)), by_engine.max(axis=2), busy


def _by_products(
    trace: LayerTrace, shape: VectorShape, engines: int, cycles: EngineCycles
) -> Iterator[Waits]:
    lookup, kind = cycles.astype(np.uint16), _sum_type(shape.filters // engines, cycles)
    for block, counts in pair_counts(trace, shape):
        taken = lookup[counts].reshape(*counts.shape[:2], engines, -1)
        by_engine = taken.sum(axis=3, dtype=kind)
        yield block, by_engine.max(axis=2), int(by_engine.sum(dtype=np.int64))
