"""Whole-number arithmetic that all models share."""

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
