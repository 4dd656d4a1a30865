"""Bytes that Phantom moves: values that are not zero, and one mask bit for every value.

The paper's memories are not known. Buffers and DRAM are those of `sim.memory`, as for the other
arrays; each core is given one scratchpad for operands and masks and one for partial sums.
"""

from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.compressed_formats import INT8_BITS, bitmap_bytes, bitmap_map_bytes
from sim.events import Access
from sim.memory import PSUM_BYTES, ArrayBytes, Memory, StoredBytes, Traffic
from sim.trace import LayerTrace

MASK_BITS_PER_ENTRY = 6
"""Three of the weights and three of the activations."""


@dataclass(frozen=True)
class PhantomWork:
    """What one image asks of the array.

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


def stored_bytes(trace: LayerTrace, image: int) -> StoredBytes:
    """Weights, input and output of one image; an output that is not known has no zeros."""
    weights = bitmap_bytes(trace.weight, INT8_BITS)
    return StoredBytes.of(trace, weights, bitmap_map_bytes(trace, image))


def traffic_bytes(stored: StoredBytes, work: PhantomWork, memory: Memory) -> Traffic:
    """Bytes of one image: weights are read once, the input once per set of filters."""
    reads = ArrayBytes(stored.weight, stored.input * work.filter_tiles)
    psums = work.entries // work.pe_columns * PSUM_BYTES
    return {
        **memory.traffic(stored, reads),
        Access("spad_448b", "weight", "read"): work.effectual,
        Access("spad_448b", "activation", "read"): work.effectual,
        Access("spad_448b", "metadata", "read"): ceil_div(work.entries * MASK_BITS_PER_ENTRY, 8),
        Access("spad_80b", "psum", "read"): psums,
        Access("spad_80b", "psum", "write"): psums,
    }


def actions(work: PhantomWork) -> dict[str, float]:
    """Multiplications; per entry one mask AND with its count and selection, as a comparison."""
    return {"mac_int8": work.effectual, "comparator_int8": work.entries}
