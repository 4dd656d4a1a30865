"""Parts of a dual-side sparse tensor core: units of multipliers, accumulators, what condenses.

Each unit condenses a vector of pixels and one of filters: prefix sums over both bitmaps tell where
a nonzero goes, multiplexers take it there, and a crossbar takes every product to its accumulator.
The accumulators of a tile are read and written by the byte, as the tensor cores'.
"""

from sim.accelerators.dstc.model import PSUM_MEMORY, VALUE_BITS, Dstc
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import crossbar, prefix_sum
from sim.components.shared import register_bit, registers, two_buffers
from sim.components.table import Cost
from sim.memory import PSUM_BYTES

SUM_BITS = 8 * PSUM_BYTES
PSUM_ACCESS_BITS = 256
"""Width of a bank of the accumulators: 8 sums, as in the tensor cores'; assumed."""


def inventory(design: Dstc, parts: Library) -> Inventory:
    """Parts and prices; all selection is that of one unit, as many times as there are units."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    sums = design.tile_pixels * design.tile_filters * PSUM_BYTES
    file = parts.sram(sums, PSUM_ACCESS_BITS)
    mac = parts.mac(VALUE_BITS, SUM_BITS)
    places = design.tile_pixels + design.tile_filters
    merge = crossbar(parts, design.unit_multipliers, design.merge_sums_per_cycle, SUM_BITS)
    counted = [prefix_sum(parts, size) for size in (design.tile_pixels, design.tile_filters)]
    gather = [
        crossbar(parts, design.tile_pixels, design.unit_pixels, VALUE_BITS),
        crossbar(parts, design.tile_filters, design.unit_filters, VALUE_BITS),
    ]
    made_of = (
        *buffers,
        Part("accumulators, a tile each", "buffer", design.units, file),
        Part("multiply-accumulate, 8 bit into 32", "mac", design.multipliers, mac),
        registers(parts, "vectors", design.units * places, VALUE_BITS),
        registers(parts, "bitmaps", design.units * places, 1),
        Part("places of the nonzeros", "selection", design.units, counted[0] + counted[1]),
        Part("condensed vectors", "selection", design.units, gather[0] + gather[1]),
        Part("products to their sums", "selection", design.units, merge),
    )
    return Inventory(
        made_of,
        {**prices, PSUM_MEMORY: (per_byte("buffer", file, PSUM_ACCESS_BITS),)},
        {
            # The vectors are selected once for all products of a step, which share them.
            "mac_int8": (
                Price("mac", mac.read_pj),
                Price("sparsity_logic", merge.read_pj),
            ),
            "register_bit": (
                register_bit(parts),
                Price("sparsity_logic", _condensing_pj_per_bit(design, counted, gather)),
            ),
        },
    )


def _condensing_pj_per_bit(design: Dstc, counted: list[Cost], gather: list[Cost]) -> float:
    """Energy of the places and the way of a vector's values, over the bits that are loaded.

    The places of both vectors are worked out once per pair of vectors; a full pair is as many bits
    as it has places, nine for each (a value and its bit of the bitmap).
    """
    bits = (VALUE_BITS + 1) * (design.tile_pixels + design.tile_filters)
    moved = sum(cost.read_pj for cost in gather) / (2 * (VALUE_BITS + 1))
    return sum(cost.read_pj for cost in counted) / bits + moved
