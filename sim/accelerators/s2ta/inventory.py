"""Parts of S2TA's arrays of tensor PEs: time-unrolled (AW) and dot-product (W).

What the selection logic consists of follows the lane of the public DP1M4 code and the density-bound
block format; the paper's own area and power by part were not readable.
"""

from sim.accelerators.s2ta.model import (
    ACCUMULATOR_BITS,
    INDEX_BITS,
    MASK_BITS,
    VALUE_BITS,
    DotProductArray,
    TensorArray,
    TimeUnrolledArray,
)
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price
from sim.components.parts import adder_tree, priority_encoder, pruner
from sim.components.shared import BUFFER_BITS, mac, register_bit, registers, two_buffers
from sim.components.table import Cost
from sim.masks.density_bound import DBB_BLOCK


def inventory(design: TensorArray, parts: Library) -> Inventory:
    """Parts and prices of either array."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    tpes = design.rows * design.columns
    outputs = tpes * design.tpe_pixels * design.tpe_filters
    shared = (
        *buffers,
        registers(parts, "accumulators", outputs, ACCUMULATOR_BITS),
        registers(
            parts, "weights held", tpes * design.tpe_filters * design.weight_slots, VALUE_BITS
        ),
        registers(parts, "masks of the weights", tpes * design.tpe_filters, MASK_BITS),
    )
    if isinstance(design, TimeUnrolledArray):
        return _time_unrolled(design, parts, shared, prices, outputs)
    if isinstance(design, DotProductArray):
        return _dot_product(design, parts, shared, prices, outputs)
    raise TypeError(f"{type(design).__name__} is no S2TA array")


def _time_unrolled(
    design: TimeUnrolledArray,
    parts: Library,
    shared: tuple[Part, ...],
    prices: dict[str, tuple[Price, ...]],
    lanes: int,
) -> Inventory:
    """A lane looks its activation's index up in the weight mask and picks the weight."""
    tpes = design.rows * design.columns
    macs = mac(parts, lanes, VALUE_BITS, ACCUMULATOR_BITS)
    lookup = _index_lookup(parts, design.weight_slots)
    maxima = pruner(parts, DBB_BLOCK, design.max_activation_nonzeros, VALUE_BITS)
    blocks_per_cycle = BUFFER_BITS // (DBB_BLOCK * VALUE_BITS)
    compared = parts.comparator(VALUE_BITS) + parts.multiplexer(2, VALUE_BITS)
    activation_bits = VALUE_BITS + INDEX_BITS
    return Inventory(
        (
            *shared,
            macs,
            registers(parts, "activations", tpes * design.tpe_pixels, activation_bits),
            Part("weight selection of a lane", "selection", lanes, lookup),
            Part("activation pruner (DAP)", "selection", blocks_per_cycle, maxima),
        ),
        prices,
        {
            "mac_int8": (
                Price("mac", macs.cost.read_pj),
                Price("sparsity_logic", lookup.read_pj),
            ),
            "register_bit": (register_bit(parts),),
            "comparator_int8": (Price("sparsity_logic", compared.read_pj),),
        },
    )


def _index_lookup(parts: Library, weight_slots: int) -> Cost:
    """Is the weight of this index there (8:1 of the mask), which is it (ones before), fetch it.

    The ones before a position are counted by gating the mask and a tree of 7 bits.
    """
    present = parts.multiplexer(DBB_BLOCK, 1)
    before = parts.gates(MASK_BITS) + adder_tree(parts, MASK_BITS - 1, 1)
    return present + before + parts.multiplexer(weight_slots, VALUE_BITS)


def _dot_product(
    design: DotProductArray,
    parts: Library,
    shared: tuple[Part, ...],
    prices: dict[str, tuple[Price, ...]],
    outputs: int,
) -> Inventory:
    """A multiplier picks, of the 8 activations of a block, the one that its weight belongs to."""
    tpes = design.rows * design.columns
    lanes = outputs * design.weight_slots
    product, picked = parts.multiplier(VALUE_BITS), parts.multiplexer(DBB_BLOCK, VALUE_BITS)
    tree = adder_tree(parts, design.weight_slots, 2 * VALUE_BITS) + parts.adder(ACCUMULATOR_BITS)
    decoder = design.weight_slots * priority_encoder(parts, DBB_BLOCK)
    activations = tpes * design.tpe_pixels * DBB_BLOCK
    return Inventory(
        (
            *shared,
            Part("multipliers, 8 bit", "mac", lanes, product),
            Part("adder trees and accumulation", "mac", outputs, tree),
            registers(parts, "activations", activations, VALUE_BITS),
            Part("activation selection of a lane", "selection", lanes, picked),
            Part("positions of a mask's ones", "selection", tpes * design.tpe_filters, decoder),
        ),
        prices,
        {
            "mac_int8": (
                Price("mac", product.read_pj + tree.read_pj / design.weight_slots),
                Price("sparsity_logic", picked.read_pj),
            ),
            "register_bit": (register_bit(parts),),
        },
    )
