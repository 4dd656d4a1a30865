"""Vectors as bit patterns: which of up to nine lanes are nonzero, as a number.

Few lanes have few patterns (512 of nine), fewer than a layer has positions or filters, so that what
a dot product does is worked out once per pattern instead of once per dot product.
"""

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.vectors import VectorShape, activation_lanes, weight_lanes
from sim.arithmetic import Counts
from sim.trace import LayerTrace

PATTERN_LANES = 9
"""Up to here counting patterns is the faster way."""
_BYTE_LANES = 8

Patterns = npt.NDArray[np.unsignedinteger]


def activation_patterns(trace: LayerTrace, shape: VectorShape) -> npt.NDArray[np.uint16]:
    """(groups * vectors, N * positions): the nonzero activations of each vector and position."""
    rows, positions = shape.groups * shape.vectors, trace.images * trace.layer.output_pixels
    patterns = np.zeros((rows, trace.images, *trace.layer.output_size), dtype=np.uint16)
    bit = np.empty_like(patterns)
    for lane, mask in enumerate(activation_lanes(trace, shape)):
        np.multiply(mask, np.uint16(1 << lane), out=bit)
        patterns |= bit
    return patterns.reshape(rows, positions)


def weight_patterns(trace: LayerTrace, shape: VectorShape) -> Patterns:
    """(groups, filters, vectors): the nonzero weights of each filter's vectors."""
    if shape.clustered and shape.lanes == _BYTE_LANES:
        filters = trace.weight.reshape(trace.layer.out_channels, -1)
        packed = np.packbits(filters, axis=1, bitorder="little")  # a byte is a cluster
        return packed.reshape(shape.groups, shape.filters, shape.vectors)
    lanes = weight_lanes(trace, shape)
    patterns = np.zeros(lanes.shape[:2], dtype=np.uint16)
    for lane in range(shape.lanes):
        patterns |= lanes[..., lane] * np.uint16(1 << lane)
    by_vector = patterns.reshape(shape.groups, shape.vectors, shape.filters)
    return by_vector.swapaxes(1, 2)


def superset_sums(counts: npt.NDArray[np.integer], lanes: int) -> None:
    """In place, along the first axis: each pattern gets the sum over all that include it."""
    for lane in range(lanes):
        halves = counts.reshape(-1, 2, 1 << lane, counts[0].size)
        halves[:, 0] += halves[:, 1]


def subset_sums(counts: npt.NDArray[np.integer], lanes: int) -> None:
    """In place, along the first axis: each pattern gets the sum over all that it includes."""
    for lane in range(lanes):
        halves = counts.reshape(-1, 2, 1 << lane, counts[0].size)
        halves[:, 1] += halves[:, 0]


def pattern_sizes(lanes: int) -> npt.NDArray[np.uint8]:
    """Nonzero lanes of each pattern, (2**lanes,)."""
    sizes: npt.NDArray[np.uint8] = np.bitwise_count(np.arange(1 << lanes))
    return sizes


def counted(patterns: Patterns, lanes: int) -> Counts:
    """How often each pattern occurs in each row, (rows, ...) -> (rows, 2**lanes)."""
    rows, size = len(patterns), 1 << lanes
    numbered = patterns.reshape(rows, -1) + np.arange(rows, dtype=np.int64)[:, None] * size
    flat = np.bincount(numbered.ravel(), minlength=rows * size)
    return flat.astype(np.int64, copy=False).reshape(rows, size)
