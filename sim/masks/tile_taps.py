"""Nonzero activations that each weight of a kernel meets, per channel and output tile.

`sim.masks.totals.tap_counts` has them for whole maps. The effectual multiplications of a tile
follow by a product with the weight mask; neither padding nor a window per output pixel is ever
made.
"""

import numpy as np
import numpy.typing as npt

from sim.layer import Layer, Mask
from sim.masks.windows import tap_places
from sim.sizes import Pair

TapCounts = npt.NDArray[np.float32]
"""Whole numbers below 2**24, which single precision holds exactly, so that BLAS can add them."""


def _uses(layer: Layer, axis: int, tile: int) -> TapCounts:
    """(tiles * taps, input positions): 1 where a tap of the tile's outputs reads the position."""
    outputs, taps, size = layer.output_size[axis], layer.kernel[axis], layer.input_size[axis]
    tiles = -(-outputs // tile)
    place, inside = tap_places(layer, axis)
    output, tap = np.nonzero(inside)
    uses = np.zeros((tiles, taps, size), dtype=np.float32)
    uses[output // tile, tap, place[inside]] = 1
    return uses.reshape(tiles * taps, size)


def tile_tap_counts(layer: Layer, activation: Mask, tile: Pair) -> TapCounts:
    """Nonzero activations under each tap, over each tile of the output.

    Args:
        layer: the shape.
        activation: (C, H, W) of one image, without padding.
        tile: height and width of an output tile; the last of an axis may be smaller.

    Returns:
        (C, tiles, R * S), tiles and taps in row-major order.
    """
    (taps_y, taps_x), channels = layer.kernel, layer.in_channels
    down = _uses(layer, 0, tile[0]) @ activation.astype(np.float32)
    counts = down @ _uses(layer, 1, tile[1]).T
    tiles_y, tiles_x = (
        -(-size // step) for size, step in zip(layer.output_size, tile, strict=True)
    )
    counts = counts.reshape(channels, tiles_y, taps_y, tiles_x, taps_x)
    return np.ascontiguousarray(counts.swapaxes(2, 3)).reshape(
        channels, tiles_y * tiles_x, taps_y * taps_x
    )
