"""DRAM traffic of Sense: which operand stays on chip while the other passes by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.arithmetic import Counts


@dataclass(frozen=True)
class Stored:
    """Compressed bytes of a layer per group, and the two on-chip buffers.

    Attributes:
        activation_bytes, weight_bytes: (groups,), all images of the batch together.
        activation_buffer_bytes, weight_buffer_bytes: capacities.
    """

    activation_bytes: Counts
    weight_bytes: Counts
    activation_buffer_bytes: int
    weight_buffer_bytes: int


@dataclass(frozen=True)
class DramReads:
    """Bytes that a reuse order reads from DRAM."""

    activation_bytes: int
    weight_bytes: int

    @property
    def total(self) -> int:
        """Bytes of both operands together."""
        return self.activation_bytes + self.weight_bytes


def _times_read(other: Counts, other_buffer: int, kept: Counts, kept_buffer: int) -> Counts:
    """How often the passing operand is read: once if it fits, else once per part of the kept."""
    parts = np.maximum(1, -(-kept // kept_buffer))
    return np.where(other <= other_buffer, 1, parts)


def activations_first(stored: Stored) -> DramReads:
    """Each part of the activations is read once; all weights pass by it."""
    again = _times_read(
        stored.weight_bytes,
        stored.weight_buffer_bytes,
        stored.activation_bytes,
        stored.activation_buffer_bytes,
    )
    return DramReads(int(stored.activation_bytes.sum()), int((stored.weight_bytes * again).sum()))


def weights_first(stored: Stored) -> DramReads:
    """Each part of the weights is read once; all activations pass by it."""
    again = _times_read(
        stored.activation_bytes,
        stored.activation_buffer_bytes,
        stored.weight_bytes,
        stored.weight_buffer_bytes,
    )
    return DramReads(int((stored.activation_bytes * again).sum()), int(stored.weight_bytes.sum()))


def adaptive(stored: Stored) -> DramReads:
    """The cheaper of the two for this layer.

    Source: Adaptive Dataflow Configuration, abstract of arXiv 2202.00389 v2 (chosen by the ratio
    of the storage that the operands take); choosing by the resulting bytes is our reading.
    """
    return min(activations_first(stored), weights_first(stored), key=lambda reads: reads.total)


REUSE_ORDERS: Mapping[str, Callable[[Stored], DramReads]] = {
    "activations_first": activations_first,
    "weights_first": weights_first,
    "adaptive": adaptive,
}
