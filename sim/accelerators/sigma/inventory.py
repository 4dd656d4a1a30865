"""Parts of SIGMA: a Benes network to the multipliers, and adders that reduce any rows at once.

The forwarding adder network has one adder less than multipliers, of 32 bits, each with a
multiplexer before either input that picks a neighbour's sum; how many links a real one has grows
with its level (HPCA 2020), here two inputs each. The controller that compares bitmaps has prefix
sums over both.
"""

from sim.accelerators.sigma.model import VALUE_BITS, Sigma
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price
from sim.components.parts import permutation, prefix_sum
from sim.components.shared import register_bit, registers, two_buffers
from sim.memory import PSUM_BYTES

SUM_BITS = 8 * PSUM_BYTES


def inventory(design: Sigma, parts: Library) -> Inventory:
    """Parts and prices; a product is one value through the network and one adder with its links."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    count = design.multipliers
    product, adder = parts.multiplier(VALUE_BITS), parts.adder(SUM_BITS)
    network = permutation(parts, count, VALUE_BITS)
    links = 2 * parts.multiplexer(2, SUM_BITS)
    places = prefix_sum(parts, count)
    made_of = (
        *buffers,
        Part("multipliers, 8 bit", "mac", count, product),
        Part("adders of the reduction", "mac", count - 1, adder),
        registers(parts, "values that stay", count, VALUE_BITS),
        registers(parts, "values that stream", count, VALUE_BITS),
        Part("Benes network", "selection", 1, network),
        Part("forwarding links of the adders", "selection", count - 1, links),
        Part("places of the nonzeros of both operands", "selection", 2, places),
    )
    selected = network.read_pj + links.read_pj + 2 * places.read_pj / count
    return Inventory(
        made_of,
        prices,
        {
            "mac_int8": (
                Price("mac", product.read_pj + adder.read_pj),
                Price("sparsity_logic", selected),
            ),
            "register_bit": (register_bit(parts),),
        },
    )
