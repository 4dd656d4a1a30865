"""Bytes that a dense array moves: every operand once from DRAM, then from the on-chip memory."""

from dataclasses import dataclass

from sim.events import Access
from sim.layer import LayerTrace
from sim.taps import output_positions

ACCUMULATOR_BITS = 32
"""Width of the register that a multiplier accumulates in."""


@dataclass(frozen=True)
class DenseReads:
    """Values read from the on-chip memory, over all images."""

    weights: int
    activations: int
    operand_bits: int


def traffic_bytes(trace: LayerTrace, reads: DenseReads) -> dict[Access, int]:
    """Bytes moved, nothing compressed; weights are fetched anew for each image."""
    width = reads.operand_bits // 8
    weights = trace.weight.size * trace.images * width
    activations = trace.activation.size * width
    outputs = output_positions(trace) * width
    return {
        Access("dram", "weight", "read"): weights,
        Access("dram", "activation", "read"): activations,
        Access("dram", "output", "write"): outputs,
        Access("sram_512kib", "weight", "write"): weights,
        Access("sram_512kib", "activation", "write"): activations,
        Access("sram_512kib", "weight", "read"): reads.weights * width,
        Access("sram_512kib", "activation", "read"): reads.activations * width,
        Access("sram_512kib", "output", "write"): outputs,
        Access("sram_512kib", "output", "read"): outputs,
    }


def actions(trace: LayerTrace, operand_bits: int) -> dict[str, float]:
    """A multiplication and an accumulator update for every pair of operands, zero or not."""
    return {
        f"mac_int{operand_bits}": trace.dense_macs,
        "register_bit": trace.dense_macs * ACCUMULATOR_BITS,
    }
