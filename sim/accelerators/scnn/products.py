"""Cycles of the multiplier array: products of weight queues and activation queues.

A queue of w weights goes through the array as full vectors of F and a rest; likewise activations
in vectors of I. Each pair of vectors takes one cycle, or more where the accumulator banks take
fewer products per cycle than the pair makes. The cycles are a bilinear form in the two queues'
(full vectors, rest) descriptions, hence a matrix product over channels.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts

Matrix = npt.NDArray[np.float64]


def vector_features(counts: Counts, length: int) -> Matrix:
    """(..., length): full vectors of a queue, then one-hot of the rest 1 .. length - 1."""
    rests = (counts % length)[..., None] == np.arange(1, length)
    return np.concatenate([(counts // length)[..., None], rests], axis=-1).astype(np.float64)


def cycles_per_pair(weights: int, activations: int, banks: int) -> Matrix:
    """(F, I): cycles for a pair of vectors, in the order of `vector_features`."""
    sizes_w = np.array([weights, *range(1, weights)])
    sizes_a = np.array([activations, *range(1, activations)])
    return np.ceil(np.outer(sizes_w, sizes_a) / banks)


class Barrier(Protocol):
    """When the PEs wait for each other: (queues of weights, of activations) -> cycles."""

    def __call__(self, weights: Matrix, activations: Matrix) -> tuple[float, float]:
        """Array cycles per step summed over groups, and busy PE cycles.

        Args:
            weights: (groups, filter groups, channels, features), cost of a pair multiplied in.
            activations: (groups, channels, features, PEs) of one image.
        """
        ...


def filter_group_barrier(weights: Matrix, activations: Matrix) -> tuple[float, float]:
    """PEs meet after each filter group: cycles = sum over groups of the slowest PE."""
    groups, filter_groups = weights.shape[:2]
    busy = np.matmul(
        weights.reshape(groups, filter_groups, -1),
        activations.reshape(groups, -1, activations.shape[-1]),
    )
    return float(busy.max(axis=-1).sum()), float(busy.sum())


def channel_barrier(weights: Matrix, activations: Matrix) -> tuple[float, float]:
    """PEs meet after each channel of each filter group (the barrier of DNNsim's model)."""
    busy = np.matmul(weights.transpose(0, 2, 1, 3), activations)
    return float(busy.max(axis=-1).sum()), float(busy.sum())


BARRIERS: dict[str, Barrier] = {
    "filter_group": filter_group_barrier,
    "channel": channel_barrier,
}
