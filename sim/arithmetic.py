"""Whole-number arithmetic that all models share."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
"""Whole numbers of anything: nonzeros, cycles, bytes."""


def ceil_div(dividend: int, divisor: int) -> int:
    """Divide two whole numbers and round up."""
    return -(-dividend // divisor)


def even_starts(items: int, parts: int) -> npt.NDArray[np.intp]:
    """First item of each of `parts` successive runs whose lengths differ by at most one."""
    return np.arange(parts) * items // parts


def even_slices(items: int, longest: int) -> list[slice]:
    """The fewest successive slices of at most `longest` items, of lengths that differ by one."""
    ends = [*even_starts(items, ceil_div(items, longest)).tolist(), items]
    return [slice(*part) for part in pairwise(ends)]
