"""Arrays that skip nothing: the common denominators of the speedups."""

from dataclasses import dataclass
from math import ceil

from sim.accelerators.dense.traffic import DenseReads, actions, traffic_bytes
from sim.events import Events
from sim.layer import LayerTrace
from sim.taps import effectual_macs
from sim.validation import require_choice, require_positive


def _events(trace: LayerTrace, multipliers: int, cycles: int, reads: DenseReads) -> Events:
    """Events of a run in which every dense multiplication takes place."""
    effectual = effectual_macs(trace)
    idle = {
        "zero_operand": trace.dense_macs - effectual,
        "edge": multipliers * cycles - trace.dense_macs,
    }
    return Events(
        cycles,
        trace.dense_macs,
        effectual,
        multipliers,
        idle,
        traffic_bytes(trace, reads),
        actions(trace, reads.operand_bits),
    )


@dataclass(frozen=True)
class DenseIdeal:
    """As many multiplications per cycle as there are multipliers, whatever the layer.

    Only the last cycle of an image may be partly empty. `sram_reuse` is how many multiplications
    one value read from the on-chip memory serves.
    """

    multipliers: int
    sram_reuse: int
    operand_bits: int

    def __post_init__(self) -> None:
        require_positive(multipliers=self.multipliers, sram_reuse=self.sram_reuse)
        require_choice("operand_bits", self.operand_bits, (8, 16))

    def simulate(self, trace: LayerTrace) -> Events:
        """Cycles = dense multiplications / multipliers, rounded up per image."""
        cycles = trace.images * ceil(trace.layer.dense_macs / self.multipliers)
        values = ceil(trace.dense_macs / self.sram_reuse)
        return _events(
            trace, self.multipliers, cycles, DenseReads(values, values, self.operand_bits)
        )


@dataclass(frozen=True)
class DenseMapped:
    """An output-stationary array of filters x output pixels, one multiplication each per cycle.

    Weights are broadcast over pixels and activations over filters of one convolution group; what
    the filters or pixels of a layer leave over at the edge of the array idles.
    """

    filters_in_parallel: int
    pixels_in_parallel: int
    operand_bits: int

    def __post_init__(self) -> None:
        require_positive(
            filters_in_parallel=self.filters_in_parallel,
            pixels_in_parallel=self.pixels_in_parallel,
        )
        require_choice("operand_bits", self.operand_bits, (8, 16))

    @property
    def multipliers(self) -> int:
        """Multipliers of the array."""
        return self.filters_in_parallel * self.pixels_in_parallel

    def simulate(self, trace: LayerTrace) -> Events:
        """Cycles = tiles of the output x length of a dot product."""
        layer = trace.layer
        filter_tiles = ceil(layer.group_filters / self.filters_in_parallel)
        pixel_tiles = ceil(layer.output_pixels / self.pixels_in_parallel)
        per_tile = layer.groups * layer.window * trace.images
        reads = DenseReads(
            weights=per_tile * layer.group_filters * pixel_tiles,
            activations=per_tile * layer.output_pixels * filter_tiles,
            operand_bits=self.operand_bits,
        )
        return _events(trace, self.multipliers, per_tile * filter_tiles * pixel_tiles, reads)
