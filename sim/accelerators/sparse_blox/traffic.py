"""Bytes of one image: the zero map, the blocks that the DMA gathers, weights, sums, outputs."""

from dataclasses import dataclass

from sim.arithmetic import ceil_div
from sim.events import Access
from sim.memory import KIB, PSUM_BYTES, Memory, ResidualBytes, StoredBytes

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
    With "dram" every map lies in DRAM, and so does what waits to be added to the output.
    """
    map_bytes = ceil_div(gathered.map_bits, 8)
    fillings = ceil_div(stored.weight, memory.weight_buffer_kib * KIB)
    fetches = fillings if source == "dram" else memory.input_fetches(stored)
    residual = memory.residual(stored)
    if source == "dram":
        residual = ResidualBytes(stored.residual, stored.residual)
    fetched = fetches * (gathered.once if source == "dram" else stored.input) + residual.returned
    map_spilled = map_bytes if fetches else 0
    leaves = source == "dram" or memory.output_leaves(stored)
    spilled = (stored.written if leaves else 0) + residual.evicted
    weights, maps = memory.weight_buffer, memory.activation_buffer
    sums = gathered.waiting_sums * PSUM_BYTES
    kept = stored.weight if source != "dram" and memory.keeps_weight(stored) else 0
    moved = {
        Access("dram", "weight", "read"): stored.weight - kept,
        Access(weights, "weight", "write"): stored.weight,
        Access(weights, "weight", "read"): gathered.weight_read,
        Access(maps, "activation", "read"): gathered.once * gathered.passes + residual.read,
        Access(maps, "psum", "write"): sums,
        Access(maps, "psum", "read"): sums,
        Access(maps, "output", "write"): stored.written,
        Access("dram", "activation", "read"): fetched,
        Access(maps, "activation", "write"): fetched,
        Access("dram", "metadata", "write"): map_spilled,
        Access("dram", "metadata", "read"): map_spilled * fetches,
        Access(maps, "metadata", "write"): map_bytes + map_spilled * fetches,
        Access(maps, "metadata", "read"): map_bytes * gathered.passes + map_spilled,
        Access(maps, "output", "read"): spilled,
        Access("dram", "output", "write"): spilled,
    }
    if kept:
        copied = Access(maps, "weight", "read")  # the weight buffer's own, if of one capacity
        moved[copied] = moved.get(copied, 0) + kept
    return {access: count for access, count in moved.items() if count}
