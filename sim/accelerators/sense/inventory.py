"""Parts of Sense: PEs that match bit maps of a kernel and a tile channel; two buffers.

A multiplier holds an R x S kernel and one channel of an output tile, both as bit map and nonzeros.
The paper's PE could not be read; sizes below are what the model's passes need.
"""

from sim.accelerators.sense.model import Sense
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price, per_byte
from sim.components.parts import priority_encoder, store
from sim.components.shared import BUFFER_BITS, buffer, mac, register_bit, registers
from sim.memory import PSUM_BYTES

KERNEL_POSITIONS = 9
SUM_BITS = 8 * PSUM_BYTES


def inventory(design: Sense, parts: Library) -> Inventory:
    """Parts and prices; a multiplication finds the next pair and adds two places."""
    pes, bits = design.multipliers, design.value_bits
    activations = buffer(parts, "activation buffer", design.buffer_kib)
    weights = buffer(parts, "weight buffer", design.buffer_kib)
    macs = mac(parts, pes, bits, SUM_BITS)
    kernel = store(parts, KERNEL_POSITIONS, bits)
    values = store(parts, design.tile, bits)
    match = priority_encoder(parts, KERNEL_POSITIONS) + priority_encoder(parts, design.tile)
    place = 2 * parts.adder(6)
    columns = parts.comparator(16) + parts.multiplexer(2, 16)
    return Inventory(
        (
            activations,
            weights,
            Part("kernels", "buffer", pes, kernel),
            Part("a row of a tile", "buffer", pes, values),
            macs,
            registers(parts, "sums on their way down", pes, SUM_BITS),
            registers(parts, "bit maps", pes, KERNEL_POSITIONS + design.tile),
            Part("next pair of nonzeros", "selection", pes, match),
            Part("place of a product", "selection", pes, place),
            Part("channel clustering, a sorter of a row", "selection", design.rows, columns),
        ),
        {
            "sram": (per_byte("sram", activations.cost, BUFFER_BITS),),
            "spad.weight": (per_byte("buffer", kernel, bits),),
            "spad.activation": (per_byte("buffer", values, bits),),
        },
        {
            f"mac_int{bits}": (
                Price("mac", macs.cost.read_pj),
                Price("sparsity_logic", match.read_pj + place.read_pj),
            ),
            "register_bit": (register_bit(parts),),
        },
    )
