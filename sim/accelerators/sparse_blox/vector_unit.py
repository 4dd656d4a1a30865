"""Vector units over output pixels: one that skips zero vectors, and the same without a map."""

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
from sim.validation import require_positive, require_whole


@dataclass(frozen=True)
class VectorUnit(Gathering):
    """A vector unit that multiplies a vector of output pixels by one weight: no zero map.

    A vector holds one column of the im2col matrix for `lanes` output pixels. It is loaded once for
    every `accumulators` filters, whose sums stay in vector registers, and multiplied by the weight
    of each. At the end the sums are stored.

    Attributes:
        lanes: multipliers, and pixels of a vector.
        accumulators: vector registers for sums.
        transfer_cycles: cycles of a load or store in which nothing is multiplied.
    """

    lanes: int
    accumulators: int
    transfer_cycles: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(lanes=self.lanes, accumulators=self.accumulators)
        require_whole(transfer_cycles=self.transfer_cycles)

    @property
    def multipliers(self) -> int:
        """How many multipliers the unit has: one per lane."""
        return self.lanes

    def blocks(self, trace: LayerTrace) -> FetchedBlocks:
        """The vectors of a unit without a map: all."""
        return all_blocks(trace, 1, self.lanes)

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer, blocks = trace.layer, self.blocks(trace)
        filter_tiles = ceil_div(layer.group_filters, self.accumulators)
        vectors: Counts = blocks.kept.sum(axis=(1, 2, 3), dtype=np.int64)
        stores = len(blocks.pixels) * layer.out_channels
        transfers = self.transfer_cycles * (filter_tiles * vectors + stores)
        multiplying = layer.group_filters * vectors
        cycles = multiplying + transfers
        traffic = self._traffic(trace, blocks, multiplying, filter_tiles, np.zeros_like(vectors))
        stalls = self._stalls(cycles, traffic)
        used = int(blocks.fetched_values.sum()) * layer.group_filters
        effectual = block_macs(trace)
        loaded = int(blocks.fetched_values.sum()) * filter_tiles
        return Events(
            cycles=int(cycles.sum()) + stalls,
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.lanes,
            idle_multiplier_cycles={
                Cause.TRANSFER: self.lanes * int(transfers.sum()),
                Cause.EDGE: self.lanes * int(multiplying.sum()) - used,
                Cause.ZERO_OPERAND: used - effectual,
                Cause.BANDWIDTH: self.lanes * stalls,
            },
            traffic_bytes=added(traffic),
            actions={
                "mac_int8": used,
                "register_bit": used * ACCUMULATOR_BITS + loaded * OPERAND_BITS,
            }
            | map_actions(trace, blocks),
        )


@dataclass(frozen=True)
class BlockSkippingVectorUnit(VectorUnit):
    """Sparse-Blox on a vector unit: a block is a vector, [1, lanes], skipped before its load."""

    def blocks(self, trace: LayerTrace) -> FetchedBlocks:
        """The vectors that are not zero."""
        return blocks_kept(trace, 1, self.lanes)
