"""Sparse-Blox: arrays that skip zero blocks of the im2col matrix, and the same without (README)."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from sim.accelerators.sparse_blox.traffic import SOURCES, Gathered, image_traffic
from sim.accelerators.sparse_blox.work import Blocks, Counts, all_blocks, blocks_kept
from sim.blocks import block_macs
from sim.errors import UserError
from sim.events import Events
from sim.layer import LayerTrace
from sim.masks import ceil_div
from sim.memory import Memory, Traffic, dense_bytes
from sim.validation import require_choice, require_flag, require_positive

OPERAND_BITS = 8
ACCUMULATOR_BITS = 32


@dataclass(frozen=True)
class _Gathering:
    """What systolic array and vector unit share: buffers, and where blocks are gathered.

    Attributes:
        im2col_source: "buffer" or "dram", see traffic.py.
        weight_buffer_kib, activation_buffer_kib, dram_bytes_per_cycle: see sim/memory.py.
    """

    im2col_source: str
    weight_buffer_kib: int
    activation_buffer_kib: int
    dram_bytes_per_cycle: float

    def __post_init__(self) -> None:
        require_choice("im2col_source", self.im2col_source, SOURCES)
        _ = self.memory

    @property
    def memory(self) -> Memory:
        """The buffers and DRAM; making it checks the parameters."""
        return Memory(self.weight_buffer_kib, self.activation_buffer_kib, self.dram_bytes_per_cycle)

    def _traffic(
        self, trace: LayerTrace, blocks: Blocks, weight_reads: Counts, passes: int, sums: Counts
    ) -> list[Traffic]:
        """Bytes of each image."""
        return [
            image_traffic(
                self.memory,
                self.im2col_source,
                dense_bytes(trace),
                Gathered(int(weights), int(values), passes, int(waiting), blocks.map_bits),
            )
            for weights, values, waiting in zip(
                weight_reads, blocks.fetched_values, sums, strict=True
            )
        ]

    def _stalls(self, cycles: Counts, traffic: list[Traffic]) -> int:
        stalls = (
            self.memory.stall_cycles(int(own), moved)
            for own, moved in zip(cycles, traffic, strict=True)
        )
        return sum(stalls)


def _added(traffic: list[Traffic]) -> Traffic:
    total: Counter = Counter()  # type: ignore[type-arg]
    for moved in traffic:
        total.update(moved)
    return dict(total)


def _map_actions(trace: LayerTrace, blocks: Blocks) -> dict[str, float]:
    """Making the map: every value of the matrix is added to its block's sum, each sum compared."""
    if not blocks.map_bits:
        return {}
    layer = trace.layer
    values = layer.groups * layer.window * layer.output_pixels
    return {
        "add_int16": trace.images * values,
        "comparator_int8": trace.images * blocks.map_bits,
    }


@dataclass(frozen=True)
class SystolicArray(_Gathering):
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

    def blocks(self, trace: LayerTrace) -> Blocks:
        """All blocks: one per column tile, as high as the image has pixels."""
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
                "fill": self.multipliers * compute - slots,
                "edge": slots - used,
                "zero_operand": used - effectual,
                "bandwidth": self.multipliers * stalls,
            },
            traffic_bytes=_added(traffic),
            actions={
                "mac_int8": used,
                "register_bit": used * (OPERAND_BITS + ACCUMULATOR_BITS)
                + self._weight_shifts(blocks) * OPERAND_BITS,
            }
            | _map_actions(trace, blocks),
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

    def _weight_shifts(self, blocks: Blocks) -> int:
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

    def blocks(self, trace: LayerTrace) -> Blocks:
        """Those that are not zero."""
        return blocks_kept(trace, self.rows, self.block_height)


@dataclass(frozen=True)
class VectorUnit(_Gathering):
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
        if not isinstance(self.transfer_cycles, int) or self.transfer_cycles < 0:
            raise UserError(
                f"transfer_cycles is {self.transfer_cycles!r}; "
                "expected a whole number of at least 0"
            )

    @property
    def multipliers(self) -> int:
        """One per lane."""
        return self.lanes

    def blocks(self, trace: LayerTrace) -> Blocks:
        """All vectors."""
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
                "transfer": self.lanes * int(transfers.sum()),
                "edge": self.lanes * int(multiplying.sum()) - used,
                "zero_operand": used - effectual,
                "bandwidth": self.lanes * stalls,
            },
            traffic_bytes=_added(traffic),
            actions={
                "mac_int8": used,
                "register_bit": used * ACCUMULATOR_BITS + loaded * OPERAND_BITS,
            }
            | _map_actions(trace, blocks),
        )


@dataclass(frozen=True)
class BlockSkippingVectorUnit(VectorUnit):
    """Sparse-Blox on a vector unit: a block is a vector, [1, lanes], skipped before its load."""

    def blocks(self, trace: LayerTrace) -> Blocks:
        """The vectors that are not zero."""
        return blocks_kept(trace, 1, self.lanes)
