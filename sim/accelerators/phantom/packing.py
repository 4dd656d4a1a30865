"""Thread schedulers of one Phantom PE column: how entries of a stream share cycles.

An entry is the AND of up to three weights with the three activations that they meet at one output:
it asks for 0 to 3 of the column's THREADS multipliers. Lookahead lets a cycle take several
entries. A packer gets the products per entry, `(stream length, ...)` uint8, and returns the cycles
of each stream, `(...)` int64. It loops over stream positions at most; all streams advance at once.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Products = npt.NDArray[np.uint8]
Cycles = npt.NDArray[np.int64]
Packer = Callable[[Products, int], Cycles]

THREADS = 3
"""Multipliers of a PE column; weights of one entry."""

_STEPS_PER_FLUSH = 255


def in_order(products: Products, lookahead: int) -> Cycles:
    """Sliding window: a cycle takes entries in order until one does not fit or `lookahead` are in.

    The window starts at the first entry not yet taken, so filling it never waits for a block end.
    """
    shape = products.shape[1:]
    cycles: Cycles = np.ones(shape, dtype=np.int64) if len(products) else np.zeros(shape, np.int64)
    used, taken, recent, asked = (np.zeros(shape, dtype=np.uint8) for _ in range(4))
    starts, over = np.empty(shape, dtype=np.bool_), np.empty(shape, dtype=np.bool_)
    fresh, kept = starts.view(np.uint8), over.view(np.uint8)
    # Arrays without an axis: a number of Python's is made one in each call, half of a call's time.
    unit, most, ahead = (np.array(value, dtype=np.uint8) for value in (1, THREADS, lookahead))
    for step, wanted in enumerate(products, start=1):
        np.add(used, wanted, out=asked)
        np.greater(asked, most, out=starts)
        np.greater_equal(taken, ahead, out=over)
        starts |= over
        recent += fresh
        np.subtract(fresh, unit, out=kept)  # no bit where a cycle starts, all others elsewhere
        used &= kept
        used += wanted
        taken &= kept
        taken += unit
        if step % _STEPS_PER_FLUSH == 0:
            cycles += recent
            recent[...] = 0
    cycles += recent
    return cycles


def _blocks(products: Products, lookahead: int) -> list[Products]:
    """Whole blocks, (blocks, lookahead, ...), and the shorter last one if any."""
    count = len(products) // lookahead
    whole = products[: count * lookahead].reshape(count, lookahead, *products.shape[1:])
    rest = products[count * lookahead :]
    return [block for block in (whole, rest[None]) if block.shape[0] * block.shape[1]]


def blocked_in_order(products: Products, lookahead: int) -> Cycles:
    """In order within blocks of `lookahead` entries; the next block waits for the last cycle."""
    total: Cycles = np.zeros(products.shape[1:], dtype=np.int64)
    for blocks in _blocks(products, lookahead):
        total += in_order(blocks.swapaxes(0, 1), lookahead).sum(axis=0)
    return total


def blocked_out_of_order(products: Products, lookahead: int) -> Cycles:
    """The fewest cycles for each block of `lookahead` entries taken in any order.

    Threes fill a cycle, twos take one each and a one with them, ones that are left go three to a
    cycle; a block without products still takes one cycle.
    """
    total: Cycles = np.zeros(products.shape[1:], dtype=np.int64)
    for blocks in _blocks(products, lookahead):
        ones, twos, threes = (np.count_nonzero(blocks == size, axis=1) for size in (1, 2, 3))
        cycles = threes + twos + -(-np.maximum(ones - twos, 0) // THREADS)
        total += np.maximum(cycles, 1).sum(axis=0)
    return total


def unbounded(products: Products, lookahead: int) -> Cycles:
    """Lower bound of any scheduler: all threads full; `lookahead` is not used."""
    total: Cycles = products.sum(axis=0, dtype=np.int64)
    return -(-total // THREADS)


PACKERS: dict[str, Packer] = {
    "in_order": in_order,
    "blocked_in_order": blocked_in_order,
    "blocked_out_of_order": blocked_out_of_order,
    "unbounded": unbounded,
}
