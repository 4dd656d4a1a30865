"""Channels that differ and maps that are smooth, as trained networks have them.

A randomly initialised network whose channels are normalized has channels all alike (spread of their
densities 0.03 to 0.1, where trained networks have 0.2 to 0.4), maps that are rougher than trained
ones wherever layers are dense convolutions, and, where few values are nonzero, too few pixels at
which all channels are zero. So each channel of a ReLU's input is normalized, mixed with smooth
random fields, and shifted by a quantile of its own.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from sim.arithmetic import Counts
from sim.generate.activations import Floats, smooth_field

SMOOTH_SHARE = 0.5
COMMON_SHARE = 0.25
"""Fitted to MobileNetV1's and ResNet-50's masks and tested on EfficientNet-Lite0's: table
modelled_zeros."""

LEAST_DEVIATION = 1e-6
LARGEST_SPREAD_OF_MEANS = 25.0
BISECTIONS = 32


@dataclass(frozen=True)
class Texture:
    """What is mixed into the activations of a random network.

    Attributes:
        smooth_share: amplitude of a smooth field of each channel, in standard deviations.
        common_share: likewise, of a smooth field that all channels have in common.
        neighbour_correlation: of both fields, between neighbouring pixels.
    """

    smooth_share: float = SMOOTH_SHARE
    common_share: float = COMMON_SHARE
    neighbour_correlation: float = 0.75

    def applied(self, values: Tensor, rng: np.random.Generator) -> Tensor:
        """Values (N, C, H, W), each channel with mean 0 and spread 1, then mixed with the fields.

        Shares keep the spread: a field of amplitude a replaces the values by
        sqrt(1 - a^2) * values + a * field.
        """
        mean = values.mean((0, 2, 3), keepdim=True)
        deviation = values.std((0, 2, 3), correction=0, keepdim=True).clamp_min(LEAST_DEVIATION)
        mixed = (values - mean) / deviation
        images, _, height, width = values.shape
        for share, shape in (
            (self.smooth_share, tuple(values.shape)),
            (self.common_share, (images, 1, height, width)),
        ):
            if share > 0:
                field = torch.from_numpy(smooth_field(shape, self.neighbour_correlation, rng))
                spread = field.std(correction=0).clamp_min(LEAST_DEVIATION)
                mixed = (1 - share**2) ** 0.5 * mixed + share / spread * field
        return mixed


def channel_shifts(
    values: Tensor,
    pools: tuple[nn.Module, ...],
    density: float,
    spread: float,
    rng: np.random.Generator,
) -> Tensor:
    """What to subtract from each channel so that channels differ in density as stated.

    Args:
        values: (N, C, H, W).
        pools: max poolings through which densities are read.
        density: mean over channels of the share above zero.
        spread: its standard deviation over channels.
        rng: which channel gets which density.

    Returns:
        (C, 1, 1). Together the channels have round(density * size) values above zero, unless values
        are equal.
    """
    for pool in pools:
        values = pool(values)
    rows = values.transpose(0, 1).flatten(1)
    length = rows.shape[1]
    shares = rng.permutation(channel_densities(len(rows), density, spread))
    ordered = torch.from_numpy(np.sort(rows.numpy(), axis=1))  # many times as fast as torch's
    zeros = length - torch.from_numpy(_rounded(shares, length))
    at = ordered.gather(1, (zeros - 1).clamp_min(0)[:, None])[:, 0]
    below = ordered[:, 0] - 1e-3 * (ordered[:, -1] - ordered[:, 0]).clamp_min(1e-3)
    return torch.where(zeros > 0, at, below)[:, None, None]


def channel_densities(channels: int, density: float, spread: float) -> Floats:
    """Densities (C,), rising, with a mean and a standard deviation.

    They are the shares above zero of normal values whose means are normal too, at the quantiles of
    that distribution: its spread of means is searched so that the densities' is met, or comes as
    near as `channels` densities in [0, 1] allow.

    Args:
        channels: C.
        density: the mean.
        spread: the standard deviation.
    """
    if density in (0, 1) or spread == 0 or channels == 1:
        return np.full(channels, density)
    quantiles = torch.special.ndtri((torch.arange(channels, dtype=torch.float64) + 0.5) / channels)

    # Over the whole distribution the mean is exactly `density` at this mean of means.
    middle = float(torch.special.ndtri(torch.tensor(density, dtype=torch.float64)))
    low, high = 0.0, LARGEST_SPREAD_OF_MEANS
    for _ in range(BISECTIONS):
        half = (low + high) / 2
        trial = torch.special.ndtr(middle * (1 + half**2) ** 0.5 + half * quantiles)
        low, high = (half, high) if float(trial.std(correction=0)) < spread else (low, half)
    means = low * quantiles
    low = -(high := 4 * LARGEST_SPREAD_OF_MEANS)
    for _ in range(BISECTIONS):  # and over these quantiles at one near by
        half = (low + high) / 2
        trial = torch.special.ndtr(half + means)
        low, high = (half, high) if float(trial.mean()) < density else (low, half)
    densities: Floats = torch.special.ndtr(low + means).numpy()
    return densities


def _rounded(shares: Floats, length: int) -> Counts:
    """Whole numbers near shares * length, with a sum as near to theirs as a whole number is."""
    upto = np.round(np.cumsum(shares * length)).astype(np.int64)
    return np.clip(np.diff(upto, prepend=0), 0, length)
