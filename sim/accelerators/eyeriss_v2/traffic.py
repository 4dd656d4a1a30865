"""Bytes that Eyeriss v2 moves: compressed columns between DRAM, global buffer and scratchpads.

Best cases where the schedule of the chip is not known: weights cross DRAM once per image and go
straight to the PEs, partial sums never leave the chip, an activation row is multicast to all PEs
that need it. The network on chip itself is not counted.
"""

from dataclasses import dataclass

import numpy as np

from sim.accelerators.eyeriss_v2.mapping import Blocking
from sim.accelerators.eyeriss_v2.work import PeWork
from sim.arithmetic import Counts, ceil_div
from sim.events import Access
from sim.memory import KIB, map_fits, residual_bytes, sram_entry
from sim.outputs import output_values, scaled, written_share
from sim.trace import LayerTrace

VALUE_BITS, RUN_BITS = 8, 4
"""A nonzero value and the zeros that it follows."""
ACTIVATION_ADDRESS_BITS, WEIGHT_ADDRESS_BITS = 4, 7
"""Start of a column in a scratchpad."""
PSUM_BITS = 20


def _bytes(bits: int) -> int:
    return ceil_div(bits, 8)


def column_bytes(values: int, columns: int, address_bits: int) -> int:
    """Bytes of compressed columns, values and indices."""
    return _bytes(values * (VALUE_BITS + RUN_BITS) + columns * address_bits)


@dataclass(frozen=True)
class Movement:
    """What determines the bytes of one image.

    Attributes:
        work: of the PEs.
        rows: (C, E, R, S) activations met, from `row_counts`.
        blocking: filters and channels of an item.
        sets: items at a time.
        activation_buffer_kib: share of the global buffer that holds activations.
    """

    work: PeWork
    rows: Counts
    blocking: Blocking
    sets: int
    activation_buffer_kib: int


def _maps(trace: LayerTrace, image: int, blocking: Blocking) -> tuple[int, int]:
    """Compressed input and output of one image, bytes; a column holds a block of channels."""
    layer = trace.layer
    height, width = layer.input_size
    columns = layer.groups * blocking.channel_blocks(layer) * height * width
    values = int(np.count_nonzero(trace.activation[image]))
    stored_input = column_bytes(values, columns, ACTIVATION_ADDRESS_BITS)
    written = output_values(trace)
    nonzeros = written if trace.output is None else int(np.count_nonzero(trace.output[image]))
    output_columns = ceil_div(written, blocking.channels)
    return stored_input, column_bytes(nonzeros, output_columns, ACTIVATION_ADDRESS_BITS)


def traffic_bytes(trace: LayerTrace, image: int, moved: Movement) -> dict[Access, int]:
    """Bytes of one image by memory, operand and direction; no entry is zero.

    Maps, and what waits to be added, stay in the global buffer under the rules of sim/memory.py; an
    input that does not fit comes from DRAM once for each block of filters.
    """
    layer, blocking = trace.layer, moved.blocking
    filter_blocks, channel_blocks = blocking.filter_blocks(layer), blocking.channel_blocks(layer)
    capacity = moved.activation_buffer_kib * KIB
    stored_input, stored_output = _maps(trace, image, blocking)
    fetches = int(trace.reads_image) if map_fits(stored_input, capacity) else filter_blocks
    residual = residual_bytes(layer.residual_elements, stored_input + stored_output, capacity)
    fetched = stored_input * fetches + residual.returned
    leaves = trace.ends_network or not map_fits(stored_output, capacity)
    written = scaled(stored_output, written_share(trace))
    spilled = (written if leaves else 0) + residual.evicted
    buffer = sram_entry(moved.activation_buffer_kib)
    weight_columns = filter_blocks * int(np.prod(layer.weight_shape[1:])) * layer.groups
    weights = trace.weight_nonzeros
    stored_weight = column_bytes(weights, weight_columns, WEIGHT_ADDRESS_BITS)
    # consecutive items of a set share their weights while the output row changes
    loads = min(layer.output_size[0], moved.sets)
    met = int(moved.rows.sum()) * filter_blocks
    psums = _bytes(layer.out_channels * layer.output_pixels * channel_blocks * PSUM_BITS)
    returned = _bytes(layer.out_channels * layer.output_pixels * (channel_blocks - 1) * PSUM_BITS)
    words = moved.work.words
    traffic = {
        Access("dram", "weight", "read"): stored_weight,
        Access("dram", "activation", "read"): fetched,
        Access("dram", "output", "write"): spilled,
        Access(buffer, "activation", "write"): fetched,
        Access(buffer, "activation", "read"): stored_input * filter_blocks + residual.read,
        Access(buffer, "psum", "write"): psums,
        Access(buffer, "psum", "read"): returned,
        Access(buffer, "output", "write"): written,
        Access(buffer, "output", "read"): spilled,
        Access("spad_192b", "weight", "write"): weights * loads,
        Access("spad_192b", "weight", "read"): words,
        Access("spad_128b", "metadata", "write"): _bytes(weights * loads * RUN_BITS),
        Access("spad_128b", "metadata", "read"): _bytes(words * RUN_BITS),
        Access("spad_16b", "activation", "read"): met,
        Access("spad_13b", "metadata", "read"): _bytes(met * RUN_BITS),
        Access("spad_80b", "psum", "read"): _bytes(moved.work.products * PSUM_BITS),
        Access("spad_80b", "psum", "write"): _bytes(moved.work.products * PSUM_BITS),
    }
    return {access: count for access, count in traffic.items() if count}
