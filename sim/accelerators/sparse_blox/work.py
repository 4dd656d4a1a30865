"""What is left of a layer when zero blocks are skipped: pixels per pass, sums per output."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arithmetic import Counts
from sim.layer import Layer, Mask
from sim.masks.block_map import block_grid
from sim.masks.blocks import zero_blocks
from sim.trace import LayerTrace


@dataclass(frozen=True, eq=False)
class FetchedBlocks:
    """The blocks of one layer that are fetched.

    Attributes:
        layer: the shape.
        kept: (N, pixel blocks, groups, column blocks of a group), False where skipped.
        pixels: (pixel blocks,), output pixels in each; the last may be short.
        columns: (column blocks of a group,), columns in each; the last may be short.
        map_bits: bits of the zero map of one image; 0 = there is no map.
    """

    layer: Layer
    kept: Mask
    pixels: Counts
    columns: Counts
    map_bits: int

    @cached_property
    def streamed_pixels(self) -> Counts:
        """(N, groups, column blocks): output pixels for which each column block is fetched."""
        streamed: Counts = np.einsum("npgk,p->ngk", self.kept, self.pixels, dtype=np.int64)
        return streamed

    @cached_property
    def fetched_values(self) -> Counts:
        """(N,): values of the im2col matrix in all blocks that are fetched."""
        values: Counts = (self.streamed_pixels * self.columns).sum(axis=(1, 2))
        return values

    @property
    def waiting_sums(self) -> Counts:
        """(N,): how often a partial sum of an output is put aside and taken up again."""
        additions = self.kept.sum(axis=3, dtype=np.int64)
        again = np.maximum(additions - 1, 0).sum(axis=2)
        sums: Counts = again @ self.pixels * self.layer.group_filters
        return sums


def blocks_kept(trace: LayerTrace, width: int, height: int) -> FetchedBlocks:
    """The blocks that a design with a zero map fetches."""
    zero = zero_blocks(trace, width, height)
    return _blocks(trace.layer, width, height, ~zero, map_bits=zero[0].size)


def all_blocks(trace: LayerTrace, width: int, height: int) -> FetchedBlocks:
    """The blocks that the same design without a map fetches: all."""
    grid = (trace.images, *block_grid(trace.layer, width, height))
    return _blocks(trace.layer, width, height, np.ones(grid, np.bool_), map_bits=0)


def _blocks(layer: Layer, width: int, height: int, kept: Mask, map_bits: int) -> FetchedBlocks:
    pixels, columns = (
        np.minimum(size, total - np.arange(0, total, size)).astype(np.int64)
        for size, total in ((height, layer.output_pixels), (width, layer.window))
    )
    by_group = kept.reshape(*kept.shape[:2], layer.groups, -1)
    return FetchedBlocks(layer, by_group, pixels, columns, map_bits)
