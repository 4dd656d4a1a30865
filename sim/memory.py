"""Bytes between DRAM, the two on-chip buffers and an array, for designs with that hierarchy.

The treatment is the same for every array that uses it, so that ratios between arrays do not depend
on it. Each image is an inference of its own (batch 1, as in latency-bound use): the weights of a
layer are fetched from DRAM once per image, because the layers of one inference overwrite the weight
buffer. Where a feature map lies follows from the map alone, so that the layer that writes it and
the layers that read it agree: it stays on chip if it takes, as stored, at most half of the
activation buffer, since a layer's input and output lie there side by side; a larger map goes
through DRAM. The image always comes from DRAM and the network's output always goes there. A map
that does not fit is read once for each filling of the weight buffer that the layer needs. Of a map
that is concatenated of several layers' outputs each writes its part (sim/outputs.py). What DRAM
delivers is written to a buffer, and what DRAM takes is read from one. The second operand of a
product of activations is a map, too: if it lies on chip it is copied to the weight buffer. What
earlier layers made for a layer to add to its output (residual connections) waits in the activation
buffer, dense as sums are, and is read once. It comes back from DRAM if it does not fit there beside
the input and the output of the layer that adds it. On-chip memories cost by their capacity.
"""

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction

from sim.arithmetic import ceil_div
from sim.events import Access
from sim.outputs import output_values, scaled, written_share
from sim.trace import LayerTrace
from sim.validation import require_positive, require_rate

KIB = 1024
PSUM_BYTES = 4

Traffic = dict[Access, int]

SRAM_ENTRIES = {
    8: "sram_8kib",
    16: "sram_16kib",
    108: "sram_108kib",
    512: "sram_512kib",
    2048: "sram_2mib",
}
"""Technology entries of single memories by capacity in KiB."""


def sram_entry(capacity_kib: int) -> str:
    """The technology entry of the smallest memory of at least this capacity, or of the largest."""
    fitting = [size for size in SRAM_ENTRIES if size >= capacity_kib]
    return SRAM_ENTRIES[min(fitting, default=max(SRAM_ENTRIES))]


@dataclass(frozen=True)
class Memory:
    """Two buffers and DRAM: the parameters that all designs with this hierarchy share.

    A design inherits them, and calls `super().__post_init__()` where it checks its own.

    Attributes:
        weight_buffer_kib, activation_buffer_kib: capacities; they decide what goes through DRAM.
        dram_bytes_per_cycle: bandwidth in bytes per array clock; infinite = never a bound.

    Raises:
        UserError: a value is not positive.
    """

    weight_buffer_kib: int
    activation_buffer_kib: int
    dram_bytes_per_cycle: float

    def __post_init__(self) -> None:
        require_positive(
            weight_buffer_kib=self.weight_buffer_kib,
            activation_buffer_kib=self.activation_buffer_kib,
        )
        require_rate(dram_bytes_per_cycle=self.dram_bytes_per_cycle)

    def traffic(self, stored: "StoredBytes", array: "ArrayBytes") -> Traffic:
        """Bytes moved for one image, by memory, operand and direction; no entry is zero."""
        weights, maps = self.weight_buffer, self.activation_buffer
        residual = self.residual(stored)
        fetched = stored.input * self.input_fetches(stored) + residual.returned
        kept = stored.weight if self.keeps_weight(stored) else 0
        spilled = (stored.written if self.output_leaves(stored) else 0) + residual.evicted
        moved = {
            Access("dram", "weight", "read"): stored.weight - kept,
            Access(weights, "weight", "write"): stored.weight,
            Access(weights, "weight", "read"): array.weight_read,
            Access(maps, "activation", "read"): array.activation_read + residual.read,
            Access(maps, "psum", "write"): array.psum_write,
            Access(maps, "psum", "read"): array.psum_read,
            Access(maps, "output", "write"): stored.written,
            Access("dram", "activation", "read"): fetched,
            Access(maps, "activation", "write"): fetched,
            Access(maps, "output", "read"): spilled,
            Access("dram", "output", "write"): spilled,
        }
        if kept:
            copied = Access(maps, "weight", "read")  # the weight buffer's own, if of one capacity
            moved[copied] = moved.get(copied, 0) + kept
        return {access: count for access, count in moved.items() if count}

    @property
    def weight_buffer(self) -> str:
        """Technology entry of the weight buffer."""
        return sram_entry(self.weight_buffer_kib)

    @property
    def activation_buffer(self) -> str:
        """Technology entry of the activation buffer."""
        return sram_entry(self.activation_buffer_kib)

    def keeps_weight(self, stored: "StoredBytes") -> bool:
        """Whether the second operand is a map that lies in the activation buffer already."""
        return stored.weight_is_map and map_fits(stored.weight, self.activation_buffer_kib * KIB)

    def input_fetches(self, stored: "StoredBytes") -> int:
        """Times that a layer's input comes from DRAM; 0 = it is on chip."""
        if not map_fits(stored.input, self.activation_buffer_kib * KIB):
            return ceil_div(stored.weight, self.weight_buffer_kib * KIB)
        return int(stored.reads_image)

    def output_leaves(self, stored: "StoredBytes") -> bool:
        """Whether a layer's output goes to DRAM, with the map that it is part of."""
        fits = map_fits(stored.output, self.activation_buffer_kib * KIB)
        return stored.ends_network or not fits

    def residual(self, stored: "StoredBytes") -> "ResidualBytes":
        """What the values move that wait to be added to a layer's output."""
        beside = stored.input + stored.output
        return residual_bytes(stored.residual, beside, self.activation_buffer_kib * KIB)

    def stall_cycles(self, compute_cycles: int, traffic: Mapping[Access, int]) -> int:
        """Cycles that DRAM needs beyond the array's own; transfers overlap computation."""
        return stall_cycles(compute_cycles, traffic, self.dram_bytes_per_cycle)


