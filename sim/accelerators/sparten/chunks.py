"""Convolution groups that share a cluster, and the chunks of their filters."""

from dataclasses import dataclass

import numpy as np

from sim.layer import Layer, Mask
from sim.masks.chunk_words import Words, chunk_words


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


def filter_chunks(weight: Mask, layer: Layer, bundles: Bundles, chunk_bits: int) -> Words:
    """Weight mask (K, C/g, R, S) as chunks, (bundles, filters, chunks, words)."""
    bundled, filters, channels = bundles.groups, layer.group_filters, layer.group_channels
    if bundled == 1:
        ordered = weight.transpose(0, 2, 3, 1)
        return chunk_words(ordered.reshape(bundles.count, filters, layer.window), chunk_bits)
    channel_weights = weight.reshape(bundles.count, bundled, filters, channels, *layer.kernel)
    shape = (bundles.count, bundled, filters, *layer.kernel, bundled, channels)
    block = np.zeros(shape, dtype=np.bool_)
    diagonal = np.arange(bundled)
    block[:, diagonal, :, :, :, diagonal] = channel_weights.transpose(1, 0, 2, 4, 5, 3)
    flat = block.reshape(bundles.count, bundles.filters, -1)
    return chunk_words(flat, chunk_bits)
