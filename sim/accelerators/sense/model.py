"""Sense: a systolic array over compressed channels and kernels, and its DRAM traffic.

The body of the paper (arXiv 2202.00389; IEEE TVLSI 2023, 10.1109/TVLSI.2023.3241933) was not
readable: only the peak rate, the clock and the names of the mechanisms come from its abstracts.
The array, its buffers and the formulas below are our reading, `assumed` throughout configs.yaml.
"""

from dataclasses import dataclass, replace
from functools import reduce
from math import ceil
from operator import add
from typing import ClassVar

import numpy as np

from sim.accelerators.sense.array import CHANNEL_ORDERS, ArrayTime, SparseArray
from sim.accelerators.sense.dataflow import REUSE_ORDERS, DramReads, Stored
from sim.batches import batches
from sim.causes import Cause
from sim.compressed_formats import bitmap_bytes, bitmap_bytes_by_group, raw_bytes
from sim.events import Access, Events
from sim.memory import KIB, PSUM_BYTES, sram_entry
from sim.outputs import scaled, written_masks, written_share
from sim.trace import LayerTrace
from sim.validation import (
    require_choice,
    require_finite,
    require_flag,
    require_positive,
    require_rate,
)

KERNEL_STORE, CHANNEL_STORE = "spad_80b", "spad_448b"
"""Stores in a PE, priced as the smallest scratchpad in the table that holds a kernel of 3 x 3, and
as the largest one for (a part of) a channel of a tile; both assumed."""


