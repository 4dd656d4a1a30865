"""Cycles of one core: from streams over pattern tables to (filter, band) times.

A PE column sees only PATTERNS different weight pieces, so the cycles for every piece of the input
and band of outputs are counted once per pattern and then looked up for each filter.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.phantom.packing import PACKERS, THREADS, Cycles, Products
from sim.accelerators.phantom.streams import (
    PATTERNS,
    Bands,
    Patterns,
    band_products,
    weight_patterns,
)
from sim.layer import Layer

_LOOKUP_VALUES = 2**23
"""Looked-up cycles held at once: 32 MiB."""

Table = npt.NDArray[np.int32]


def lockstep(column_cycles: Cycles) -> Cycles:
    """PE columns wait for each other after every slice.

    This and its alternatives take (K, slices, PE columns, bands) and return (K, bands); sums are of
    the type of what they take.
    """
    slowest = column_cycles.max(axis=2)
    total: Cycles = slowest.sum(axis=1, dtype=slowest.dtype)
    return total


def decoupled(column_cycles: Cycles) -> Cycles:
    """PE columns run ahead and meet at the end of the filter."""
    slowest: Cycles = column_cycles.sum(axis=1, dtype=column_cycles.dtype).max(axis=1)
    return slowest


def rotated(column_cycles: Cycles) -> Cycles:
    """Decoupled, and slice q gives its piece j to PE column (j + q) mod PE columns."""
    filters, _, columns, bands = column_cycles.shape
    per_column = np.zeros((filters, columns, bands), dtype=column_cycles.dtype)
    for turn in range(columns):
        turned = column_cycles[:, turn::columns].sum(axis=1, dtype=column_cycles.dtype)
        per_column += np.roll(turned, turn, axis=1)
    slowest: Cycles = per_column.max(axis=1)
    return slowest


INTRA_CORE: dict[str, Callable[[Cycles], Cycles]] = {
    "lockstep": lockstep,
    "decoupled": decoupled,
    "rotated": rotated,
}


@dataclass(frozen=True)
class CoreTimes:
    """Times of the work items that the mesh is filled with, one image.

    Attributes:
        cycles: (filters, bands): how long a core takes.
        busy_column_cycles: cycles in which PE columns work, summed over all items.
        entries: mask entries that PE columns look at, summed over all items.
    """

    cycles: Cycles
    busy_column_cycles: int
    entries: int


@dataclass(frozen=True)
class Core:
    """One core; the fields are those of `Phantom`."""

    pe_columns: int
    lookahead: int
    scheduler: str
    intra_core: str
    skip_empty_slices: bool

    def pack(self, products: Products) -> Cycles:
        """Cycles of streams, (stream length, ...) -> (...)."""
        return PACKERS[self.scheduler](products, self.lookahead)

    def pattern_table(self, bits: Patterns, bands: Bands) -> Table:
        """(pieces, PATTERNS, bands): cycles of a stream for every weight pattern.

        Args:
            bits: (pieces, THREADS, output rows, output columns).
            bands: how rows are split over cores.
        """
        pieces, threads, _, width = bits.shape
        table = np.empty((pieces, PATTERNS, bands.count), dtype=np.int32)
        for first, last, rows in bands.parts:
            taken = bits[:, :, first * bands.rows :][:, :, : (last - first) * rows]
            streams = taken.reshape(pieces, threads, last - first, rows * width)
            cycles = self.pack(band_products(streams))
            table[:, 1:, first:last] = cycles.transpose(1, 0, 2)
            no_weight = np.zeros((rows * width, 1), dtype=np.uint8)
            table[:, 0, first:last] = self.pack(no_weight)[0]
        return table

    def filter_times(
        self, layer: Layer, weights: Patterns, bits: Patterns, bands: Bands
    ) -> CoreTimes:
        """Times of all filters on all bands.

        Args:
            layer: the shape.
            weights: (K, pieces, THREADS) bits.
            bits: (groups * pieces, THREADS, output rows, output columns).
            bands: how rows are split over cores.
        """
        rows = self.pattern_table(bits, bands).reshape(-1, bands.count)
        rows = np.concatenate([rows, np.zeros((1, bands.count), dtype=np.int32)])
        filters, pieces = weights.shape[:2]
        if int(rows.max()) * pieces > np.iinfo(rows.dtype).max:  # the time of a filter is more
            rows = rows.astype(np.int64)
        first_piece = np.arange(filters) // layer.group_filters * pieces
        times, busy, kept = np.empty((filters, bands.count), dtype=np.int64), 0, 0
        chunk = max(1, _LOOKUP_VALUES // (pieces * bands.count))
        for start in range(0, filters, chunk):
            part = weight_patterns(weights[start : start + chunk])
            lookup = (first_piece[start : start + chunk, None] + np.arange(pieces)) * PATTERNS
            lookup += part
            worked = self._worked(part)
            lookup[np.repeat(~worked, self.pe_columns, axis=1)] = len(rows) - 1
            slice_cycles = rows[lookup].reshape(*worked.shape, self.pe_columns, bands.count)
            times[start : start + chunk] = INTRA_CORE[self.intra_core](slice_cycles)
            looked_up = np.bincount(lookup.reshape(-1), minlength=len(rows))
            busy += int(looked_up @ rows.sum(axis=1, dtype=np.int64))
            kept += int(worked.sum())
        return CoreTimes(times, busy, kept * self.pe_columns * layer.output_pixels)

    def _worked(self, patterns: Patterns) -> npt.NDArray[np.bool_]:
        """(..., pieces) -> (..., slices): which slices take any cycle."""
        slices = patterns.reshape(*patterns.shape[:-1], -1, self.pe_columns)
        worked: npt.NDArray[np.bool_] = np.ones(slices.shape[:-1], dtype=np.bool_)
        if self.skip_empty_slices:
            np.any(slices, axis=-1, out=worked)
        return worked

    def neuron_times(self, weights: Patterns, activations: Patterns, cores: int) -> CoreTimes:
        """Times of a layer with one output position: the stream runs over the filters of a core.

        Args:
            weights: (K, pieces, THREADS) bits.
            activations: (pieces, THREADS) bits.
            cores: each takes a run of filters; the last run may be shorter.
        """
        products = np.zeros(weights.shape[:2], dtype=np.uint8)
        for bit in range(THREADS):
            products += weights[..., bit] & activations[:, bit]
        bands = Bands.of(len(weights), cores)
        column_cycles = np.empty((len(activations), bands.count), dtype=np.int64)
        for first, last, length in bands.parts:
            taken = products[first * bands.rows :][: (last - first) * length]
            runs = taken.reshape(last - first, length, -1).swapaxes(0, 1)
            column_cycles[:, first:last] = self.pack(runs).T
        worked = self._worked(weight_patterns(activations))
        slices = column_cycles.reshape(1, -1, self.pe_columns, bands.count)
        slices = np.where(worked[:, None, None], slices, 0)
        entries = int(worked.sum()) * self.pe_columns * len(products)
        return CoreTimes(INTRA_CORE[self.intra_core](slices), int(slices.sum()), entries)
