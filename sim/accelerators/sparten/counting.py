"""The inner joins of a cluster: matches of every filter chunk with every window chunk."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.sparten.arrangement import ABSENT, Order
from sim.accelerators.sparten.chunks import Words

Counts = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

BLOCK_OUTPUTS = 1 << 16
"""Outputs counted at a time: the scratch arrays then stay in a core's second-level cache."""


@dataclass(frozen=True)
class RoundTimes:
    """Time of every round of a cluster.

    Attributes:
        cycles: (rounds, bundles, positions) cycles that a cluster needs for one output position
            of one round of filters, all chunks and their barriers together.
        empty_pairs: pairs of a filter chunk and a window chunk without any match.
    """

    cycles: npt.NDArray[np.int64]
    empty_pairs: int


def _arranged(filters: Words, order: Order) -> Words:
    """Filter words in the order of work, (chunks, words, slots, units, rounds, bundles)."""
    nothing = np.zeros_like(filters[:, :1])
    known = np.concatenate([filters, nothing], axis=1)  # ABSENT = -1 picks the empty one
    bundle = np.arange(len(known)).reshape(-1, 1, 1, 1, 1)
    chunk = np.arange(known.shape[2]).reshape(1, -1, 1, 1, 1)
    return np.ascontiguousarray(known[bundle, order, chunk].transpose(1, 5, 2, 3, 4, 0))


def _blocks(positions: int, outputs_per_position: int) -> Iterator[slice]:
    step = max(1, BLOCK_OUTPUTS // outputs_per_position)
    for start in range(0, positions, step):
        yield slice(start, min(start + step, positions))


def round_times(filters: Words, windows: Words, order: Order) -> RoundTimes:
    """Cycles of each round: the sum over chunks of the slowest unit's matches.

    A unit makes one matching pair per cycle and needs a cycle to see that there is none; the next
    chunk is broadcast when the last unit has finished.

    Args:
        filters: (bundles, filters, chunks, words).
        windows: (chunks, words, bundles, positions).
        order: (bundles, chunks or 1, slots, units, rounds) filter numbers.
    """
    _, _, slots, units, rounds = order.shape
    chunks, _, bundles, positions = windows.shape
    weights = _arranged(filters, order)[..., np.newaxis]
    # a filter that is there costs at least one cycle per chunk; where filters sit may depend on
    # the chunk, which slots are filled does not
    present = (order[:, 0] != ABSENT).transpose(1, 2, 3, 0)[..., np.newaxis].astype(np.uint16)
    cycles = np.zeros((rounds, bundles, positions), dtype=np.int64)
    busy_pairs = 0
    for block in _blocks(positions, slots * units * rounds * bundles):
        total = np.zeros((rounds, bundles, block.stop - block.start), dtype=np.int64)
        matched = np.empty((slots, units, *total.shape), dtype=np.uint64)
        for chunk in range(chunks):
            count = _matches(weights[chunk], windows[chunk, ..., block], matched)
            busy_pairs += int(np.count_nonzero(count))
            np.maximum(count, present.astype(count.dtype), out=count)
            if slots > 1:
                count = count.sum(axis=0, dtype=np.uint16, keepdims=True)
            total += count[0].max(axis=0)
        cycles[..., block] = total
    pairs = int(present.sum()) * chunks * positions
    return RoundTimes(cycles, pairs - busy_pairs)


def _matches(weights: Words, windows: Words, scratch: Words) -> Counts:
    """Common ones of each filter chunk with each window chunk, in the shape of `scratch`."""
    words = len(weights)
    np.bitwise_and(weights[0], windows[0], out=scratch)
    # three words hold at most 192 ones, which a byte still counts
    narrow = np.bitwise_count(scratch)
    count: Counts = narrow if words < 4 else narrow.astype(np.uint16)
    for word in range(1, words):
        np.bitwise_and(weights[word], windows[word], out=scratch)
        np.add(count, np.bitwise_count(scratch), out=count)
    return count
