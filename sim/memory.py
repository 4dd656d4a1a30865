"""Bytes between DRAM, the two on-chip buffers and an array, for designs with that hierarchy.

The treatment is the same for every array that uses it, so that ratios between arrays do not depend
on it. Each image is an inference of its own (batch 1, as in latency-bound use): the weights of a
layer are fetched from DRAM once per image, because the layers of one inference overwrite the weight
buffer. The input and output of a layer stay on chip when both fit in the activation buffer as
stored; otherwise both go through DRAM, the input once for each filling of the weight buffer that
the layer needs. What DRAM delivers is written to a buffer, and what DRAM takes is read from one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.events import Access
from sim.trace import LayerTrace
from sim.validation import require_positive, require_rate

WEIGHT_BUFFER = "sram_512kib"
ACTIVATION_BUFFER = "sram_2mib"
KIB = 1024
PSUM_BYTES = 4

Traffic = dict[Access, int]

SRAM_ENTRIES = {8: "sram_8kib", 108: "sram_108kib", 512: "sram_512kib", 2048: "sram_2mib"}
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
        moved = {
            Access("dram", "weight", "read"): stored.weight,
            Access(WEIGHT_BUFFER, "weight", "write"): stored.weight,
            Access(WEIGHT_BUFFER, "weight", "read"): array.weight_read,
            Access(ACTIVATION_BUFFER, "activation", "read"): array.activation_read,
            Access(ACTIVATION_BUFFER, "psum", "write"): array.psum_write,
            Access(ACTIVATION_BUFFER, "psum", "read"): array.psum_read,
            Access(ACTIVATION_BUFFER, "output", "write"): stored.output,
        }
        if stored.input + stored.output > self.activation_buffer_kib * KIB:
            fillings = ceil_div(stored.weight, self.weight_buffer_kib * KIB)
            moved |= {
                Access("dram", "activation", "read"): stored.input * fillings,
                Access(ACTIVATION_BUFFER, "activation", "write"): stored.input * fillings,
                Access(ACTIVATION_BUFFER, "output", "read"): stored.output,
                Access("dram", "output", "write"): stored.output,
            }
        return {access: count for access, count in moved.items() if count}

    def stall_cycles(self, compute_cycles: int, traffic: Mapping[Access, int]) -> int:
        """Cycles that DRAM needs beyond the array's own; transfers overlap computation."""
        return stall_cycles(compute_cycles, traffic, self.dram_bytes_per_cycle)


def stall_cycles(
    compute_cycles: int, traffic: Mapping[Access, int], dram_bytes_per_cycle: float
) -> int:
    """Cycles that DRAM needs beyond the array's own; transfers overlap computation."""
    dram_bytes = sum(count for access, count in traffic.items() if access.memory == "dram")
    return max(0, math.ceil(dram_bytes / dram_bytes_per_cycle) - compute_cycles)


@dataclass(frozen=True)
class StoredBytes:
    """Size of a layer's operands as a design stores them, one image."""

    weight: int
    input: int
    output: int


@dataclass(frozen=True)
class ArrayBytes:
    """What the array reads from and writes to the buffers for one image, the output apart."""

    weight_read: int
    activation_read: int
    psum_write: int = 0
    psum_read: int = 0


def dense_bytes(trace: LayerTrace) -> StoredBytes:
    """One byte for every INT8 value, zero or not."""
    return StoredBytes(trace.weight.size, trace.activation[0].size, output_values(trace))


def output_values(trace: LayerTrace) -> int:
    """Values that one image writes back, after pooling if the trace has the consumer's input."""
    if trace.output is None:
        return trace.layer.out_channels * trace.layer.output_pixels
    return int(trace.output[0].size)
