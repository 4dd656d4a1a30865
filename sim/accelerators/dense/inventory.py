"""Parts of the dense arrays: two buffers, multipliers, accumulators and operand registers.

Each multiplier has a register for either operand, as in a systolic array.
"""

from sim.accelerators.dense.model import (
    ACCUMULATOR_BITS,
    OPERAND_BITS,
    DenseIdeal,
    DenseMapped,
)
from sim.components.cells import Library
from sim.components.inventories import Inventory, Price
from sim.components.shared import mac, register_bit, registers, two_buffers


def inventory(design: DenseIdeal | DenseMapped, parts: Library) -> Inventory:
    """Parts and prices of either dense array."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    count = design.multipliers
    macs = mac(parts, count, OPERAND_BITS, ACCUMULATOR_BITS)
    return Inventory(
        (
            *buffers,
            macs,
            registers(parts, "operand registers", 2 * count, OPERAND_BITS),
            registers(parts, "accumulators", count, ACCUMULATOR_BITS),
        ),
        prices,
        {
            "mac_int8": (Price("mac", macs.cost.read_pj),),
            "register_bit": (register_bit(parts),),
        },
    )
