"""The inner joins of a cluster: matches of every filter chunk with every window chunk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.sparten.arrangement import ABSENT, Order
from sim.accelerators.sparten.clusters import ClusterGrid
from sim.masks.chunk_pairs import BLOCK_OUTPUTS, ChunkedLayer
from sim.masks.sharing import shared


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


@dataclass(frozen=True, eq=False)
class StretchBlock:
    """What every filter costs on some stretches, whichever unit holds it.

    Attributes:
        stretches: which.
        cycles: (chunks, bundles, filters, stretches): matches, at least one for each position.
        empty_pairs: pairs of a filter chunk and a window chunk without any match.
    """

    stretches: slice
    cycles: npt.NDArray[np.unsignedinteger]
    empty_pairs: int


def stretch_blocks(
    chunks: ChunkedLayer, image: int, grid: ClusterGrid, longest: int
) -> Iterable[StretchBlock]:
    """The stretches of one image, some at a time; the three balancings share them.

    Args:
        chunks: of filters and windows.
        image: its number.
        grid: how clusters share the positions.
        longest: positions of a stretch at most.
    """
    return (_kept_blocks if chunks.keeps else _blocks)(chunks, image, grid, longest)


@shared
def _kept_blocks(
    chunks: ChunkedLayer, image: int, grid: ClusterGrid, longest: int
) -> tuple[StretchBlock, ...]:
    return tuple(_blocks(chunks, image, grid, longest))


def _blocks(
    chunks: ChunkedLayer, image: int, grid: ClusterGrid, longest: int
) -> Iterator[StretchBlock]:
    stretches = grid.stretches(chunks.trace.layer.output_pixels, longest)
    pairs, filters = chunks.pairs(image), chunks.filters[0, 0].size
    kind = np.min_scalar_type(2 * stretches.longest * chunks.chunk_bits)  # of two filters of a unit
    for members, block, starts in stretches.groups(BLOCK_OUTPUTS // filters):
        cycles, empty_pairs = [], 0
        for counts in pairs.of_block(block):
            empty_pairs += counts.size - int(np.count_nonzero(counts))
            joined = np.maximum(counts, 1)
            every = len(starts) == joined.shape[-1]  # a stretch of one position each
            summed = joined if every else np.add.reduceat(joined, starts, axis=-1, dtype=kind)
            cycles.append(summed.astype(kind, copy=False))
        yield StretchBlock(members, np.stack(cycles), empty_pairs)


def round_times(
    blocks: Iterable[StretchBlock], order: Order, stretches: int, meets_per_chunk: bool
) -> RoundTimes:
    """Cycles of each round: the slowest unit's matches between two barriers, summed.

    A unit makes one matching pair per cycle and needs a cycle to see that there is none. Units run
    ahead of each other over the positions of a stretch and meet where the cluster turns to its
    next filter chunk (`meets_per_chunk`), or only at the end of the stretch.

    Args:
        blocks: of all stretches; positions of a stretch share a filter chunk.
        order: (bundles, chunks or 1, slots, units, rounds) filter numbers.
        stretches: how many there are.
        meets_per_chunk: whether units meet after each chunk of a stretch.
    """
    where = order.transpose(1, 2, 3, 4, 0)  # (chunks or 1, slots, units, rounds, bundles)
    # where filters sit may depend on the chunk, which slots are filled does not
    present = (where[0] != ABSENT)[..., np.newaxis]
    cycles = np.zeros((*where.shape[3:], stretches), dtype=np.int64)
    empty_pairs = 0
    for block in blocks:
        chunk = np.arange(len(block.cycles)).reshape(-1, 1, 1, 1, 1)
        taken = block.cycles[chunk, np.arange(where.shape[4]), where]
        if not present.all():  # what was taken there is another filter's
            taken *= present
        work = taken.sum(axis=1, dtype=taken.dtype) if taken.shape[1] > 1 else taken[:, 0]
        if meets_per_chunk:
            cycles[..., block.stretches] = work.max(axis=1).sum(axis=0, dtype=np.int64)
        else:
            cycles[..., block.stretches] = work.sum(axis=0, dtype=np.int64).max(axis=0)
        empty_pairs += block.empty_pairs
    return RoundTimes(cycles, empty_pairs)
