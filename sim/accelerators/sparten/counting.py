"""The inner joins of a cluster: matches of every filter chunk with every window chunk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.sparten.arrangement import ABSENT, Order
from sim.accelerators.sparten.clusters import Stretches
from sim.masks.chunk_words import PairCounts, Words, pairs_of_chunks

BLOCK_OUTPUTS = 1 << 16
"""Outputs counted at a time: the scratch arrays then stay in a core's second-level cache."""


@dataclass(frozen=True)
class RoundTimes:
    """Time of every round of a cluster.

    Attributes:
        cycles: (rounds, bundles, stretches) cycles that a cluster needs for one stretch of output
            positions of one round of filters, all chunks and their barriers together.
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


def round_times(
    filters: Words, windows: Words, order: Order, stretches: Stretches, meets_per_chunk: bool
) -> RoundTimes:
    """Cycles of each round: the slowest unit's matches between two barriers, summed.

    A unit makes one matching pair per cycle and needs a cycle to see that there is none. Units run
    ahead of each other over the positions of a stretch and meet where the cluster turns to its
    next filter chunk (`meets_per_chunk`), or only at the end of the stretch.

    Args:
        filters: (bundles, filters, chunks, words).
        windows: (chunks, words, bundles, positions).
        order: (bundles, chunks or 1, slots, units, rounds) filter numbers.
        stretches: positions that share a filter chunk.
        meets_per_chunk: whether units meet after each chunk of a stretch.
    """
    _, _, slots, units, rounds = order.shape
    chunks, _, bundles, positions = windows.shape
    weights = _arranged(filters, order)[..., np.newaxis]
    # a filter that is there costs at least one cycle per chunk; where filters sit may depend on
    # the chunk, which slots are filled does not
    present = (order[:, 0] != ABSENT).transpose(1, 2, 3, 0)[..., np.newaxis].astype(np.uint16)
    cycles = np.zeros((rounds, bundles, len(stretches.starts)), dtype=np.int64)
    busy_pairs = 0
    for members, block, starts in stretches.groups(BLOCK_OUTPUTS // present.size):
        apart = 1 if meets_per_chunk else units
        total = np.zeros((apart, rounds, bundles, len(starts)), dtype=np.int64)
        matched = np.empty((*present.shape[:-1], block.stop - block.start), dtype=np.uint64)
        for chunk in range(chunks):
            count = pairs_of_chunks(weights[chunk], windows[chunk, ..., block], matched)
            busy_pairs += int(np.count_nonzero(count))
            np.maximum(count, present.astype(count.dtype), out=count)
            pairs = count.sum(axis=0, dtype=np.uint16) if slots > 1 else count[0]
            work = _in_stretches(pairs, starts)
            total += work.max(axis=0) if meets_per_chunk else work
        cycles[..., members] = total.max(axis=0)
    joined = int(present.sum()) * chunks * positions
    return RoundTimes(cycles, joined - busy_pairs)


def _in_stretches(
    count: PairCounts, starts: npt.NDArray[np.intp]
) -> npt.NDArray[np.unsignedinteger]:
    """Counts (..., positions) summed over stretches that begin at `starts`."""
    if len(starts) == count.shape[-1]:
        return count
    summed: npt.NDArray[np.uint32] = np.add.reduceat(count, starts, axis=-1, dtype=np.uint32)
    return summed
