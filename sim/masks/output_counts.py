"""Effectual multiplications of every output, and their reductions over output tiles.

Both masks are packed into 64-bit words once per layer, and `popcount(window & filter)` counts in
blocks that stay in the cache. Bit order of every window and filter: kernel row, kernel column,
input channel (fastest). Output pixels are numbered row by row; tiles take successive pixels and
successive filters of one group.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.layer import Layer, Mask
from sim.masks.windows import strided_windows, window_bits
from sim.trace import LayerTrace

Words = npt.NDArray[np.uint64]

WORD_BITS = 64
BLOCK_OUTPUTS = 1 << 16
"""Outputs counted at a time: word, byte and sum scratch stay below 1 MB, inside a usual L2."""
SHORT_AXIS = 32
"""Filters below which pixels make the better innermost axis of a block."""


def _pack(bits: Mask) -> Words:
    """The last axis in words; what does not fill a word is zero."""
    fill = -bits.shape[-1] % WORD_BITS
    if fill:
        bits = np.pad(bits, [(0, 0)] * (bits.ndim - 1) + [(0, fill)])
    packed = np.packbits(bits, axis=-1, bitorder="little")
    return np.ascontiguousarray(packed).view(np.uint64)


def pack_windows(trace: LayerTrace) -> Words:
    """All windows as words, (N, groups, P, words)."""
    layer = trace.layer
    if layer.group_channels % WORD_BITS:
        return _pack(window_bits(trace)[0])
    shape = (trace.images, layer.output_pixels, layer.kernel[0] * layer.kernel[1], layer.groups, -1)
    pixels = _pack(np.ascontiguousarray(trace.activation.transpose(0, 2, 3, 1)))
    words = strided_windows(pixels, layer).reshape(shape).transpose(0, 3, 1, 2, 4)
    return words.reshape(*words.shape[:3], -1)


def pack_filters(trace: LayerTrace) -> Words:
    """All filters as words in the order of `pack_windows`, (groups, filters per group, words)."""
    layer = trace.layer
    bits = trace.weight.transpose(0, 2, 3, 1)
    return _pack(bits.reshape(layer.groups, layer.group_filters, layer.window))


class CountBlock(NamedTuple):
    """Effectual multiplications of some outputs: counts is (groups, pixels, filters per group)."""

    image: int
    first_pixel: int
    counts: npt.NDArray[np.uint16] | npt.NDArray[np.uint32]


def count_blocks(trace: LayerTrace, pixel_multiple: int = 1) -> Iterator[CountBlock]:
    """Exact effectual multiplications of every output, a block of pixels at a time.

    Args:
        trace: layer and masks.
        pixel_multiple: all blocks of an image but its last hold a multiple of this many pixels.

    Yields:
        Blocks in order of image and pixel. `counts` is scratch that the next block overwrites.
    """
    layer = trace.layer
    # Words first: each step of the inner loop reads one contiguous plane.
    inputs = np.ascontiguousarray(np.moveaxis(pack_windows(trace), 3, 1))
    filters = np.ascontiguousarray(np.moveaxis(pack_filters(trace), 2, 0))
    pixels_inside = layer.group_filters < SHORT_AXIS and layer.output_pixels > layer.group_filters
    step = _block_pixels(layer, pixel_multiple)
    counter = _BlockCounter(layer.window)
    for image in range(trace.images):
        for first in range(0, layer.output_pixels, step):
            window = inputs[image, :, :, first : first + step]
            if pixels_inside:
                counts = counter.count(filters, window).swapaxes(1, 2)
            else:
                counts = counter.count(window, filters)
            yield CountBlock(image, first, counts)


def _block_pixels(layer: Layer, multiple: int) -> int:
    fitting = BLOCK_OUTPUTS // layer.out_channels
    return max(1, fitting // multiple) * multiple


class _BlockCounter:
    """Popcount of all pairs of two word tables, with scratch kept between blocks."""

    def __init__(self, longest_count: int) -> None:
        narrow = longest_count <= np.iinfo(np.uint16).max
        self._count_type = np.uint16 if narrow else np.uint32
        self._shape: tuple[int, ...] = ()

    def count(self, outer: Words, inner: Words) -> npt.NDArray[Any]:
        """Pairs of (words, groups, I) and (words, groups, J) to (groups, I, J)."""
        shape = (*outer.shape[1:], inner.shape[2])
        if shape != self._shape:
            self._shape = shape
            self._both = np.empty(shape, dtype=np.uint64)
            self._set_bits = np.empty(shape, dtype=np.uint8)
            self._total = np.empty(shape, dtype=self._count_type)
        self._total.fill(0)
        for left, right in zip(outer, inner, strict=True):
            np.bitwise_and(left[:, :, None], right[:, None, :], out=self._both)
            np.bitwise_count(self._both, out=self._set_bits)
            np.add(self._total, self._set_bits, out=self._total)
        return self._total


def outputs_per_tile(layer: Layer, tile_pixels: int, tile_filters: int) -> Counts:
    """Outputs in each tile of a group, (pixel tiles, filter tiles); the last ones may be short."""
    pixels, filters = (
        np.minimum(size, total - np.arange(0, total, size))
        for size, total in (
            (tile_pixels, layer.output_pixels),
            (tile_filters, layer.group_filters),
        )
    )
    outputs: Counts = np.multiply.outer(pixels, filters).astype(np.int64)
    return outputs


def tile_effectual_counts(trace: LayerTrace, tile_pixels: int, tile_filters: int) -> Counts:
    """Effectual multiplications of each output tile.

    Args:
        trace: layer and masks.
        tile_pixels: successive output pixels in a tile; the last tile of an image may be short.
        tile_filters: successive filters in a tile; tiles do not cross groups.

    Returns:
        (N, groups, pixel tiles, filter tiles).
    """
    return _tile_reduction(trace, tile_pixels, tile_filters, np.add)


def tile_effectual_maxima(trace: LayerTrace, tile_pixels: int, tile_filters: int) -> Counts:
    """The largest count of any output in each tile, shaped as in `tile_effectual_counts`."""
    return _tile_reduction(trace, tile_pixels, tile_filters, np.maximum)


def _tile_reduction(
    trace: LayerTrace, tile_pixels: int, tile_filters: int, reduce: np.ufunc
) -> Counts:
    layer = trace.layer
    pixel_starts = np.arange(0, layer.output_pixels, tile_pixels)
    filter_starts = np.arange(0, layer.group_filters, tile_filters)
    tiles = (trace.images, layer.groups, len(pixel_starts), len(filter_starts))
    result = np.zeros(tiles, dtype=np.int64)
    for image, first, counts in count_blocks(trace, tile_pixels):
        starts = np.arange(0, counts.shape[1], tile_pixels)
        # Sums outgrow the counts' own type; maxima do not and are faster in it.
        kind = np.uint32 if reduce is np.add else counts.dtype
        by_pixel = reduce.reduceat(counts, starts, axis=1, dtype=kind)
        tile = slice(first // tile_pixels, first // tile_pixels + len(starts))
        result[image, :, tile] = reduce.reduceat(by_pixel, filter_starts, axis=2)
    return result
