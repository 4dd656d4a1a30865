"""Parts that are counted from components: small stores, crossbars, joins, encoders, pruners."""

from math import ceil, log2

from sim.components.cells import SRAM_WORDS, Library
from sim.components.table import Cost


def _levels(count: int) -> int:
    return ceil(log2(count)) if count > 1 else 0


def store(parts: Library, words: int, width_bits: int) -> Cost:
    """A small store: a file of registers up to 64 words, an SRAM from there; energies per access.

    A file of registers has a register per word, a multiplexer for reading and a decoder for
    writing, as many gates as words.
    """
    if words >= SRAM_WORDS:
        return parts.sram(ceil(words * width_bits / 8), width_bits)
    word = parts.register(width_bits)
    picked = parts.multiplexer(words, width_bits) + parts.gates(words)
    return Cost(
        word.read_pj + picked.read_pj,
        word.write_pj,
        words * word.area_um2 + picked.area_um2,
        words * word.leakage_uw + picked.leakage_uw,
    )


def fifo(parts: Library, words: int, width_bits: int) -> Cost:
    """A queue: a small store and two counters; one of them moves at each access."""
    held = store(parts, words, width_bits)
    pointer = parts.counter(max(1, _levels(words)))
    return Cost(
        held.read_pj + pointer.read_pj,
        held.write_pj + pointer.read_pj,
        held.area_um2 + 2 * pointer.area_um2,
        held.leakage_uw + 2 * pointer.leakage_uw,
    )


def crossbar(parts: Library, inputs: int, outputs: int, width_bits: int) -> Cost:
    """A multiplexer over all inputs for each output; the energy is that of one value passing."""
    each = parts.multiplexer(inputs, width_bits)
    return Cost(each.read_pj, 0.0, outputs * each.area_um2, outputs * each.leakage_uw)


def permutation(parts: Library, ports: int, width_bits: int) -> Cost:
    """A Benes network of 2 x 2 switches, two multiplexers each; the energy is of one value."""
    stages = max(1, 2 * _levels(ports) - 1)
    step = parts.multiplexer(2, width_bits)
    count = stages * ports
    return Cost(stages * step.read_pj, 0.0, count * step.area_um2, count * step.leakage_uw)


def priority_encoder(parts: Library, positions: int) -> Cost:
    """The place of the first one among `positions` bits: log2 levels of two gates per bit."""
    return parts.gates(positions * (_levels(positions) + 1))


def prefix_sum(parts: Library, positions: int) -> Cost:
    """How many ones stand before each of `positions` bits: a parallel tree of adders.

    Level l adds numbers of l + 1 bits, in about n / 2^l adders (Brent & Kung 1982). A faster
    Kogge-Stone tree has n - 2^l of them: 5.7 times the adder bits for 128 positions.
    """
    cost = Cost()
    for level in range(_levels(positions)):
        cost += ceil(positions / 2**level) * parts.adder(level + 1)
    return cost


def pruner(parts: Library, block: int, kept: int, width_bits: int) -> Cost:
    """The `kept` largest of a block by cascaded maxima: each a tree of comparisons and choices."""
    compared = parts.comparator(width_bits) + parts.multiplexer(2, width_bits)
    return kept * (block - 1) * compared


def zero_detector(parts: Library, width_bits: int) -> Cost:
    """Whether a value is zero: a tree of gates."""
    return parts.gates(width_bits - 1)


def adder_tree(parts: Library, inputs: int, width_bits: int) -> Cost:
    """The sum of several values; each level is one bit wider."""
    cost = Cost()
    width = width_bits
    while inputs > 1:
        width += 1
        cost += inputs // 2 * parts.adder(width)
        inputs -= inputs // 2
    return cost
