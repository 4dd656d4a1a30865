"""Activation masks of a stated density whose zeros cluster as measured ones do.

Independent zeros at random have next to no empty blocks, channels or rows; real activations have
many. Three modes, from none of that structure to most of it:

- `iid`: independent positions.
- `channel`: every channel has a density of its own, Beta-distributed, with shares of channels that
  are never or always nonzero; inside a channel positions are independent.
- `spatial`: as `channel`, and inside a channel the nonzeros are where a smooth Gaussian field is
  above a threshold, so that neighbours tend to agree.

The reference is the set of eight measured input masks of a pruned MobileNetV1 in the Sparseloop
artifact (Accelergy-Project/micro22-sparseloop-artifact, fig12_eyerissv2_pe_setup).
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.errors import UserError
from sim.layer import Mask
from sim.validation import require_choice, require_fraction

Mode = Literal["iid", "channel", "spatial"]
MODES: tuple[Mode, ...] = ("iid", "channel", "spatial")
Floats = npt.NDArray[np.float64]
# Reference masks: the spread is 0.72 to 0.84 of the largest one possible at their density.
RELATIVE_SPREAD = 0.77
LARGEST_SPREAD = 0.35
DEAD_SHARE = 0.04
# Full channels per squared density: 0.86 to 1.06 on the seven reference maps up to 16x16, 0.41 on
# the one of 32x32.
FULL_PER_SQUARED_DENSITY = 0.9
FULL_PER_SQUARED_DENSITY_LARGE_MAP = 0.4
SMALL_MAP_PIXELS = 256


@dataclass(frozen=True)
class Clustering:
    """How the zeros of a mask cluster.

    Attributes:
        mode: which structure (see the module).
        channel_std: standard deviation over channels of the channel's density; None = 0.77 of the
            largest possible at the density, but no more than 0.35.
        dead_share: share of channels without a nonzero; None = 0.04, less at densities near 1.
        full_share: share of channels without a zero; None = by squared density (see the code).
        neighbour_correlation: correlation of horizontally neighbouring values of the Gaussian
            field, in [0, 1). At the default, the share of neighbours that agree is within 0.05 of
            each reference mask's, and their means within 0.02.

    Raises:
        UserError: a value is out of range.
    """

    mode: Mode = "spatial"
    channel_std: float | None = None
    dead_share: float | None = None
    full_share: float | None = None
    neighbour_correlation: float = 0.75

    def __post_init__(self) -> None:
        require_choice("mode", self.mode, MODES)
        for name in ("channel_std", "dead_share", "full_share"):
            value = getattr(self, name)
            if value is not None:
                require_fraction(**{name: value})
        if not 0 <= self.neighbour_correlation < 1:
            raise UserError(
                f"neighbour_correlation is {self.neighbour_correlation!r}; expected [0, 1)"
            )


def activation_mask(
    shape: tuple[int, int, int, int],
    density: float,
    clustering: Clustering,
    rng: np.random.Generator,
) -> Mask:
    """A mask (N, C, H, W), True where nonzero, with round(density * size) nonzeros exactly.

    The N images share the densities of their channels and differ in the positions.

    Raises:
        UserError: density outside [0, 1].
    """
    require_fraction(density=density)
    images, channels, height, width = shape
    if clustering.mode == "iid" or height * width == 1:
        return _independent(shape, density, rng)
    counts = channel_counts(channels, images * height * width, density, clustering, rng, height)
    if clustering.mode == "channel":
        field = rng.random((channels, images, height, width), dtype=np.float32)
    else:
        field = smooth_field(
            (channels, images, height, width), clustering.neighbour_correlation, rng
        )
    mask = _largest(field.reshape(channels, -1), counts)
    return np.ascontiguousarray(mask.reshape(channels, images, height, width).swapaxes(0, 1))


def _independent(shape: tuple[int, ...], density: float, rng: np.random.Generator) -> Mask:
    size = math.prod(shape)
    counts = np.array([round(density * size)])
    return _largest(rng.random((1, size), dtype=np.float32), counts).reshape(shape)


def channel_counts(
    channels: int,
    positions: int,
    density: float,
    clustering: Clustering,
    rng: np.random.Generator,
    side: int | None = None,
) -> Counts:
    """Nonzeros of each channel; their sum is round(density * channels * positions) exactly.

    Args:
        channels: number of channels.
        positions: values per channel, over all images.
        density: mean over everything.
        clustering: spread and shares.
        rng: source of the draw.
        side: height of the map, which decides the default share of full channels.
    """
    total = round(density * channels * positions)
    pixels = positions if side is None else side * side
    dead_share, full_share = _shares(density, pixels, clustering)
    dead, full = round(dead_share * channels), round(full_share * channels)
    partial = channels - dead - full
    rest = total - full * positions
    if partial <= 0 or not partial <= rest <= partial * (positions - 1):
        # Too few channels or values for the shares: no fixed dead or full channels.
        dead, full, partial, rest, low = 0, 0, channels, total, 0
    else:
        low = 1
    shares = _beta(
        partial=partial,
        mean=rest / (partial * positions),
        density=density,
        dead_share=dead_share,
        full_share=full_share,
        clustering=clustering,
        rng=rng,
    )
    counts = np.concatenate(
        [
            np.zeros(dead, np.int64),
            np.full(full, positions, np.int64),
            _rounded(shares * positions, rest, low, positions - low),
        ]
    )
    return rng.permutation(counts)


def _shares(density: float, pixels: int, clustering: Clustering) -> tuple[float, float]:
    factor = (
        FULL_PER_SQUARED_DENSITY
        if pixels <= SMALL_MAP_PIXELS
        else FULL_PER_SQUARED_DENSITY_LARGE_MAP
    )
    full = clustering.full_share
    dead = clustering.dead_share
    return (
        min(DEAD_SHARE, (1 - density) / 2) if dead is None else dead,
        factor * density**2 if full is None else full,
    )


def _beta(
    *,
    partial: int,
    mean: float,
    density: float,
    dead_share: float,
    full_share: float,
    clustering: Clustering,
    rng: np.random.Generator,
) -> Floats:
    """Densities of the channels that are neither dead nor full.

    Mean and variance are what the fixed shares leave over: the second moment of the whole is
    full_share + (1 - dead_share - full_share) * (variance + mean^2).
    """
    if not 0 < mean < 1:
        return np.full(partial, min(max(mean, 0.0), 1.0))
    spread = clustering.channel_std
    if spread is None:
        spread = min(LARGEST_SPREAD, RELATIVE_SPREAD * math.sqrt(density * (1 - density)))
    left = max(1 - dead_share - full_share, 1e-9)
    variance = (spread**2 + density**2 - full_share) / left - mean**2
    variance = min(max(variance, 1e-4 * mean * (1 - mean)), 0.95 * mean * (1 - mean))
    weight = mean * (1 - mean) / variance - 1
    return rng.beta(mean * weight, (1 - mean) * weight, partial)


def _rounded(values: Floats, total: int, low: int, high: int) -> Counts:
    """Whole numbers in [low, high] near `values` whose sum is `total`, which must be possible."""
    room_below, room_above = values - low, high - values
    for _ in range(60):  # shift in proportion to the room that is left, until the sum fits
        excess = float(np.clip(values, low, high).sum()) - total
        room = np.clip(room_below if excess > 0 else room_above, 0, None)
        if abs(excess) < 0.5 or not room.any():
            break
        values = np.clip(values - excess * room / room.sum(), low, high)
        room_below, room_above = values - low, high - values
    counts = np.floor(np.clip(values, low, high)).astype(np.int64)
    missing = total - int(counts.sum())
    while missing:
        step = 1 if missing > 0 else -1
        order = np.argsort(-step * (values - counts), kind="stable")
        free = order[(counts[order] < high) if step > 0 else (counts[order] > low)]
        nearest = free[: abs(missing)]
        counts[nearest] += step
        missing -= step * len(nearest)
    return counts


def smooth_field(
    shape: tuple[int, ...], correlation: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Gaussian noise (..., H, W), smoothed so that neighbours correlate as stated.

    White noise smoothed by a Gaussian of width s (pixels) has the correlation exp(-1 / (4 s^2))
    between neighbours.
    """
    if correlation < 1e-6:
        return rng.standard_normal(shape, dtype=np.float32)
    sigma = math.sqrt(-1 / (4 * math.log(correlation)))
    radius = math.ceil(3 * sigma)
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2).astype(np.float32)
    *outer, height, width = shape
    noise = rng.standard_normal((*outer, height + 2 * radius, width + 2 * radius), np.float32)
    rows = sum(tap * noise[..., i : i + height, :] for i, tap in enumerate(taps))
    field: npt.NDArray[np.float32] = sum(
        tap * rows[..., :, i : i + width] for i, tap in enumerate(taps)
    )
    return field


def _largest(values: npt.NDArray[np.float32], counts: Counts) -> Mask:
    """For each row of (rows, length), True at its `counts` largest values."""
    rows, length = values.shape
    ordered = np.sort(values, axis=1)
    threshold = ordered[np.arange(rows), np.minimum(length - counts, length - 1)]
    mask: Mask = (values >= threshold[:, None]) & (counts > 0)[:, None]
    tied = np.flatnonzero(mask.sum(axis=1) != counts)
    if tied.size:  # equal values at the threshold: settle these rows by position
        order = np.argsort(-values[tied], axis=1, kind="stable")
        within = np.arange(length) < counts[tied][:, None]
        settled = np.zeros_like(within)
        np.put_along_axis(settled, order, within, axis=1)
        mask[tied] = settled
    return mask
