"""Cycles of a dot-product engine with N multipliers for M operand pairs."""

import numpy as np
import numpy.typing as npt

Cycles = npt.NDArray[np.int64]


def sparse_cycles(lanes: int, multipliers: npt.ArrayLike, empty_vector_cycles: int) -> Cycles:
    """Cycles of the sparse engine by number of nonzero pairs and of multipliers.

    The non-zero check and the crossbar hand the N multipliers only nonzero pairs, so a dot product
    takes ceil(nonzero pairs / N) cycles; one without any takes `empty_vector_cycles` (0 where the
    engine may skip it, 1 where it has to show up).

    Returns:
        (lanes + 1, len(multipliers)).
    """
    pairs = np.arange(lanes + 1)[:, None]
    cycles: Cycles = -(-pairs // np.asarray(multipliers)[None, :])
    cycles[0] = empty_vector_cycles
    return cycles


def dense_cycles(lanes: int, multipliers: npt.ArrayLike) -> Cycles:
    """Cycles of the dense engine, the same for any number of nonzero pairs: ceil(M / N)."""
    cycles = -(-lanes // np.asarray(multipliers))
    tiled: Cycles = np.tile(cycles[None, :], (lanes + 1, 1))
    return tiled


def divisors(value: int) -> npt.NDArray[np.int64]:
    """All divisors in ascending order."""
    numbers = np.arange(1, value + 1)
    dividing: Cycles = numbers[value % numbers == 0]
    return dividing
