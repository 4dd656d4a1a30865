"""Exact distribution of nonzero pairs per dot product, without making the dot products.

With up to nine lanes a window is one of 512 patterns, so counting patterns replaces counting
products. Let A[p] be the positions at which a vector shows activation pattern p and B[w] the
filters with weight pattern w. Sums over supersets turn "p & w" into a plain product:
Z[s] = (sum of A over p >= s) * (sum of B over w >= s) counts the dot products whose nonzero pairs
include s. Added up over the subsets of j lanes this is e[j] = sum over k of C(k, j) * H[k], whose
inversion is H[k] = sum over j >= k of (-1)^(j-k) * C(j, k) * e[j]. All of it in whole numbers.
"""

from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np

from sim.accelerators.hass.patterns import (
    PATTERN_LANES,
    activation_patterns,
    counted,
    pattern_sizes,
    superset_sums,
    weight_patterns,
)
from sim.accelerators.hass.vectors import VectorShape, pair_counts
from sim.arithmetic import Counts
from sim.layer import Layer
from sim.trace import LayerTrace


@dataclass(frozen=True, eq=False)
class PairHistogram:
    """What the design-space exploration needs to know of one layer.

    Attributes:
        layer: the shape.
        shape: the layer as vectors of operand pairs.
        images: N.
        counts: (groups, vectors, lanes + 1); entry (g, v, k) is the number of dot products of
            vector v, over all filters, positions and images, with k nonzero pairs.
    """

    layer: Layer
    shape: VectorShape
    images: int
    counts: Counts

    @property
    def pair_sparsity(self) -> float:
        """Fraction of the pairs of which at least one operand is zero; padding counts as zero."""
        effectual = int((self.counts @ np.arange(self.shape.lanes + 1)).sum())
        pairs = self.layer.dense_macs * self.images
        return (pairs - effectual) / pairs


def pair_histogram(trace: LayerTrace, cluster_channels: int) -> PairHistogram:
    """Count the nonzero pairs of all dot products of a layer.

    Args:
        trace: shape and masks; a weight that counts as nonzero whatever its value is set so there.
        cluster_channels: channels per vector in pointwise and fully connected layers.
    """
    shape = VectorShape.of(trace.layer, cluster_channels)
    count = _by_patterns if shape.lanes <= PATTERN_LANES else _by_products
    counts = count(trace, shape).reshape(shape.groups, shape.vectors, shape.lanes + 1)
    return PairHistogram(trace.layer, shape, trace.images, counts)


def _by_products(trace: LayerTrace, shape: VectorShape) -> Counts:
    bins = shape.lanes + 1
    bins_of_vectors = np.empty((shape.groups * shape.vectors, bins), dtype=np.int64)
    for block, counts in pair_counts(trace, shape):
        offsets = np.arange(len(counts), dtype=np.int64)[:, None, None] * bins
        flat = np.bincount((offsets + counts).ravel(), minlength=len(counts) * bins)
        bins_of_vectors[block] = flat.reshape(-1, bins)
    return bins_of_vectors


def _by_patterns(trace: LayerTrace, shape: VectorShape) -> Counts:
    filters = weight_patterns(trace, shape).swapaxes(1, 2)
    including = np.empty((1 << shape.lanes, shape.groups * shape.vectors), dtype=np.int64)
    including[:] = counted(activation_patterns(trace, shape), shape.lanes).T
    superset_sums(including, shape.lanes)
    weights = counted(filters.reshape(including.shape[1], -1), shape.lanes).T.copy()
    superset_sums(weights, shape.lanes)
    including *= weights
    size = pattern_sizes(shape.lanes)
    by_size = (size == np.arange(shape.lanes + 1)[:, None]).astype(np.int64) @ including
    return np.asarray(by_size.T @ _inversion(shape.lanes), dtype=np.int64)


@cache
def _inversion(lanes: int) -> Counts:
    """(j, k) -> (-1)^(j-k) * C(j, k)."""
    sizes = range(lanes + 1)
    return np.array([[(-1) ** (j - k) * comb(j, k) if j >= k else 0 for k in sizes] for j in sizes])
