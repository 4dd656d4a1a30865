"""Magnitudes drawn for the weights of a layer, by which a scheme decides where its zeros lie.

They are normal, scaled by a factor per filter and one per input channel, as training makes some
filters and channels stronger than others. The spread of the factors is an assumption; 0 gives
independent positions.
"""

import math

import numpy as np
import numpy.typing as npt

from sim.errors import UserError
from sim.layer import Mask

Shape = tuple[int, int, int, int]
Keys = npt.NDArray[np.uint32]

CHUNK_WEIGHTS = 1 << 22
"""Weights handled at a time where filters do not depend on each other; bounds the memory."""


def keep_largest(rows: npt.NDArray[np.float32], count: int) -> Mask:
    """True at exactly `count` largest of each row of nonnegative (rows, length)."""
    length = rows.shape[1]
    if count >= length:
        return np.ones(rows.shape, np.bool_)
    # The bits of nonnegative floats sort as the floats do; the lowest ones make each key unique.
    low_bits = (length - 1).bit_length()
    keys: Keys = rows.view(np.uint32) >> low_bits << low_bits
    keys |= np.arange(length, dtype=np.uint32)[::-1]
    smallest_kept = np.partition(keys, length - count, axis=1)[:, length - count, None]
    mask: Mask = keys >= smallest_kept
    return mask


def filter_chunks(shape: Shape) -> list[slice]:
    """Filters of (K, C, R, S) to handle at a time, CHUNK_WEIGHTS weights or one filter."""
    filters = max(1, CHUNK_WEIGHTS // math.prod(shape[1:]))
    return [slice(i, min(i + filters, shape[0])) for i in range(0, shape[0], filters)]


def strengths(count: int, spread: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Factors of `count` filters or channels, log-normal with a spread on the log scale.

    Raises:
        UserError: a negative spread.
    """
    if not spread >= 0:
        raise UserError(f"spread is {spread!r}; expected a number of at least 0")
    factors: npt.NDArray[np.float32] = np.exp(spread * rng.standard_normal(count, dtype=np.float32))
    return factors


def normal_magnitudes(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Magnitudes of normal values, above zero."""
    return np.abs(rng.standard_normal(shape, dtype=np.float32)) + np.float32(1e-6)


def weight_magnitudes(
    shape: Shape, spread: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Magnitudes of the weights of a layer (K, C, R, S), all at once.

    Raises:
        UserError: a negative spread.
    """
    filters, channels = strengths(shape[0], spread, rng), strengths(shape[1], spread, rng)
    magnitude = normal_magnitudes(shape, rng)
    magnitude *= filters[:, None, None, None]
    magnitude *= channels[:, None, None]
    return magnitude
