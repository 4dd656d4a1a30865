"""Bit masks cut into chunks: the form in which SparTen stores filters and input windows.

A window is flattened in the order (r, s, c), the channel running fastest, and cut into chunks of
`chunk_bits`; the last chunk is filled up with zeros. A chunk is held in 64-bit words.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.layer import Layer, Mask
from sim.masks.windows import padded_map, window_view

Words = npt.NDArray[np.uint64]
WORD_BITS = 64


@dataclass(frozen=True)
class Bundles:
    """Convolution groups that share a cluster.

    Filters of one group see the same input and can be served by one broadcast. Groups with fewer
    filters than a cluster has units are bundled: the chunk then holds the channels of all groups
    of the bundle, and each filter has zeros where another group's channels are. A depthwise layer
    on 32 units thus becomes bundles of 32 channels. How the published design runs grouped layers
    is not stated; this needs no change of its hardware.

    Attributes:
        groups: convolution groups in one bundle.
        count: bundles of the layer.
        filters: filters in a bundle.
    """

    groups: int
    count: int
    filters: int

    @classmethod
    def of(cls, layer: Layer, units: int) -> "Bundles":
        """Equal bundles of as many groups as leave a unit for each of their filters."""
        fitting = range(1, max(1, units // layer.group_filters) + 1)
        groups = max(number for number in fitting if layer.groups % number == 0)
        return cls(groups, layer.groups // groups, groups * layer.group_filters)


def _packed(bits: Mask, chunk_bits: int) -> Words:
    """(..., length) bits to (..., chunks, words) 64-bit words."""
    *lead, length = bits.shape
    chunks = -(-length // chunk_bits)
    words = -(-chunk_bits // WORD_BITS)
    flat = np.zeros((*lead, chunks * chunk_bits), dtype=np.bool_)
    flat[..., :length] = bits
    cut = np.zeros((*lead, chunks, words * WORD_BITS), dtype=np.bool_)
    cut[..., :chunk_bits] = flat.reshape(*lead, chunks, chunk_bits)
    return np.packbits(cut, axis=-1).view(np.uint64)


def filter_chunks(weight: Mask, layer: Layer, bundles: Bundles, chunk_bits: int) -> Words:
    """Weight mask (K, C/g, R, S) as chunks, (bundles, filters, chunks, words)."""
    bundled, filters, channels = bundles.groups, layer.group_filters, layer.group_channels
    channel_weights = weight.reshape(bundles.count, bundled, filters, channels, *layer.kernel)
    shape = (bundles.count, bundled, filters, *layer.kernel, bundled, channels)
    block = np.zeros(shape, dtype=np.bool_)
    diagonal = np.arange(bundled)
    block[:, diagonal, :, :, :, diagonal] = channel_weights.transpose(1, 0, 2, 4, 5, 3)
    flat = block.reshape(bundles.count, bundles.filters, -1)
    return _packed(flat, chunk_bits)


def window_chunks(image: Mask, layer: Layer, bundles: Bundles, chunk_bits: int) -> Words:
    """Activation mask (C, H, W) of one image as chunks, (chunks, words, bundles, positions)."""
    padded = padded_map(image.transpose(1, 2, 0), layer, rows_axis=0)
    windows = window_view(padded, layer, rows_axis=0)  # (P, Q, channels, R, S)
    split = windows.reshape(*windows.shape[:2], bundles.count, -1, *layer.kernel)
    flat = split.transpose(2, 0, 1, 4, 5, 3).reshape(bundles.count, layer.output_pixels, -1)
    return np.ascontiguousarray(_packed(flat, chunk_bits).transpose(2, 3, 0, 1))
