"""Arrays that skip nothing: the common denominators of the speedups."""

from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.causes import Cause
from sim.events import Events
from sim.masks.totals import effectual_macs
from sim.memory import ArrayBytes, Memory, dense_bytes
from sim.trace import LayerTrace
from sim.validation import require_positive

OPERAND_BITS = 8
ACCUMULATOR_BITS = 32
"""Width of the register that a multiplier accumulates in."""
REGISTER_BITS = 2 * OPERAND_BITS + ACCUMULATOR_BITS
"""Registers that a multiplication writes: both operands and the sum, as in `sa` (systolic/)."""


def _events(
    trace: LayerTrace, multipliers: int, cycles: int, reads: ArrayBytes, memory: Memory
) -> Events:
    """Events of a run in which every dense multiplication takes place; cycles of one image."""
    images = trace.images
    traffic = memory.traffic(dense_bytes(trace), reads)
    stall_cycles = memory.stall_cycles(cycles, traffic)
    effectual = int(effectual_macs(trace).sum())
    return Events(
        cycles=images * (cycles + stall_cycles),
        dense_macs=trace.dense_macs,
        effectual_macs=effectual,
        multipliers=multipliers,
        idle_multiplier_cycles={
            Cause.ZERO_OPERAND: trace.dense_macs - effectual,
            Cause.EDGE: images * multipliers * cycles - trace.dense_macs,
            Cause.BANDWIDTH: images * multipliers * stall_cycles,
        },
        traffic_bytes={access: images * count for access, count in traffic.items()},
        actions={"mac_int8": trace.dense_macs, "register_bit": trace.dense_macs * REGISTER_BITS},
    )


@dataclass(frozen=True)
class DenseIdeal(Memory):
    """An array that uses all its multipliers in every cycle, whatever the layer.

    Only the last cycle of an image may be partly empty. `buffer_reuse` is how many multiplications
    one value read from a buffer serves; the rest of the memory is that of sim/memory.py.
    """

    multipliers: int
    buffer_reuse: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(multipliers=self.multipliers, buffer_reuse=self.buffer_reuse)

    def simulate(self, trace: LayerTrace) -> Events:
        """Cycles = dense multiplications / multipliers, rounded up per image."""
        macs = trace.layer.dense_macs
        values = ceil_div(macs, self.buffer_reuse)
        cycles = ceil_div(macs, self.multipliers)
        reads = ArrayBytes(values, values)
        return _events(trace, self.multipliers, cycles, reads, self)


@dataclass(frozen=True)
class DenseMapped(Memory):
    """An output-stationary array of filters x output pixels, one multiplication each per cycle.

    Weights are broadcast over pixels and activations over filters of one convolution group; what
    the filters or pixels of a layer leave over at the edge of the array idles.
    """

    filters_in_parallel: int
    pixels_in_parallel: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            filters_in_parallel=self.filters_in_parallel,
            pixels_in_parallel=self.pixels_in_parallel,
        )

    @property
    def multipliers(self) -> int:
        """Multipliers of the array."""
        return self.filters_in_parallel * self.pixels_in_parallel

    def simulate(self, trace: LayerTrace) -> Events:
        """Cycles = tiles of the output x length of a dot product."""
        layer = trace.layer
        filter_tiles = ceil_div(layer.group_filters, self.filters_in_parallel)
        pixel_tiles = ceil_div(layer.output_pixels, self.pixels_in_parallel)
        per_tile = layer.groups * layer.window
        reads = ArrayBytes(
            weight_read=per_tile * layer.group_filters * pixel_tiles,
            activation_read=per_tile * layer.output_pixels * filter_tiles,
        )
        cycles = per_tile * filter_tiles * pixel_tiles
        return _events(trace, self.multipliers, cycles, reads, self)
