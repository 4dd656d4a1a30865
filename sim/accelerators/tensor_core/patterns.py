"""Fixed ratios of nonzero weights, n of m: which one a layer satisfies, and what it takes."""

from dataclasses import dataclass
from math import ceil, log2

from sim.arithmetic import ceil_div
from sim.layer import Layer, Mask
from sim.masks.density_bound import LOOKED_AT
from sim.masks.runs import run_counts


@dataclass(frozen=True)
class Pattern:
    """At most `kept` of every `block` successive input channels of a filter are nonzero.

    Blocks lie at one kernel position; the last one of a position may be short. The dense pattern
    has `kept` = `block` = 1.
    """

    kept: int
    block: int

    @property
    def is_dense(self) -> bool:
        """Nothing is left out, so nothing has to be selected."""
        return self.kept == self.block

    @property
    def index_bits(self) -> int:
        """Bits of a kept weight's place in its block."""
        return 0 if self.is_dense else ceil(log2(self.block))

    def holds(self, weight: Mask) -> bool:
        """Whether every block of the weights (K, C/groups, R, S) keeps to it."""
        if self.is_dense:
            return True
        step = max(1, LOOKED_AT // weight[0].size)
        parts = (weight[first : first + step] for first in range(0, len(weight), step))
        return all(int(run_counts(part, self.block).max()) <= self.kept for part in parts)

    def slots(self, layer: Layer) -> int:
        """Places for the weights of one filter, taken or not."""
        positions = layer.kernel[0] * layer.kernel[1]
        return positions * ceil_div(layer.group_channels, self.block) * self.kept

    def steps(self, layer: Layer, lanes: int) -> int:
        """Steps of `lanes` places that hold a filter's weights."""
        return ceil_div(self.slots(layer), lanes)

    def inputs_per_step(self, lanes: int) -> int:
        """Positions of the dot product that a step spans."""
        return lanes // self.kept * self.block

    def stored_bytes(self, weights: int) -> int:
        """Bytes of so many places: a value of 8 bits each, and their indices packed into bytes."""
        if self.is_dense:
            return weights
        return weights + ceil_div(weights, 8 // self.index_bits)


DENSE = Pattern(1, 1)


def patterns(kept: int, largest_block: int) -> list[Pattern]:
    """The dense pattern and kept : 2 kept, kept : 3 kept ... up to the largest block."""
    blocks = range(2 * kept, largest_block + 1, kept)
    return [DENSE, *(Pattern(kept, block) for block in blocks)]
