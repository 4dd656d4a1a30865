"""Parts of the Sparse-Blox designs: systolic array or vector unit, with or without a zero map.

The map's logic is that of `area.py` in components: an adder tree over a line of a block, an
accumulator, a comparator, and the DMA's address adder and counters. No source gives its area.
"""

from math import ceil, log2

from sim.accelerators.sparse_blox.area import ADDRESS_BITS, COUNTER_BITS
from sim.accelerators.sparse_blox.gathering import ACCUMULATOR_BITS, OPERAND_BITS, Gathering
from sim.accelerators.sparse_blox.systolic_array import BlockSkippingSystolicArray, SystolicArray
from sim.accelerators.sparse_blox.vector_unit import BlockSkippingVectorUnit, VectorUnit
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price
from sim.components.parts import adder_tree, store
from sim.components.shared import mac, register_bit, registers, two_buffers


def inventory(design: Gathering, parts: Library) -> Inventory:
    """Parts and prices of any of the four designs."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    if isinstance(design, SystolicArray):
        count, array = design.multipliers, _systolic(design, parts)
    elif isinstance(design, VectorUnit):
        count, array = design.multipliers, _vector(design, parts)
    else:
        raise TypeError(f"{type(design).__name__} is no Sparse-Blox design")
    macs = mac(parts, count, OPERAND_BITS, ACCUMULATOR_BITS)
    return Inventory(
        (*buffers, macs, *array, *_zero_map(design, parts)),
        prices,
        {
            "mac_int8": (Price("mac", macs.cost.read_pj),),
            "register_bit": (register_bit(parts),),
            "add_int16": (Price("sparsity_logic", parts.adder(16).read_pj),),
            "comparator_int8": (Price("sparsity_logic", parts.comparator(16).read_pj),),
        },
    )


def _systolic(design: SystolicArray, parts: Library) -> tuple[Part, ...]:
    count = design.multipliers
    return (
        registers(parts, "operand registers", 2 * count, OPERAND_BITS),
        registers(parts, "sums on their way down", count, ACCUMULATOR_BITS),
    )


def _vector(design: VectorUnit, parts: Library) -> tuple[Part, ...]:
    file = store(parts, design.accumulators, ACCUMULATOR_BITS)
    return (
        Part("vector registers of sums", "buffer", design.lanes, file),
        registers(parts, "operand registers", design.lanes, OPERAND_BITS),
    )


def _zero_map(design: Gathering, parts: Library) -> tuple[Part, ...]:
    if isinstance(design, BlockSkippingSystolicArray):
        width, height = design.rows, design.block_height
    elif isinstance(design, BlockSkippingVectorUnit):
        width, height = 1, design.lanes
    else:
        return ()
    bits = OPERAND_BITS + ceil(log2(max(2, width * height)))
    made = parts.adder(bits) + parts.comparator(bits) + parts.register(2 * bits)
    skipped = parts.adder(ADDRESS_BITS) + parts.multiplexer(2, ADDRESS_BITS)
    return (
        Part(
            "sums of a block's lines",
            "selection",
            1,
            adder_tree(parts, width, OPERAND_BITS) + made,
        ),
        Part("addresses that skip a block", "selection", 1, skipped),
        Part("block counters", "selection", 2, parts.counter(COUNTER_BITS)),
        Part("map bytes under way", "selection", 2, parts.register(OPERAND_BITS)),
    )
