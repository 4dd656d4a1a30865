"""What describes the structure of an activation mask beyond its density."""

from dataclasses import dataclass

import numpy as np

from sim.errors import UserError
from sim.layer import Mask
from sim.masks.density_bound import DBB_BLOCK

RUN = 4
"""Pixels of the horizontal zero runs that are counted."""


@dataclass(frozen=True, kw_only=True)
class MaskStatistics:
    """Shares and means over one mask (N, C, H, W); NaN where the mask is too small to tell.

    Attributes:
        density: fraction of nonzeros.
        channel_std: standard deviation over channels of the channel's density.
        dead_channels, full_channels: share of channels without any nonzero, without any zero.
        neighbour_agreement: share of horizontally neighbouring values that are both zero or both
            not.
        zero_runs: share of aligned 1x4 horizontal runs that are all zero.
        zero_channel_blocks: share of blocks of 8 successive channels of one pixel, all zero.
        zero_tiles: share of tiles of 8 successive pixels (raster order) x 8 channels, all zero.
    """

    density: float
    channel_std: float
    dead_channels: float
    full_channels: float
    neighbour_agreement: float
    zero_runs: float
    zero_channel_blocks: float
    zero_tiles: float


def mask_statistics(mask: Mask) -> MaskStatistics:
    """Statistics of one activation mask, (N, C, H, W) bool.

    Raises:
        UserError: the mask has another number of axes, or no values.
    """
    if mask.ndim != 4 or mask.size == 0:
        raise UserError(f"mask has shape {mask.shape}; expected (images, channels, height, width)")
    channels = mask.mean(axis=(0, 2, 3))
    images, depth, height, width = mask.shape
    disagreeing = mask[..., 1:] ^ mask[..., :-1]
    run_count, block_count = width // RUN, depth // DBB_BLOCK
    tile_count = height * width // DBB_BLOCK
    runs = mask[..., : run_count * RUN].reshape(images, depth, height, run_count, RUN)
    blocks = mask[:, : block_count * DBB_BLOCK].reshape(
        images, block_count, DBB_BLOCK, height * width
    )
    empty_blocks: Mask = np.logical_not(np.any(blocks, axis=2))
    tiles = empty_blocks[..., : tile_count * DBB_BLOCK].reshape(
        images, block_count, tile_count, DBB_BLOCK
    )
    return MaskStatistics(
        density=float(mask.mean()),
        channel_std=float(channels.std()),
        dead_channels=float((channels == 0).mean()),
        full_channels=float((channels == 1).mean()),
        neighbour_agreement=1 - _share(disagreeing),
        zero_runs=1 - _share(np.any(runs, axis=-1)),
        zero_channel_blocks=_share(empty_blocks),
        zero_tiles=1 - _share(np.any(~tiles, axis=-1)),
    )


def _share(flags: Mask) -> float:
    return float(flags.mean()) if flags.size else float("nan")


def channel_agreement(density: float, channel_std: float) -> float:
    """Agreement of two values of one channel that depend on nothing but the channel's density."""
    return 1 - 2 * (density - channel_std**2 - density**2)
