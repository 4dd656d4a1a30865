"""Parts of a tensor core: buffers, accumulators, multipliers under adder trees, operand registers.

The register files hold sums of 32 bits for as many filters and pixels as the model tiles. A sparse
core adds the multiplexer that picks a multiplier's input from the block of its weight, and the
registers of the indices; a core of several ratios has the multiplexer of its largest block.
"""

from sim.accelerators.tensor_core.model import PSUM_MEMORY, VALUE_BITS, TensorCore
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import adder_tree
from sim.components.shared import register_bit, registers, two_buffers
from sim.memory import PSUM_BYTES

SUM_BITS = 8 * PSUM_BYTES
PSUM_ACCESS_BITS = 256
"""Width of a bank of the register file: the sums of 8 filters; assumed, 16 filters take two."""


def inventory(design: TensorCore, parts: Library) -> Inventory:
    """Parts and prices; selection logic only where a sparse pattern exists."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    sums = design.filters_per_subpartition * design.tile_pixels * PSUM_BYTES
    file = parts.sram(sums, PSUM_ACCESS_BITS)
    product = parts.multiplier(VALUE_BITS)
    tree = adder_tree(parts, design.lanes, 2 * VALUE_BITS) + parts.adder(SUM_BITS)
    widest = design.patterns[-1]
    inputs = design.subpartitions * widest.inputs_per_step(design.lanes)
    made_of = [
        *buffers,
        Part("accumulators, a register file each", "buffer", design.subpartitions, file),
        Part("multipliers, 8 bit", "mac", design.multipliers, product),
        Part("adder trees and accumulation", "mac", design.filters, tree),
        registers(parts, "weights", design.multipliers, VALUE_BITS),
        registers(parts, "inputs", inputs, VALUE_BITS),
    ]
    mac = [Price("mac", product.read_pj + tree.read_pj / design.lanes)]
    if not widest.is_dense:
        picked = parts.multiplexer(widest.block, VALUE_BITS)
        made_of += [
            registers(parts, "indices of the weights", design.multipliers, widest.index_bits),
            Part("input selection of a multiplier", "selection", design.multipliers, picked),
        ]
        mac.append(Price("sparsity_logic", picked.read_pj))
    return Inventory(
        tuple(made_of),
        {**prices, PSUM_MEMORY: (per_byte("buffer", file, PSUM_ACCESS_BITS),)},
        {"mac_int8": tuple(mac), "register_bit": (register_bit(parts),)},
    )