def stall_cycles(
    compute_cycles: int, traffic: Mapping[Access, int], dram_bytes_per_cycle: float
) -> int:
    """Cycles that DRAM needs beyond the array's own; transfers overlap computation."""
    dram_bytes = sum(count for access, count in traffic.items() if access.memory == "dram")
    return max(0, math.ceil(dram_bytes / dram_bytes_per_cycle) - compute_cycles)


def map_fits(map_bytes: int, buffer_bytes: int) -> bool:
    """Whether a map stays in a buffer of which the other half holds the layer's other map."""
    return 2 * map_bytes <= buffer_bytes


@dataclass(frozen=True)
class ResidualBytes:
    """What values that wait for an addition move, one image.

    Attributes:
        read: from the buffer to the adders.
        returned: from DRAM to the buffer.
        evicted: from the buffer to DRAM, beyond what the layers that made them sent there.
    """

    read: int
    returned: int = 0
    evicted: int = 0


def residual_bytes(waiting: int, beside: int, buffer_bytes: int) -> ResidualBytes:
    """Bytes of values that wait in a buffer with the input and output of the layer that adds them.

    What its writer could not keep on chip is in DRAM already; the rest is sent there if it does not
    fit beside the other two maps.
    """
    kept = map_fits(waiting, buffer_bytes)
    if kept and waiting + beside <= buffer_bytes:
        return ResidualBytes(waiting)
    return ResidualBytes(waiting, waiting, waiting if kept else 0)


@dataclass(frozen=True)
class StoredBytes:
    """Size of a layer's operands as a design stores them, one image.

    Attributes:
        weight, input: bytes.
        output: bytes of the map that the layer's reader sees, with what others put beside it.
        reads_image, ends_network: as in the trace.
        weight_is_map: the second operand is a map that an earlier layer wrote.
        residual: what is added to the output, dense, a byte for each value.
        output_share: of the output, what this layer writes.
    """

    weight: int
    input: int
    output: int
    reads_image: bool = False
    ends_network: bool = False
    weight_is_map: bool = False
    _: KW_ONLY
    residual: int = 0
    output_share: Fraction = Fraction(1)

    @property
    def written(self) -> int:
        """Bytes of the output that are this layer's."""
        return scaled(self.output, self.output_share)

    @classmethod
    def of(cls, trace: LayerTrace, weight: int, maps: tuple[int, int]) -> "StoredBytes":
        """Sizes of a trace's operands; `maps` are input and output."""
        layer, ends = trace.layer, (trace.reads_image, trace.ends_network)
        share = written_share(trace)
        return cls(
            weight,
            *maps,
            *ends,
            layer.is_product,
            residual=layer.residual_elements,
            output_share=share,
        )


@dataclass(frozen=True)
class ArrayBytes:
    """What the array reads from and writes to the buffers for one image, the output apart."""

    weight_read: int
    activation_read: int
    psum_write: int = 0
    psum_read: int = 0


def dense_bytes(trace: LayerTrace) -> StoredBytes:
    """One byte for every INT8 value, zero or not."""
    maps = trace.activation[0].size, output_values(trace)
    return StoredBytes.of(trace, trace.weight.size, maps)
