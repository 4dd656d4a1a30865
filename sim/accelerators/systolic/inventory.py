"""Parts of the systolic arrays: dense, with clock gating (ZVCG), with operand queues (SMT-SA)."""

from math import ceil, log2

from sim.accelerators.systolic.array import Array
from sim.accelerators.systolic.model import (
    ACCUMULATOR_BITS,
    OPERAND_BITS,
    ThreadedArray,
    ZeroGatedArray,
)
from sim.components.cells import Library
from sim.components.inventories import Inventory, Part, Price
from sim.components.parts import zero_detector
from sim.components.shared import Prices, mac, register_bit, registers, two_buffers


def inventory(design: Array, parts: Library) -> Inventory:
    """Parts and prices of any of the arrays; the queues' bits are counted as `register_bit`."""
    buffers, prices = two_buffers(parts, design.weight_buffer_kib, design.activation_buffer_kib)
    count = design.multipliers
    macs = mac(parts, count, OPERAND_BITS, ACCUMULATOR_BITS)
    streams = design.threads if isinstance(design, ThreadedArray) else 1
    prices_of_actions: Prices = {
        "mac_int8": (Price("mac", macs.cost.read_pj),),
        "register_bit": (register_bit(parts),),
    }
    listed = (
        *buffers,
        macs,
        registers(parts, "operand registers", 2 * count * streams, OPERAND_BITS),
        registers(parts, "accumulators", count, ACCUMULATOR_BITS),
    )
    if isinstance(design, ZeroGatedArray):
        return Inventory(listed + _gating(design, parts), prices, prices_of_actions)
    if isinstance(design, ThreadedArray):
        picked = parts.multiplexer(design.threads * design.queue_depth, 2 * OPERAND_BITS)
        prices_of_actions["mac_int8"] += (Price("sparsity_logic", picked.read_pj),)
        queues = _queues(design, parts)
        return Inventory(listed + _gating(design, parts) + queues, prices, prices_of_actions)
    return Inventory(listed, prices, prices_of_actions)


def _gating(design: Array, parts: Library) -> tuple[Part, ...]:
    """Two zero detectors and a clock gate, a latch and a gate, for each operand pair that enters.

    A detector at the edge of the array would do for a row; one per PE is what `zero_gating` of the
    Sparse-Blox area estimate counts.
    """
    pairs = design.multipliers
    pairs *= design.threads if isinstance(design, ThreadedArray) else 1
    return (
        Part("zero detectors", "selection", 2 * pairs, zero_detector(parts, OPERAND_BITS)),
        Part("clock gates", "selection", pairs, parts.register(1) + parts.gates(1)),
    )


def _queues(design: ThreadedArray, parts: Library) -> tuple[Part, ...]:
    """Queues of operand pairs, the choice among their heads and their fill counters."""
    places = design.threads * design.queue_depth
    pair = 2 * OPERAND_BITS
    counter = parts.counter(ceil(log2(design.queue_depth + 1)))
    count = design.multipliers
    return (
        Part("queues", "selection", count * places, parts.register(pair)),
        Part("choice of a pair", "selection", count, parts.multiplexer(places, pair)),
        Part("fill counters", "selection", count * design.threads, counter),
    )
