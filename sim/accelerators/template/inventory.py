"""Parts of a described accelerator: what its parameters imply, each from the common library.

Skipping both operands takes what a join in SparTen takes: the matches of two masks, an encoder for
each lane, and prefix sums that tell where the values of a match lie. Skipping one operand takes the
encoders alone, since its values are passed in order and those of the other are not packed. Gating
takes a detector of zeros at each multiplier. Values wait in chunks: one for each unit's filter, one
for each group's window.
"""

from sim.accelerators.template.model import ACCUMULATOR_BITS, VALUE_BITS, Template
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price
from sim.components.parts import prefix_sum, priority_encoder, store, zero_detector
from sim.components.shared import mac, register_bit, registers, two_buffers

PREFIX_SUMS = "prefix sums"
PAIRS_PER_CHUNK = {"low": 16, "basis": 8, "high": 2}
"""Multiplications for which the prefix sums of a chunk stand still; assumed, as for SparTen."""


def inventory(design: Template, parts: Library) -> Inventory:
    """Parts and prices; a multiplication is charged what selects its operands."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    macs = mac(parts, design.multipliers, VALUE_BITS, ACCUMULATOR_BITS)
    units = design.groups * design.units_per_group
    values = store(parts, design.chunk, VALUE_BITS)
    selection = tuple(_selection(design, parts, units))
    each = sum(part.cost.read_pj for part in selection if part.name != PREFIX_SUMS)
    still = PAIRS_PER_CHUNK[parts.estimate]
    each += sum(2 * part.cost.read_pj / still for part in selection if part.name == PREFIX_SUMS)
    return Inventory(
        (
            *buffers,
            macs,
            Part("filter chunks", "buffer", units, values),
            Part("input chunks", "buffer", design.groups, values),
            registers(parts, "operands", 2 * design.multipliers, VALUE_BITS),
            registers(parts, "sums", design.multipliers, ACCUMULATOR_BITS),
            *selection,
        ),
        prices,
        {
            "mac_int8": (
                Price("mac", macs.cost.read_pj),
                Price("buffer", 2 * values.read_pj),
                Price("sparsity_logic", each),
            ),
            "register_bit": (register_bit(parts),),
        },
    )


def _selection(design: Template, parts: Library, units: int) -> list[Part]:
    made_of = []
    if design.skips != "none":
        encoder = priority_encoder(parts, design.chunk)
        made_of.append(Part("encoders", "selection", design.multipliers, encoder))
    if design.skips == "both":
        matches = parts.gates(2 * design.chunk)
        made_of.append(Part("matches of two masks", "selection", units, matches))
        sums = prefix_sum(parts, design.chunk)
        made_of.append(Part(PREFIX_SUMS, "selection", 2 * units, sums))
    if design.gates != "none":
        operands = 2 if design.gates == "both" else 1
        detector = zero_detector(parts, VALUE_BITS)
        made_of.append(
            Part("detectors of zeros", "selection", operands * design.multipliers, detector)
        )
    return made_of
