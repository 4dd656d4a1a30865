"""Thread schedulers of one Phantom PE column: how entries of a stream share cycles.

An entry is the AND of up to three weights with the three activations that they meet at one output:
it asks for 0 to 3 of the column's THREADS multipliers. Lookahead lets a cycle take several
entries. A packer gets `Streams` and returns the cycles of each, `(...)` int64. It loops over stream
positions at most; all streams advance at once.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.arithmetic import even_slices

Products = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.uint8]
Cycles = npt.NDArray[np.int64]

THREADS = 3
"""Multipliers of a PE column; weights of one entry."""
ENTRY_BITS = 2
CODE_ENTRIES = 8 // ENTRY_BITS
"""Entries of a code."""
CODES = 1 << 8
LANES = 1 << 13
"""Streams that advance together: their states, 8 bytes each, stay in a core's cache."""
_COUNT_SHIFT = 40
"""What is below it in an entry of `_passes` stays below it when those of any stream are added."""


@dataclass(frozen=True, eq=False)
class Streams:
    """Products per entry of many streams of one length, four successive entries in a byte.

    Codes add like the products that they hold, as long as no entry has more than THREADS.

    Attributes:
        codes: (ceil(length / CODE_ENTRIES), ...); entries beyond the length are zero.
        length: entries of each stream.
    """

    codes: Codes
    length: int

    @classmethod
    def of(cls, products: Products) -> "Streams":
        """Streams of products per entry, (length, ...)."""
        codes = np.zeros((-(-len(products) // CODE_ENTRIES), *products.shape[1:]), dtype=np.uint8)
        for entry in reversed(range(CODE_ENTRIES)):
            for _ in range(ENTRY_BITS):
                codes += codes  # much faster than a shift of bytes
            taken = products[entry::CODE_ENTRIES]
            codes[: len(taken)] |= taken
        return cls(codes, len(products))

    @property
    def products(self) -> Products:
        """Products per entry, (length, ...)."""
        shifts = ENTRY_BITS * np.arange(CODE_ENTRIES, dtype=np.uint8)
        shifts = shifts.reshape(1, -1, *[1] * (self.codes.ndim - 1))
        entries = self.codes[:, None] >> shifts & np.uint8((1 << ENTRY_BITS) - 1)
        return entries.reshape(-1, *self.codes.shape[1:])[: self.length]


Packer = Callable[[Streams, int], Cycles]


@lru_cache(maxsize=8)
def _passes(lookahead: int, entries: int) -> npt.NDArray[np.int64]:
    """What the entries of one code do to a cycle, for each state of it and each code.

    A state is how many threads are used and how many entries are taken. Where it and a code are
    read is `state * CODES + code`; there stand the place of the state that follows, for code 0,
    and, from bit _COUNT_SHIFT on, how many cycles begin.

    Args:
        lookahead: entries of a cycle at most.
        entries: of the code that count.
    """
    used, taken, codes = np.indices((THREADS + 1, lookahead + 1, CODES))
    begun = np.zeros_like(used)
    for entry in range(entries):
        wanted = codes >> ENTRY_BITS * entry & (1 << ENTRY_BITS) - 1
        begins = (used + wanted > THREADS) | (taken >= lookahead)
        begun += begins
        used = np.where(begins, 0, used) + wanted
        taken = np.where(begins, 0, taken) + 1
    states = used * (lookahead + 1) + taken
    passes: npt.NDArray[np.int64] = states * CODES + (begun << _COUNT_SHIFT)
    return passes.reshape(-1)


def in_order(streams: Streams, lookahead: int) -> Cycles:
    """Sliding window: a cycle takes entries in order until one does not fit or `lookahead` are in.

    The window starts at the first entry not yet taken, so filling it never waits for a block end.
    Entries advance a code at a time, by a table of what a code does to each state.
    """
    shape = streams.codes.shape[1:]
    codes = streams.codes.reshape(-1, math.prod(shape))
    cycles = np.empty(codes.shape[1], dtype=np.int64)
    for taken in even_slices(len(cycles), LANES):
        cycles[taken] = _cycles(codes[:, taken], streams.length, lookahead)
    return cycles.reshape(shape)


def _cycles(codes: Codes, length: int, lookahead: int) -> Cycles:
    """Cycles of some streams, (codes, streams) to (streams,)."""
    whole, rest = divmod(length, CODE_ENTRIES)
    places, passed, total = (np.zeros(codes.shape[1], dtype=np.int64) for _ in range(3))
    steps = _passes(lookahead, CODE_ENTRIES)
    mask = np.array((1 << _COUNT_SHIFT) - 1)  # a number of Python's is made an array in each call
    for code in codes[:whole]:
        np.add(places, code, out=places)
        steps.take(places, out=passed, mode="clip")
        total += passed
        np.bitwise_and(passed, mask, out=places)
    if rest:
        total += _passes(lookahead, rest)[places + codes[whole]]
    return (total >> _COUNT_SHIFT) + bool(length)  # the first cycle begins with the stream


def _blocks(streams: Streams, lookahead: int) -> list[Products]:
    """Whole blocks, (blocks, lookahead, ...), and the shorter last one if any."""
    products = streams.products
    count = len(products) // lookahead
    whole = products[: count * lookahead].reshape(count, lookahead, *products.shape[1:])
    rest = products[count * lookahead :]
    return [block for block in (whole, rest[None]) if block.shape[0] * block.shape[1]]


def blocked_in_order(streams: Streams, lookahead: int) -> Cycles:
    """In order within blocks of `lookahead` entries; the next block waits for the last cycle."""
    total: Cycles = np.zeros(streams.codes.shape[1:], dtype=np.int64)
    for blocks in _blocks(streams, lookahead):
        total += in_order(Streams.of(blocks.swapaxes(0, 1)), lookahead).sum(axis=0)
    return total


def blocked_out_of_order(streams: Streams, lookahead: int) -> Cycles:
    """The fewest cycles for each block of `lookahead` entries taken in any order.

    Threes fill a cycle, twos take one each and a one with them, ones that are left go three to a
    cycle; a block without products still takes one cycle.
    """
    total: Cycles = np.zeros(streams.codes.shape[1:], dtype=np.int64)
    for blocks in _blocks(streams, lookahead):
        ones, twos, threes = (np.count_nonzero(blocks == size, axis=1) for size in (1, 2, 3))
        cycles = threes + twos + -(-np.maximum(ones - twos, 0) // THREADS)
        total += np.maximum(cycles, 1).sum(axis=0)
    return total


def unbounded(streams: Streams, lookahead: int) -> Cycles:
    """Lower bound of any scheduler: all threads full; `lookahead` is not used."""
    total: Cycles = streams.products.sum(axis=0, dtype=np.int64)
    return -(-total // THREADS)


PACKERS: dict[str, Packer] = {
    "in_order": in_order,
    "blocked_in_order": blocked_in_order,
    "blocked_out_of_order": blocked_out_of_order,
    "unbounded": unbounded,
}