@dataclass(frozen=True, kw_only=True)
class Sense:
    """One configuration of the Sense array; see configs.yaml for what is known of each value.

    Attributes:
        rows, columns: input channels and filters of a pass.
        frequency_mhz: clock, needed to compare DRAM time with array time.
        tile: edge of a square output tile.
        sync_interval: filter blocks between two barriers of the array.
        channel_order: "clustered" (by nonzeros) or "natural".
        reuse_order: "adaptive", "activations_first" or "weights_first".
        value_bits: bits of a weight or an activation.
        buffer_kib: capacity of each of the two buffers, for activations and for weights.
        dram_gbytes_per_s: DRAM bandwidth, 10**9 bytes per second.
        dram_overlap: True = transfer hides behind computation (the longer one counts); False =
            they follow each other (their sum counts).
        batch: images that share one pass over the weights; a trace is cut into such batches.
        pooling_on_chip: whether outputs are pooled before they are written back.
    """

    needs_static_weights: ClassVar[str] = "its kernels are compressed offline, balanced by pruning"

    rows: int
    columns: int
    frequency_mhz: float
    tile: int
    sync_interval: int
    channel_order: str
    reuse_order: str
    value_bits: int
    buffer_kib: int
    dram_gbytes_per_s: float
    dram_overlap: bool
    batch: int
    pooling_on_chip: bool

    def __post_init__(self) -> None:
        require_positive(
            rows=self.rows,
            columns=self.columns,
            tile=self.tile,
            sync_interval=self.sync_interval,
            buffer_kib=self.buffer_kib,
            batch=self.batch,
        )
        require_finite(frequency_mhz=self.frequency_mhz)
        require_rate(dram_gbytes_per_s=self.dram_gbytes_per_s)
        require_flag(dram_overlap=self.dram_overlap, pooling_on_chip=self.pooling_on_chip)
        require_choice("channel_order", self.channel_order, CHANNEL_ORDERS)
        require_choice("reuse_order", self.reuse_order, REUSE_ORDERS)
        require_choice("value_bits", self.value_bits, (8, 16))

    @property
    def multipliers(self) -> int:
        """One multiplier per row and column."""
        return self.rows * self.columns

    @property
    def peak_gops(self) -> float:
        """Dense peak in 10**9 operations per second, a multiplication and an addition being two."""
        return 2 * self.multipliers * self.frequency_mhz / 1000

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer; the images are independent except for the weights of a batch."""
        return reduce(add, map(self._batch, batches(trace, self.batch)))

    def _batch(self, trace: LayerTrace) -> Events:
        array = SparseArray(self.rows, self.columns, self.tile, self.sync_interval)
        work = ArrayTime()
        for image in range(trace.images):
            work = work + array.time(trace, image, self.channel_order)
        fill = trace.images * (self.rows + self.columns - 2)
        traffic = self._traffic(trace)
        moved = sum(count for access, count in traffic.items() if access.memory == "dram")
        dram_cycles = ceil(moved * self.frequency_mhz / (1000 * self.dram_gbytes_per_s))
        busy = work.cycles + fill
        cycles = max(busy, dram_cycles) if self.dram_overlap else busy + dram_cycles
        lost = work.effectual_macs + work.kernel_imbalance + work.channel_imbalance
        return Events(
            cycles=cycles,
            dense_macs=trace.dense_macs,
            effectual_macs=work.effectual_macs,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.FILL: fill * self.multipliers,
                Cause.EDGE: work.cycles * self.multipliers - lost,
                Cause.KERNEL_IMBALANCE: work.kernel_imbalance,
                Cause.CHANNEL_IMBALANCE: work.channel_imbalance,
                Cause.BANDWIDTH: (cycles - busy) * self.multipliers,
            },
            traffic_bytes=traffic | self._stores(trace, work.effectual_macs),
            actions={
                f"mac_int{self.value_bits}": work.effectual_macs,
                "register_bit": work.effectual_macs * 8 * PSUM_BYTES,
            },
        )

    def _traffic(self, trace: LayerTrace) -> dict[Access, int]:
        """DRAM and buffer traffic of one batch, in bytes."""
        bits, groups = self.value_bits, trace.layer.groups
        images = [bitmap_bytes_by_group(mask, groups, bits) for mask in trace.activation]
        activations = np.sum(images, axis=0)
        weights = bitmap_bytes_by_group(trace.weight, groups, bits)
        reads = REUSE_ORDERS[self.reuse_order](
            Stored(
                activations,
                weights,
                self.buffer_kib * KIB,
                self.buffer_kib * KIB,
            )
        )
        written = self._written(trace)
        # every map lies in DRAM, and so does what earlier layers made to be added, dense
        residual = raw_bytes(trace.images * trace.layer.residual_elements, bits)
        reads = replace(reads, activation_bytes=reads.activation_bytes + residual)
        buffer = self._buffer(trace, int(activations.sum()), int(weights.sum()), reads)
        buffer[Access(sram_entry(self.buffer_kib), "activation", "read")] += residual
        return buffer | {
            Access("dram", "activation", "read"): reads.activation_bytes,
            Access("dram", "weight", "read"): reads.weight_bytes,
            Access("dram", "output", "write"): written,
            Access(sram_entry(self.buffer_kib), "output", "read"): written,
        }

    def _stores(self, trace: LayerTrace, macs: int) -> dict[Access, int]:
        """Bytes of the stores inside the multipliers' PEs, zeros and bitmaps not counted.

        A PE takes its kernel once per output tile and its channel once per filter, and reads a
        weight and an activation for each multiplication.
        """
        layer, value_bytes = trace.layer, self.value_bits // 8
        tiles = int(np.prod([-(-size // self.tile) for size in layer.output_size]))
        weights = trace.weight_nonzeros * tiles * trace.images
        activations = int(np.count_nonzero(trace.activation)) * layer.group_filters
        return {
            Access(KERNEL_STORE, "weight", "write"): weights * value_bytes,
            Access(KERNEL_STORE, "weight", "read"): macs * value_bytes,
            Access(CHANNEL_STORE, "activation", "write"): activations * value_bytes,
            Access(CHANNEL_STORE, "activation", "read"): macs * value_bytes,
        }

    def _written(self, trace: LayerTrace) -> int:
        share = written_share(trace, self.pooling_on_chip)
        masks = written_masks(trace)
        return sum(scaled(bitmap_bytes(mask, self.value_bits), share) for mask in masks)

    def _buffer(
        self, trace: LayerTrace, activations: int, weights: int, reads: DramReads
    ) -> dict[Access, int]:
        """Buffer traffic: activations once per filter block, weights once per output tile.

        Partial sums leave the array after each chunk of channels and come back for the next.
        """
        layer, sram = trace.layer, sram_entry(self.buffer_kib)
        blocks = -(-layer.group_filters // self.columns)
        chunks = -(-layer.group_channels // self.rows)
        tiles = int(np.prod([-(-size // self.tile) for size in layer.output_size]))
        psums = trace.images * layer.out_channels * layer.output_pixels * PSUM_BYTES
        return {
            Access(sram, "activation", "write"): reads.activation_bytes,
            Access(sram, "activation", "read"): activations * blocks,
            Access(sram, "weight", "write"): reads.weight_bytes,
            Access(sram, "weight", "read"): weights * tiles * trace.images,
            Access(sram, "psum", "write"): psums * chunks,
            Access(sram, "psum", "read"): psums * (chunks - 1),
        }
