"""Weight masks of the structure that each compression scheme leaves, at a stated density.

Which weights survive is decided by magnitudes drawn for the purpose: normal, scaled by a factor per
filter and one per input channel, as training makes some filters and channels stronger than others.
The spread of the factors is an assumption; 0 gives independent positions.
"""

import math

import numpy as np
import numpy.typing as npt

from sim.errors import UserError
from sim.layer import Mask
from sim.masks.density_bound import DBB_BLOCK
from sim.validation import require_choice, require_fraction

Shape = tuple[int, int, int, int]
Keys = npt.NDArray[np.uint32]

CHUNK_WEIGHTS = 1 << 22
"""Weights handled at a time where filters do not depend on each other; bounds the memory."""


def magnitude_mask(shape: Shape, density: float, spread: float, rng: np.random.Generator) -> Mask:
    """The largest round(density * size) weights of a layer, (K, C/groups, R, S).

    Raises:
        UserError: density outside [0, 1] or a negative spread.
    """
    require_fraction(density=density)
    size = math.prod(shape)
    kept = round(density * size)
    if kept in (0, size):
        return np.full(shape, kept > 0)
    magnitude = _magnitudes(shape, spread, rng).reshape(-1)
    threshold = np.partition(magnitude, size - kept)[size - kept]
    mask: Mask = magnitude > threshold
    ties = np.flatnonzero(magnitude == threshold)
    mask[ties[: kept - int(mask.sum())]] = True
    whole: Mask = mask.reshape(shape)
    return whole


def dbb_mask(shape: Shape, bound: int, spread: float, rng: np.random.Generator) -> Mask:
    """The `bound` largest of every 8 successive input channels; (K, C/groups, R, S).

    A last block of fewer channels keeps all it has up to the bound.

    Raises:
        UserError: bound outside 1 to 8 or a negative spread.
    """
    require_choice("bound", bound, range(1, DBB_BLOCK + 1))
    channels, *kernel = shape[1:]
    missing = -channels % DBB_BLOCK
    strength = _factors(channels, spread, rng)
    mask = np.empty(shape, np.bool_)
    for part in _chunks(shape):
        magnitude = _normal((part.stop - part.start, channels, *kernel), rng)
        magnitude *= strength[:, None, None]
        lanes = np.pad(magnitude.transpose(0, 2, 3, 1), ((0, 0), (0, 0), (0, 0), (0, missing)))
        blocks = lanes.reshape(-1, DBB_BLOCK)
        # Filled-up lanes must lose against every real one: a real magnitude is above zero.
        kept = keep_largest(blocks, bound).reshape(lanes.shape)[..., :channels]
        mask[part] = kept.transpose(0, 3, 1, 2)
    return mask


def balanced_mask(shape: Shape, density: float, spread: float, rng: np.random.Generator) -> Mask:
    """Equally many nonzeros in every kernel slice (Sense), (K, C/groups, R, S).

    Slices are the R x S weights of one filter and channel, where R x S > 1; each keeps
    density * R * S, rounded half up (5 of 9 at 0.5). Kernels of one weight, as in 1x1 convolutions
    and fully connected layers, are balanced over the input channels instead: every filter keeps
    equally many.

    Raises:
        UserError: density outside [0, 1] or a negative spread.
    """
    require_fraction(density=density)
    filters, channels, height, width = shape
    slices = (filters * channels, height * width) if height * width > 1 else (filters, channels)
    kept = balanced_count(slices[1], density)
    if kept in (0, slices[1]):
        return np.full(shape, kept > 0)
    strength = _factors(channels, spread, rng)
    mask = np.empty(shape, np.bool_)
    for part in _chunks(shape):
        magnitude = _normal((part.stop - part.start, channels, height, width), rng)
        magnitude *= strength[:, None, None]
        rows = magnitude.reshape(-1, slices[1])
        mask[part] = keep_largest(rows, kept).reshape(magnitude.shape)
    return mask


def balanced_count(slice_size: int, density: float) -> int:
    """Nonzeros that each slice keeps: rounded half up, and at least one unless density is 0."""
    if density == 0:
        return 0
    return max(1, math.floor(density * slice_size + 0.5))


def keep_largest(rows: npt.NDArray[np.float32], count: int) -> Mask:
    """True at exactly `count` largest of each row of nonnegative (rows, length)."""
    length = rows.shape[1]
    if count >= length:
        return np.ones(rows.shape, np.bool_)
    # The bits of nonnegative floats sort as the floats do; the lowest ones make each key unique.
    low_bits = (length - 1).bit_length()
    keys: Keys = rows.view(np.uint32) >> low_bits << low_bits
    keys |= np.arange(length, dtype=np.uint32)[::-1]
    ordered = np.sort(keys, axis=1)
    mask: Mask = keys >= ordered[:, length - count, None]
    return mask


def _chunks(shape: Shape) -> list[slice]:
    filters = max(1, CHUNK_WEIGHTS // math.prod(shape[1:]))
    return [slice(i, min(i + filters, shape[0])) for i in range(0, shape[0], filters)]


def _factors(count: int, spread: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    if not spread >= 0:
        raise UserError(f"spread is {spread!r}; expected a number of at least 0")
    factors: npt.NDArray[np.float32] = np.exp(spread * rng.standard_normal(count, dtype=np.float32))
    return factors


def _normal(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    return np.abs(rng.standard_normal(shape, dtype=np.float32)) + np.float32(1e-6)


def _magnitudes(shape: Shape, spread: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    filters, channels = _factors(shape[0], spread, rng), _factors(shape[1], spread, rng)
    magnitude = _normal(shape, rng)
    magnitude *= filters[:, None, None, None]
    magnitude *= channels[:, None, None]
    return magnitude
