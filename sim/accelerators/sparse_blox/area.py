"""Size of zero-skipping extensions on one systolic array, as counted transistors: our estimate.

No source gives the area of Sparse-Blox or says which extensions it was compared with. Each
extension is the parts that it adds to an array of INT8 multipliers, at the transistors of common
static CMOS cells (Weste & Harris, CMOS VLSI Design): wires, clock trees, control and the better
density of memories are left out. Good for orders of magnitude, not for per cents.
"""

from dataclasses import dataclass
from math import ceil, log2

from sim.validation import require_positive

FULL_ADDER = 28
FLIP_FLOP = 24
GATE = 6
"""AND or OR of two inputs."""
MULTIPLEXER = 6
"""Two inputs, one bit, transmission gates."""
MEMORY_BIT = 6

VALUE_BITS = 8
ADDRESS_BITS = 32
COUNTER_BITS = 16


@dataclass(frozen=True)
class ExtensionPart:
    """One part of an extension: `count` times `transistors`."""

    name: str
    count: int
    transistors: int

    @property
    def total(self) -> int:
        """Transistors of all copies of the part."""
        return self.count * self.transistors


@dataclass(frozen=True)
class Extension:
    """What is added to the array.

    Attributes:
        name: in words.
        parts: what it is made of.
        saves: what it can save of zeros: "time and transfers", "time" or "energy".
    """

    name: str
    parts: tuple[ExtensionPart, ...]
    saves: str

    @property
    def transistors(self) -> int:
        """Transistors of all parts together."""
        return sum(part.total for part in self.parts)


def sparse_blox(rows: int, block_height: int, own_map_bits: int = 0) -> Extension:
    """The zero map of blocks of `rows` values by `block_height` pixels.

    One adder tree takes a line of a block per cycle as it is drained, an accumulator the block, a
    comparator the threshold. The DMA adds a block to its address instead of fetching it.

    Args:
        rows: width of a block.
        block_height: output pixels in a block.
        own_map_bits: memory for the map; 0 = it lies in the activation buffer.
    """
    require_positive(rows=rows, block_height=block_height)
    sum_bits = VALUE_BITS + ceil(log2(rows * block_height))
    parts = [
        ExtensionPart("adder tree", _tree_bits(rows), FULL_ADDER),
        ExtensionPart("accumulator, comparator", 2 * sum_bits, FULL_ADDER),
        ExtensionPart("sum and threshold registers", 2 * sum_bits, FLIP_FLOP),
        ExtensionPart("DMA address adder", ADDRESS_BITS, FULL_ADDER),
        ExtensionPart("DMA address choice", ADDRESS_BITS, MULTIPLEXER),
        ExtensionPart("block counters of drain and DMA", 2 * COUNTER_BITS, FULL_ADDER + FLIP_FLOP),
        ExtensionPart("map bytes under way", 2 * VALUE_BITS, FLIP_FLOP),
    ]
    where = "map in the activation buffer"
    if own_map_bits:
        parts.append(ExtensionPart("map memory", own_map_bits, MEMORY_BIT))
        where = "map in a memory of its own"
    return Extension(f"Sparse-Blox, {where}", tuple(parts), "time and transfers")


def _tree_bits(inputs: int) -> int:
    """Full adders of a tree over `inputs` values; each level is a bit wider."""
    bits, width = 0, VALUE_BITS
    while inputs > 1:
        width += 1
        bits += inputs // 2 * width
        inputs -= inputs // 2
    return bits


def zero_gating(rows: int, columns: int) -> Extension:
    """Every multiplier stops its clock on a zero operand (as SA-ZVCG)."""
    elements = rows * columns
    parts = (
        ExtensionPart("zero detectors", elements * (2 * (VALUE_BITS - 1) + 1), GATE),
        ExtensionPart("clock gates", elements, FLIP_FLOP),
    )
    return Extension("zero gating per multiplier", parts, "energy")


def operand_queues(rows: int, columns: int, threads: int, depth: int) -> Extension:
    """Every multiplier has a queue of nonzero operand pairs per stream (as SMT-SA)."""
    elements, places = rows * columns, threads * depth
    pair = 2 * VALUE_BITS
    parts = (
        ExtensionPart("queues", elements * places * pair, FLIP_FLOP),
        ExtensionPart("queue choice", elements * (places - 1) * pair, MULTIPLEXER),
        ExtensionPart("zero detectors", elements * threads * (2 * (VALUE_BITS - 1) + 1), GATE),
        ExtensionPart(
            "fill counters", elements * threads * ceil(log2(depth + 1)), FULL_ADDER + FLIP_FLOP
        ),
    )
    return Extension(f"operand queues, {threads} streams of {depth}", parts, "time")


def inner_joins(rows: int, columns: int, chunk: int) -> Extension:
    """Every multiplier joins two bitmaps of `chunk` positions (as SparTen).

    Two bitmap registers, their AND, a priority encoder for the next match, and two prefix sums
    (parallel, log2 levels) that give the place of both values.
    """
    elements, levels = rows * columns, ceil(log2(chunk))
    adders = sum((chunk - 2**level) * (level + 1) for level in range(levels))
    parts = (
        ExtensionPart("bitmaps", elements * 2 * chunk, FLIP_FLOP),
        ExtensionPart("matches", elements * chunk, GATE),
        ExtensionPart("priority encoders", elements * chunk * (levels + 1), GATE),
        ExtensionPart("prefix sums", elements * 2 * adders, FULL_ADDER),
        ExtensionPart("value buffers", elements * 2 * chunk * VALUE_BITS, MEMORY_BIT),
    )
    return Extension(f"inner join of {chunk} positions", parts, "time and transfers")


def irregular_extensions(rows: int, columns: int) -> tuple[Extension, ...]:
    """Extensions for zeros anywhere, on the same array; sizes as in sa_smt and sparten here."""
    return (
        zero_gating(rows, columns),
        operand_queues(rows, columns, threads=2, depth=2),
        operand_queues(rows, columns, threads=2, depth=4),
        inner_joins(rows, columns, chunk=128),
    )
