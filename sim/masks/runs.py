"""Nonzeros of successive lines of a mask: blocks of filters, of channels, of a density bound."""

import math

import numpy as np
import numpy.typing as npt

from sim.layer import Mask

RunCounts = npt.NDArray[np.unsignedinteger]
_BYTE = int(np.iinfo(np.uint8).max)
_WORDS = (np.uint64, np.uint32, np.uint16, np.uint8)


def run_counts(mask: Mask, size: int) -> RunCounts:
    """Count the nonzeros of runs of `size` along the second axis; the last run may be shorter.

    `np.add.reduceat` does the same some fifty times slower, because it sums 64-bit values one by
    one where here bytes are added a vector at a time.

    Args:
        mask: (A, lines, ...).
        size: lines of a run.

    Returns:
        (A, runs, ...), bytes where they hold a run's count.
    """
    values = mask.view(np.uint8)
    whole = values.shape[1] // size
    cut = values[:, : whole * size].reshape(len(values), whole, size, *values.shape[2:])
    rest = values[:, None, whole * size :]
    parts = [_summed(cut)] if whole else []
    if rest.shape[2]:
        parts.append(_summed(rest))
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _summed(runs: npt.NDArray[np.uint8]) -> RunCounts:
    """(A, runs, size, ...) summed over the third axis."""
    size = runs.shape[2]
    if size <= _BYTE and math.prod(runs.shape[3:]) == 1:
        return _ones_of_bytes(np.ascontiguousarray(runs.reshape(runs.shape[:3]))).reshape(
            *runs.shape[:2], *runs.shape[3:]
        )
    if size <= _BYTE:
        return np.asarray(runs.sum(axis=2, dtype=np.uint8))
    parts = range(0, size, _BYTE)
    total = np.zeros((*runs.shape[:2], *runs.shape[3:]), dtype=np.uint32)
    for first in parts:
        total += runs[:, :, first : first + _BYTE].sum(axis=2, dtype=np.uint8)
    return total


def _ones_of_bytes(runs: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """(A, runs, size) bytes of 0 or 1 summed over the last axis, a word of them at once."""
    word = next(kind for kind in _WORDS if runs.shape[2] % np.dtype(kind).itemsize == 0)
    ones: npt.NDArray[np.uint8] = np.bitwise_count(runs.view(word))
    return ones[..., 0] if ones.shape[2] == 1 else ones.sum(axis=2, dtype=np.uint8)
