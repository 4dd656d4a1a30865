"""Which filters share a compute unit, and in which round: the three ways of SparTen.

An arrangement is an integer array (bundles, chunks or 1, slots, units, rounds) of filter numbers
within the bundle; ABSENT where there is none. The filters of one (unit, slot) of a round are
worked off one after the other on the same broadcast chunk.
"""

import numpy as np
import numpy.typing as npt

from sim.accelerators.sparten.chunks import Bundles

Order = npt.NDArray[np.intp]
ABSENT = -1


def _sorted_by(count: npt.NDArray[np.int64]) -> Order:
    """Indices along the last axis, most nonzeros first, ties in their order."""
    return np.argsort(-count, axis=-1, kind="stable")


def plain(bundles: Bundles, units: int) -> Order:
    """Filters in their order, `units` at a time, one per unit."""
    rounds = -(-bundles.filters // units)
    numbers = np.arange(rounds * units)
    numbers[bundles.filters :] = ABSENT
    grid = numbers.reshape(rounds, units).T
    return np.broadcast_to(grid, (bundles.count, 1, 1, units, rounds))


def paired_by_filter(chunk_nonzeros: npt.NDArray[np.int64], units: int) -> Order:
    """Greedy balancing in software: whole filters sorted, the densest paired with the sparsest.

    Args:
        chunk_nonzeros: (bundles, filters, chunks) nonzero weights.
        units: units of a cluster; each takes one pair.
    """
    bundles, filters, _ = chunk_nonzeros.shape
    order = _sorted_by(chunk_nonzeros.sum(axis=-1))
    pairs = -(-filters // 2)
    rounds = -(-pairs // units)
    arranged = np.full((bundles, 2, rounds * units), ABSENT)
    arranged[:, 0, :pairs] = order[:, :pairs]
    arranged[:, 1, : filters // 2] = order[:, ::-1][:, : filters // 2]
    return arranged.reshape(bundles, 2, rounds, units).transpose(0, 1, 3, 2)[:, np.newaxis]


def paired_by_chunk(chunk_nonzeros: npt.NDArray[np.int64], units: int) -> Order:
    """Greedy balancing in hardware: the filters of a round are paired anew for each chunk.

    The rounds are those of `paired_by_filter`; the permutation network moves partial sums between
    the units of one cluster, so only filters of the same round can change places.
    """
    by_filter = paired_by_filter(chunk_nonzeros, units)
    bundles, _, _, _, rounds = by_filter.shape
    members = by_filter.reshape(bundles, 2 * units, rounds).transpose(0, 2, 1)
    present = members != ABSENT
    # (bundles, rounds, members, chunks); absent filters sort behind empty ones
    bundle = np.arange(bundles)[:, np.newaxis, np.newaxis]
    count = np.where(present[..., np.newaxis], chunk_nonzeros[bundle, members], -1)
    position = _sorted_by(np.moveaxis(count, -1, 1))  # (bundles, chunks, rounds, members)
    order = np.take_along_axis(members[:, np.newaxis], position, axis=-1)
    size = present.sum(axis=-1)[:, np.newaxis, :, np.newaxis]
    unit = np.arange(units)
    partner = size - 1 - unit
    first = np.where(unit <= partner, order[..., :units], ABSENT)
    last = np.take_along_axis(order, np.maximum(partner, 0), axis=-1)
    second = np.where(unit < partner, last, ABSENT)
    return np.stack([first, second], axis=2).transpose(0, 1, 2, 4, 3)
