"""What the inventories of several designs have in common: the two buffers, MACs and registers."""

from sim.components.cells import Library
from sim.components.inventories import Part, Price, per_byte
from sim.memory import KIB

BUFFER_BITS = 256
"""Width of an access to a shared buffer; assumed, as in the mixed entries."""

Prices = dict[str, tuple[Price, ...]]


def buffer(parts: Library, name: str, capacity_kib: int, bits: int = BUFFER_BITS) -> Part:
    """Make one shared on-chip memory a part of a design."""
    return Part(name, "memory", 1, parts.sram(capacity_kib * KIB, bits))


def two_buffers(
    parts: Library, weight_kib: int, activation_kib: int
) -> tuple[tuple[Part, Part], Prices]:
    """The weight and activation buffers of sim/memory.py, and the prices of their bytes."""
    weights = buffer(parts, "weight buffer", weight_kib)
    activations = buffer(parts, "activation buffer", activation_kib)
    prices: Prices = {
        "sram.weight": (per_byte("sram", weights.cost, BUFFER_BITS),),
        "sram": (per_byte("sram", activations.cost, BUFFER_BITS),),
    }
    return (weights, activations), prices


def mac(parts: Library, count: int, operand_bits: int, sum_bits: int) -> Part:
    """Multipliers with the adders of their sums."""
    name = f"multiply-accumulate, {operand_bits} bit into {sum_bits}"
    return Part(name, "mac", count, parts.mac(operand_bits, sum_bits))


def registers(parts: Library, name: str, count: int, bits: int) -> Part:
    """Registers of equal width."""
    return Part(name, "register", count, parts.register(bits))


def register_bit(parts: Library) -> Price:
    """A bit that is written to a register and read from it."""
    bit = parts.register(1)
    return Price("register", bit.read_pj + bit.write_pj)
