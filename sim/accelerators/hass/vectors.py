"""How a layer looks to dot-product engines: vectors of M operand pairs.

A KxK convolution hands its engines one window of one channel at a time, M = K*K. A pointwise or
fully connected layer has no window; clusters of successive channels take its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.layer import Layer, Mask
from sim.masks.totals import tap_counts, weight_counts
from sim.masks.windows import padded_map, taps
from sim.trace import LayerTrace

CHUNK_PRODUCTS = 1 << 22
"""Dot products that are counted at once: 16 MB of float32."""


@dataclass(frozen=True)
class VectorShape:
    """A layer as vectors of operand pairs.

    Attributes:
        groups: convolution groups.
        vectors: vectors that one filter sums over, for one output position.
        lanes: operand pairs of a vector (M).
        filters: filters of one group.
        clustered: lanes are channels, not window positions.
    """

    groups: int
    vectors: int
    lanes: int
    filters: int
    clustered: bool

    @classmethod
    def of(cls, layer: Layer, cluster_channels: int) -> "VectorShape":
        """The shape of a layer; clusters hold `cluster_channels` channels, the last maybe fewer."""
        window = layer.kernel[0] * layer.kernel[1]
        channels, filters = layer.group_channels, layer.group_filters
        if window > 1 or layer.is_depthwise:
            return cls(layer.groups, channels, window, filters, clustered=False)
        lanes = min(cluster_channels, channels)
        return cls(layer.groups, ceil(channels / lanes), lanes, filters, clustered=True)

    @property
    def products(self) -> int:
        """Dot products of one output position of all filters and groups."""
        return self.groups * self.vectors * self.filters


def activation_lanes(trace: LayerTrace, shape: VectorShape) -> Iterator[Mask]:
    """For each lane, the activation mask (groups * vectors, N, H', W') that it meets."""
    layer, mask = trace.layer, np.moveaxis(trace.activation, 1, 0)
    if shape.clustered:
        strided = next(taps(padded_map(mask, layer), layer))
        grouped = _filled_up(strided.reshape(layer.groups, -1, *strided.shape[1:]), shape)
        for lane in range(shape.lanes):
            yield grouped[:, :, lane].reshape(-1, *strided.shape[1:])
        return
    yield from taps(padded_map(mask, layer), layer)


def weight_lanes(trace: LayerTrace, shape: VectorShape) -> Mask:
    """The weight mask as (groups * vectors, filters, lanes)."""
    layer = trace.layer
    grouped = trace.weight.reshape(layer.groups, layer.group_filters, layer.group_channels, -1)
    by_channel = np.moveaxis(grouped, 2, 1)  # (G, C/g, F/g, window)
    if shape.clustered:
        clusters = _filled_up(by_channel[..., 0], shape)  # (G, V, M, F/g)
        by_channel = np.moveaxis(clusters, 2, 3)
    return np.ascontiguousarray(by_channel.reshape(-1, shape.filters, shape.lanes))


def _filled_up(channels: Mask, shape: VectorShape) -> Mask:
    """(G, C/g, ...) as (G, V, M, ...), the last cluster filled up with zeros."""
    missing = shape.vectors * shape.lanes - channels.shape[1]
    if missing:
        channels = np.pad(channels, ((0, 0), (0, missing), *((0, 0),) * (channels.ndim - 2)))
    return channels.reshape(channels.shape[0], shape.vectors, shape.lanes, *channels.shape[2:])


def vector_pairs(trace: LayerTrace, shape: VectorShape, skips_weights: bool = True) -> Counts:
    """Nonzero pairs of each vector over all its filters, positions and images, (groups, vectors).

    Separable, as in `sim.masks.totals.effectual_macs`: no dot product is made.

    Args:
        trace: shape and masks.
        shape: the layer as vectors.
        skips_weights: False = every weight counts as nonzero.
    """
    layer = trace.layer
    weights = weight_counts(trace) if skips_weights else layer.group_filters
    pairs = weights * tap_counts(trace).sum(axis=0)
    starts = np.arange(0, layer.window, shape.lanes)  # a vector's pairs follow one another
    by_vector: Counts = np.add.reduceat(pairs.reshape(layer.groups, -1), starts, axis=1)
    return by_vector


def pair_counts(
    trace: LayerTrace, shape: VectorShape
) -> Iterator[tuple[slice, npt.NDArray[np.uint16]]]:
    """Nonzero pairs of every dot product, a block of vectors at a time.

    Yields:
        (which of the groups * vectors, counts (vectors in block, N * positions, filters)).
    """
    weights = weight_lanes(trace, shape)
    lanes = np.stack(list(activation_lanes(trace, shape)), axis=-1)
    lanes = lanes.reshape(len(weights), -1, shape.lanes)
    step = max(1, CHUNK_PRODUCTS // (lanes.shape[1] * shape.filters))
    for start in range(0, len(weights), step):
        block = slice(start, start + step)
        counts = lanes[block].astype(np.float32) @ np.moveaxis(weights[block], 1, 2)
        yield block, counts.astype(np.uint16)
