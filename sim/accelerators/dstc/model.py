"""Dual-side sparse tensor core: outer products of condensed vectors (see README.md)."""

from dataclasses import dataclass
from functools import reduce
from math import ceil
from operator import add

import numpy as np

from sim.accelerators.dstc.tiles import Arrangement, Panels, panels
from sim.arithmetic import Counts
from sim.causes import Cause
from sim.compressed_formats import bitmap_bytes, bitmap_map_bytes
from sim.events import Access, Events
from sim.memory import PSUM_BYTES, ArrayBytes, Memory, StoredBytes
from sim.trace import LayerTrace
from sim.validation import require_positive, require_rate

VALUE_BITS = 8
PSUM_MEMORY = "sram_8kib"
"""Accumulators of a unit: 32 x 32 of 32 bits are 4 KiB; the smallest memory of the table."""


@dataclass(frozen=True, kw_only=True)
class TileWork:
    """What the tiles of a layer take; all axes are (N, groups, tiles down, tiles across).

    Attributes:
        products: multiplications of nonzeros.
        steps: outer products of at most one unit's size each.
        cycles: steps, or what the accumulators take if that is more.
        slowest: (N,) cycles of the slowest unit, summed over the blocks.
        waiting: (N,) cycles that units with a tile wait for the slowest of their block.
        without_tile: (N,) cycles of units for which a block has no tile.
        input_bytes, weight_bytes: (N,) and (), read from the buffers, bitmaps included.
        loaded_bits: (N,) of vectors and bitmaps that the units' registers take.
    """

    products: Counts
    steps: Counts
    cycles: Counts
    slowest: Counts
    waiting: Counts
    without_tile: Counts
    input_bytes: Counts
    weight_bytes: int
    loaded_bits: Counts


@dataclass(frozen=True, kw_only=True)
class Dstc(Memory):
    """Units that multiply a vector of pixels with a vector of filters, nonzeros only.

    Attributes:
        units: outer-product units, each with accumulators for a tile.
        unit_pixels, unit_filters: nonzeros of either vector that meet in one cycle.
        tile_pixels, tile_filters: outputs of a tile; vectors are condensed within it.
        merge_sums_per_cycle: accumulators of a tile that take a product in one cycle.
        operand_bytes_per_cycle: from the shared buffers to all units.

    Raises:
        UserError: a value is not positive.
    """

    units: int
    unit_pixels: int
    unit_filters: int
    tile_pixels: int
    tile_filters: int
    merge_sums_per_cycle: int
    operand_bytes_per_cycle: float

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            units=self.units,
            unit_pixels=self.unit_pixels,
            unit_filters=self.unit_filters,
            tile_pixels=self.tile_pixels,
            tile_filters=self.tile_filters,
            merge_sums_per_cycle=self.merge_sums_per_cycle,
        )
        require_rate(operand_bytes_per_cycle=self.operand_bytes_per_cycle)

    @property
    def unit_multipliers(self) -> int:
        """Multipliers of a unit."""
        return self.unit_pixels * self.unit_filters

    @property
    def multipliers(self) -> int:
        """Multipliers of all units."""
        return self.units * self.unit_multipliers

    def tile_work(self, trace: LayerTrace) -> TileWork:
        """Time and operands of all tiles of a layer."""
        inputs, weights = panels(trace, self.tile_pixels, self.tile_filters)
        products = _dot(inputs.nonzeros, weights.nonzeros)
        steps = _dot(inputs.steps(self.unit_pixels), weights.steps(self.unit_filters))
        cycles = np.maximum(steps, -(-products // self.merge_sums_per_cycle))
        shape = Arrangement.of(trace.layer, self.units, self.tile_pixels, self.tile_filters)
        blocks, present = shape.blocks(cycles), shape.blocks(np.ones_like(cycles))
        slowest = blocks.max(axis=-1, keepdims=True)
        each = tuple(range(1, blocks.ndim))
        input_reads, weight_reads = shape.reads(*cycles.shape[-2:])
        return TileWork(
            products=products,
            steps=steps,
            cycles=cycles,
            slowest=slowest.sum(axis=each),
            waiting=((slowest - blocks) * present).sum(axis=each),
            without_tile=(slowest * (1 - present)).sum(axis=each),
            input_bytes=inputs.stored_bytes() * input_reads,
            weight_bytes=int(weights.stored_bytes()) * weight_reads,
            loaded_bits=_loaded_bits(inputs) * cycles.shape[-1]
            + _loaded_bits(weights) * cycles.shape[-2],
        )

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        work = self.tile_work(trace)
        return reduce(add, (self._image(trace, work, image) for image in range(trace.images)))

    def _image(self, trace: LayerTrace, work: TileWork, image: int) -> Events:
        array_cycles = int(work.slowest[image])
        operands = int(work.input_bytes[image]) + work.weight_bytes
        busy_cycles = max(array_cycles, ceil(operands / self.operand_bytes_per_cycle))
        traffic = self._traffic(trace, work, image)
        stall_cycles = self.stall_cycles(busy_cycles, traffic)
        products, steps, cycles = (
            int(part[image].sum()) for part in (work.products, work.steps, work.cycles)
        )
        each = self.unit_multipliers
        idle = {
            Cause.FRAGMENTATION: each * steps - products,
            Cause.ACCUMULATOR_BANKS: each * (cycles - steps),
            Cause.IMBALANCE: each * int(work.waiting[image]),
            Cause.EDGE: each * int(work.without_tile[image]),
            Cause.BUFFER_BANDWIDTH: self.multipliers * (busy_cycles - array_cycles),
            Cause.BANDWIDTH: self.multipliers * stall_cycles,
        }
        return Events(
            cycles=busy_cycles + stall_cycles,
            dense_macs=trace.layer.dense_macs,
            effectual_macs=products,
            multipliers=self.multipliers,
            idle_multiplier_cycles=idle,
            traffic_bytes=traffic,
            actions={"mac_int8": products, "register_bit": int(work.loaded_bits[image])},
        )

    def _traffic(self, trace: LayerTrace, work: TileWork, image: int) -> dict[Access, int]:
        weights = bitmap_bytes(trace.weight, VALUE_BITS)
        stored = StoredBytes.of(trace, weights, bitmap_map_bytes(trace, image))
        sums = PSUM_BYTES * int(work.products[image].sum())
        return {
            **self.traffic(stored, ArrayBytes(work.weight_bytes, int(work.input_bytes[image]))),
            Access(PSUM_MEMORY, "psum", "write"): sums,
            Access(PSUM_MEMORY, "psum", "read"): sums,
        }


def _dot(inputs: np.ndarray, weights: np.ndarray) -> Counts:
    """Sums over the positions of the product, (N, groups, tiles down, tiles across)."""
    total: Counts = (inputs @ weights.swapaxes(-1, -2)).astype(np.int64)
    return total


def _loaded_bits(vectors: Panels) -> Counts:
    """Bits of the nonzeros and bitmaps of an operand, each vector once."""
    return VALUE_BITS * vectors.values() + vectors.bitmap_bits()
