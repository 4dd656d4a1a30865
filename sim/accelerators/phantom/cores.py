"""Cycles of one core: from streams over pattern tables to (filter, band) times.

A PE column sees only PATTERNS different weight pieces, so the cycles for every piece of the input
and band of outputs are counted once per pattern. The time of a filter is a sum over its pieces.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.phantom.packing import PACKERS, Cycles, Streams
from sim.accelerators.phantom.streams import (
    PATTERNS,
    Bands,
    Patterns,
    band_streams,
    neuron_streams,
    weight_patterns,
)
from sim.layer import Layer, Mask

_LOOKUP_VALUES = 2**22
"""Looked-up values of some filters held at once: 16 MiB."""
_EXACT = 2**24
"""Whole numbers below it are exact in single precision."""
_SKIPPED = PATTERNS
"""Stands for the pattern of a piece whose slice takes no cycle."""

Table = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]

TURNS = {"decoupled": 0, "rotated": 1}
"""PE columns run ahead and meet at the end of a filter: columns by which pieces turn per slice."""
INTRA_CORE = ("lockstep", *TURNS)
"""In lockstep, PE columns wait for each other after every slice."""


def column_pieces(pieces: int, columns: int, turn: int) -> Places:
    """(PE columns, slices): the pieces that each PE column takes.

    Slice q gives its piece j to PE column (j + turn * q) mod PE columns.
    """
    column, slices = np.ogrid[:columns, : pieces // columns]
    places: Places = slices * columns + (column - turn * slices) % columns
    return places


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

    def pack(self, streams: Streams) -> Cycles:
        """Cycles of streams."""
        return PACKERS[self.scheduler](streams, self.lookahead)

    def pattern_table(self, bits: Patterns, bands: Bands) -> Table:
        """(pieces, PATTERNS + 1, bands): cycles of a stream for every weight pattern, 0 for none.

        Args:
            bits: (pieces, THREADS, output rows, output columns).
            bands: how rows are split over cores.
        """
        pieces, threads, _, width = bits.shape
        table = np.zeros((pieces, PATTERNS + 1, bands.count), dtype=np.int32)
        for first, last, rows in bands.parts:
            taken = bits[:, :, first * bands.rows :][:, :, : (last - first) * rows]
            streams = band_streams(taken.reshape(pieces, threads, last - first, rows * width))
            table[:, 1:PATTERNS, first:last] = self.pack(streams).swapaxes(0, 1)
            no_weight = Streams(np.zeros_like(streams.codes[:, :1, 0, 0]), streams.length)
            table[:, 0, first:last] = self.pack(no_weight)
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
        patterns = weight_patterns(weights)
        worked = self._worked(patterns)
        patterns[np.repeat(~worked, self.pe_columns, axis=1)] = _SKIPPED
        by_group = patterns.reshape(layer.groups, layer.group_filters, -1)
        table = self.pattern_table(bits, bands)
        table = table.reshape(layer.groups, -1, PATTERNS + 1, bands.count)
        times, busy = np.empty((layer.groups, layer.group_filters, bands.count), np.int64), 0
        values = by_group.size // layer.group_filters * (PATTERNS + 1)
        step = max(1, _LOOKUP_VALUES // values)
        for first in range(0, layer.group_filters, step):
            some = slice(first, first + step)
            times[:, some], part_busy = self._times(by_group[:, some], table)
            busy += part_busy
        entries = int(worked.sum()) * self.pe_columns * layer.output_pixels
        return CoreTimes(times.reshape(-1, bands.count), busy, entries)

    def _times(self, patterns: Patterns, table: Table) -> tuple[Cycles, int]:
        """Times of some filters of each group, and the cycles in which their PE columns work.

        Args:
            patterns: (groups, filters, pieces).
            table: (groups, pieces, PATTERNS + 1, bands).
        """
        groups, filters, pieces = patterns.shape
        if self.intra_core not in TURNS:
            group, piece = np.ogrid[:groups, :pieces]
            cycles = table[group[..., None], piece, patterns].astype(np.int64)
            in_slices = cycles.reshape(groups, filters, -1, self.pe_columns, table.shape[3])
            return in_slices.max(axis=3).sum(axis=2), int(cycles.sum())
        # The sum over pieces is a product with a row of one 1 for each piece, here PE column by
        # PE column.
        exact = int(table.max()) * pieces < _EXACT
        kind = np.dtype(np.float32 if exact else np.float64)
        rows = np.eye(PATTERNS + 1, PATTERNS, dtype=kind)  # none for the last, which takes no time
        places = column_pieces(pieces, self.pe_columns, TURNS[self.intra_core])
        ones = rows.take(patterns[:, :, places].swapaxes(1, 2), axis=0)
        ones = ones.reshape(groups, self.pe_columns, filters, -1)
        looked_up = table[:, places, :PATTERNS].astype(kind)
        looked_up = looked_up.reshape(groups, self.pe_columns, -1, table.shape[3])
        of_columns = (ones @ looked_up).astype(np.int64)
        return of_columns.max(axis=1), int(of_columns.sum())

    def _worked(self, patterns: Patterns) -> Mask:
        """(..., pieces) -> (..., slices): which slices take any cycle."""
        slices = patterns.reshape(*patterns.shape[:-1], -1, self.pe_columns)
        worked: Mask = np.ones(slices.shape[:-1], dtype=np.bool_)
        if self.skip_empty_slices:
            np.any(slices, axis=-1, out=worked)
        return worked

    def neuron_times(self, weights: Patterns, activations: Patterns, cores: int) -> CoreTimes:
        """Times of a layer with one output position: the stream runs over the filters of a core.

        Args:
            weights: (K, window) 0/1.
            activations: (pieces, THREADS) bits.
            cores: each takes a run of filters; the last run may be shorter.
        """
        bands, pieces = Bands.of(len(weights), cores), len(activations)
        packed = (self.pack(run) for run in neuron_streams(weights, activations, bands))
        cycles = np.concatenate(list(packed)).T
        worked = self._worked(weight_patterns(activations))
        cycles = np.where(np.repeat(worked, self.pe_columns)[:, np.newaxis], cycles, 0)
        if self.intra_core in TURNS:
            places = column_pieces(pieces, self.pe_columns, TURNS[self.intra_core])
            times = cycles[places].sum(axis=1).max(axis=0)
        else:
            times = cycles.reshape(-1, self.pe_columns, bands.count).max(axis=1).sum(axis=0)
        entries = int(worked.sum()) * self.pe_columns * len(weights)
        return CoreTimes(times[np.newaxis], int(cycles.sum()), entries)
