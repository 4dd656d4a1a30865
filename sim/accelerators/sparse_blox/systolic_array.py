"""Weight-stationary systolic arrays: one that skips zero blocks, and the same without a map."""

from dataclasses import dataclass

import numpy as np

from sim.accelerators.sparse_blox.gathering import (
    ACCUMULATOR_BITS,
    OPERAND_BITS,
    Gathering,
    added,
    map_actions,
)
from sim.accelerators.sparse_blox.work import FetchedBlocks, all_blocks, blocks_kept
from sim.arithmetic import Counts, ceil_div
from sim.causes import Cause
from sim.events import Events
from sim.masks.blocks import block_macs
from sim.trace import LayerTrace
from sim.validation import require_flag, require_positive


@dataclass(frozen=True)
class SystolicArray(Gathering):
    """A weight-stationary systolic array: the baseline without a zero map.

    A pass holds `rows` columns of the im2col matrix by `columns` filters; the output pixels stream
    through it. Groups follow one another.

    Attributes:
        rows, columns: multipliers on each axis.
        fold_overlap: the weights of the next pass shift in behind the current one, so that a pass
            takes the longer of both; else each pass loads, streams, fills and drains alone.
    """

    rows: int
    columns: int
    fold_overlap: bool

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(rows=self.rows, columns=self.columns)
        require_flag(fold_overlap=self.fold_overlap)

    @property
    def multipliers(self) -> int:
        """One per row and column."""
        return self.rows * self.columns

    def blocks(self, trace: LayerTrace) -> FetchedBlocks:
        """All blocks, as no map tells: one per column tile, as high as the image has pixels."""
        return all_blocks(trace, self.rows, trace.layer.output_pixels)

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer, blocks = trace.layer, self.blocks(trace)
        streamed = blocks.streamed_pixels
        filter_tiles = ceil_div(layer.group_filters, self.columns)
        held = layer.group_filters * ((streamed > 0) * blocks.columns).sum(axis=(1, 2))
        cycles = self._cycles(streamed.reshape(trace.images, -1), filter_tiles)
        traffic = self._traffic(trace, blocks, held, filter_tiles, blocks.waiting_sums)
        stalls = self._stalls(cycles, traffic)
        slots = int(streamed.sum()) * filter_tiles * self.multipliers
        used = int(blocks.fetched_values.sum()) * layer.group_filters
        effectual = block_macs(trace)
        compute = int(cycles.sum())
        return Events(
            cycles=compute + stalls,
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.FILL: self.multipliers * compute - slots,
                Cause.EDGE: slots - used,
                Cause.ZERO_OPERAND: used - effectual,
                Cause.BANDWIDTH: self.multipliers * stalls,
            },
            traffic_bytes=added(traffic),
            actions={
                "mac_int8": used,
                "register_bit": used * (OPERAND_BITS + ACCUMULATOR_BITS)
                + self._weight_shifts(blocks) * OPERAND_BITS,
            }
            | map_actions(trace, blocks),
        )

    def _cycles(self, streamed: Counts, filter_tiles: int) -> Counts:
        """Cycles of each image; `streamed` is (N, column tiles). A tile without pixels is left out.

        With overlap the first load and the last skew show, and the last pass waits for no load.
        """
        skew = self.rows + self.columns - 2
        taken = streamed > 0
        if not self.fold_overlap:
            alone: Counts = filter_tiles * ((streamed + self.rows + skew) * taken).sum(axis=1)
            return alone
        passes = filter_tiles * (np.maximum(streamed, self.rows) * taken).sum(axis=1)
        last_index = taken.shape[1] - 1 - np.argmax(taken[:, ::-1], axis=1)
        last = streamed[np.arange(len(streamed)), last_index]
        total = passes - np.maximum(last, self.rows) + last + self.rows + skew
        overlapped: Counts = np.where(taken.any(axis=1), total, 0)
        return overlapped

    def _weight_shifts(self, blocks: FetchedBlocks) -> int:
        """Register writes of the weights: one for row r shifts through r + 1 rows."""
        down = blocks.columns * (blocks.columns + 1) // 2
        taken = blocks.streamed_pixels > 0
        return blocks.layer.group_filters * int((taken * down).sum())


@dataclass(frozen=True)
class BlockSkippingSystolicArray(SystolicArray):
    """Sparse-Blox on a systolic array: blocks as wide as the array has rows.

    The DMA reads the map and leaves out the pixels of zero blocks; a pass that keeps none is left
    out with its weights.

    Attributes:
        block_height: output pixels in a block.
    """

    block_height: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(block_height=self.block_height)

    def blocks(self, trace: LayerTrace) -> FetchedBlocks:
        """The blocks that are not zero."""
        return blocks_kept(trace, self.rows, self.block_height)
