"""The inner joins of a cluster: matches of every filter chunk with every window chunk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.sparten.arrangement import ABSENT, Order
from sim.accelerators.sparten.clusters import Stretches
from sim.masks.chunk_pairs import BLOCK_OUTPUTS, ChunkPairs
from sim.masks.chunk_words import PairCounts


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


def round_times(
    pairs: ChunkPairs, order: Order, stretches: Stretches, meets_per_chunk: bool
) -> RoundTimes:
    """Cycles of each round: the slowest unit's matches between two barriers, summed.

    A unit makes one matching pair per cycle and needs a cycle to see that there is none. Units run
    ahead of each other over the positions of a stretch and meet where the cluster turns to its
    next filter chunk (`meets_per_chunk`), or only at the end of the stretch.

    Args:
        pairs: of all filters, bundle by bundle.
        order: (bundles, chunks or 1, slots, units, rounds) filter numbers.
        stretches: positions that share a filter chunk.
        meets_per_chunk: whether units meet after each chunk of a stretch.
    """
    where = order.transpose(1, 2, 3, 4, 0)  # (chunks or 1, slots, units, rounds, bundles)
    _, slots, units, rounds, bundles = where.shape
    bundle = np.arange(bundles)
    # where filters sit may depend on the chunk, which slots are filled does not
    present = (where[0] != ABSENT)[..., np.newaxis]
    cycles = np.zeros((rounds, bundles, len(stretches.starts)), dtype=np.int64)
    empty_pairs = 0
    for members, block, starts in stretches.groups(BLOCK_OUTPUTS // present.size):
        apart = 1 if meets_per_chunk else units
        total = np.zeros((apart, rounds, bundles, len(starts)), dtype=np.int64)
        for chunk, counts in enumerate(pairs.of_block(block)):
            empty_pairs += counts.size - int(np.count_nonzero(counts))
            taken = np.maximum(counts, 1)[bundle, where[chunk % len(where)]]
            if not present.all():  # what stands there is another filter's
                taken *= present
            count = taken.sum(axis=0, dtype=np.uint16) if slots > 1 else taken[0]
            work = _in_stretches(count, starts)
            total += work.max(axis=0) if meets_per_chunk else work
        cycles[..., members] = total.max(axis=0)
    return RoundTimes(cycles, empty_pairs)


def _in_stretches(
    count: PairCounts, starts: npt.NDArray[np.intp]
) -> npt.NDArray[np.unsignedinteger]:
    """Counts (..., positions) summed over stretches that begin at `starts`."""
    if len(starts) == count.shape[-1]:
        return count
    summed: npt.NDArray[np.uint32] = np.add.reduceat(count, starts, axis=-1, dtype=np.uint32)
    return summed
