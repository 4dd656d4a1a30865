"""Bytes that Phantom moves: values that are not zero, and one mask bit for every value.

The paper's memory sizes are not known; one global buffer that holds what is reused is assumed, so
each operand crosses DRAM once per image.
"""

from dataclasses import dataclass

from sim.events import Access
from sim.layer import LayerTrace
from sim.taps import bytes_of_bits, output_nonzeros, output_positions

PSUM_BYTES = 4


@dataclass(frozen=True)
class Work:
    """What traffic and energy depend on, over all images.

    Attributes:
        effectual: multiplications.
        entries: mask entries that PE columns look at.
        filter_tiles: how often the input is read for another set of filters.
        pe_columns: PE columns whose sums are added to one partial sum.
    """

    effectual: int
    entries: int
    filter_tiles: int
    pe_columns: int


def _compressed(nonzeros: int, values: int) -> int:
    """Bytes of INT8 values and their mask."""
    return nonzeros + bytes_of_bits(values)


def traffic_bytes(trace: LayerTrace, work: Work) -> dict[Access, int]:
    """Bytes moved by memory, operand and direction, over all images."""
    weights = trace.images * _compressed(int(trace.weight.sum()), trace.weight.size)
    activations = _compressed(int(trace.activation.sum()), trace.activation.size)
    outputs = _compressed(output_nonzeros(trace), output_positions(trace))
    psums = work.entries // work.pe_columns * PSUM_BYTES
    return {
        Access("dram", "weight", "read"): weights,
        Access("dram", "activation", "read"): activations,
        Access("dram", "output", "write"): outputs,
        Access("sram_512kib", "weight", "write"): weights,
        Access("sram_512kib", "weight", "read"): weights,
        Access("sram_512kib", "activation", "write"): activations,
        Access("sram_512kib", "activation", "read"): activations * work.filter_tiles,
        Access("sram_512kib", "output", "write"): outputs,
        Access("sram_512kib", "output", "read"): outputs,
        Access("spad_448b", "weight", "read"): work.effectual,
        Access("spad_448b", "activation", "read"): work.effectual,
        Access("spad_448b", "metadata", "read"): bytes_of_bits(work.entries * 2 * 3),
        Access("spad_80b", "psum", "read"): psums,
        Access("spad_80b", "psum", "write"): psums,
    }


def actions(work: Work) -> dict[str, float]:
    """Multiplications; per entry one mask AND with its count and selection, as a comparison."""
    return {"mac_int8": work.effectual, "comparator_int8": work.entries}
