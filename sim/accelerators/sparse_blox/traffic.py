"""Bytes of one image: the zero map, the blocks that the DMA gathers, weights, sums, outputs."""

from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.events import Access
from sim.memory import ACTIVATION_BUFFER, KIB, PSUM_BYTES, WEIGHT_BUFFER, Memory, StoredBytes

SOURCES = ("buffer", "dram")
"""Where the DMA gathers the blocks of the im2col matrix from (parameter `im2col_source`)."""


@dataclass(frozen=True)
class Gathered:
    """What one image asks of the buffers.

    Attributes:
        weight_read: weights that the multipliers take from the buffer, bytes.
        once: values of all blocks that are fetched, bytes.
        passes: how often all of them go to the multipliers.
        waiting_sums: partial sums put aside and taken up again.
        map_bits: size of the zero map; 0 = none.
    """

    weight_read: int
    once: int
    passes: int
    waiting_sums: int
    map_bits: int


def image_traffic(
    memory: Memory, source: str, stored: StoredBytes, gathered: Gathered
) -> dict[Access, int]:
    """Bytes by memory, operand and direction; no entry is zero.

    The treatment is that of sim/memory.py, with two additions. The map is written as the input is
    produced and read whenever its blocks are; it goes where the input goes. With source "dram"
    the blocks are gathered from DRAM, once for each filling of the weight buffer, and an activation
    that several blocks hold is fetched for each of them; with "buffer" they are gathered on chip.
    """
    map_bytes = ceil_div(gathered.map_bits, 8)
    held = stored.input + map_bytes + stored.output
    off_chip = source == "dram" or held > memory.activation_buffer_kib * KIB
    sums = gathered.waiting_sums * PSUM_BYTES
    moved = {
        Access("dram", "weight", "read"): stored.weight,
        Access(WEIGHT_BUFFER, "weight", "write"): stored.weight,
        Access(WEIGHT_BUFFER, "weight", "read"): gathered.weight_read,
        Access(ACTIVATION_BUFFER, "activation", "read"): gathered.once * gathered.passes,
        Access(ACTIVATION_BUFFER, "psum", "write"): sums,
        Access(ACTIVATION_BUFFER, "psum", "read"): sums,
        Access(ACTIVATION_BUFFER, "output", "write"): stored.output,
        Access(ACTIVATION_BUFFER, "metadata", "write"): map_bytes,
        Access(ACTIVATION_BUFFER, "metadata", "read"): map_bytes * gathered.passes,
    }
    if off_chip:
        fillings = ceil_div(stored.weight, memory.weight_buffer_kib * KIB)
        fetched = fillings * (gathered.once if source == "dram" else stored.input)
        moved |= {
            Access("dram", "activation", "read"): fetched,
            Access(ACTIVATION_BUFFER, "activation", "write"): fetched,
            Access("dram", "metadata", "write"): map_bytes,
            Access("dram", "metadata", "read"): map_bytes * fillings,
            Access(ACTIVATION_BUFFER, "metadata", "write"): map_bytes * (1 + fillings),
            Access(ACTIVATION_BUFFER, "metadata", "read"): map_bytes * (1 + gathered.passes),
            Access(ACTIVATION_BUFFER, "output", "read"): stored.output,
            Access("dram", "output", "write"): stored.output,
        }
    return {access: count for access, count in moved.items() if count}
