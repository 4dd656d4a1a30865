"""Every way to unfold one layer's hardware, with its interval and what it takes of the device."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.engine import dense_cycles, divisors, sparse_cycles
from sim.accelerators.hass.histograms import PairHistogram
from sim.accelerators.hass.resources import Budget, Resources, layer_resources
from sim.accelerators.hass.streams import dealt, port_cycles

Column = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Folding:
    """How far one layer is unfolded.

    Attributes:
        coarse_group, coarse_in, coarse_out: groups, input vectors and filters worked on at once.
        fine: multipliers per dot-product engine.
    """

    coarse_group: int
    coarse_in: int
    coarse_out: int
    fine: int

    @property
    def engines(self) -> int:
        """Dot-product engines."""
        return self.coarse_group * self.coarse_in * self.coarse_out

    @property
    def multipliers(self) -> int:
        """Multipliers of the layer."""
        return self.engines * self.fine


@dataclass(frozen=True)
class EngineRules:
    """What the engines of a configuration do; see configs.yaml for values and sources.

    Attributes:
        empty_vector_cycles: 0 or 1, for a vector without a nonzero pair.
        dense_below: pair sparsity under which a layer gets the dense engine; 1.0 = always dense.
        interleave: channels are dealt to streams by their load.
        operand_bits: of weights and activations.
    """

    empty_vector_cycles: int
    dense_below: float
    interleave: bool
    operand_bits: int

    def skips(self, pair_sparsity: float) -> bool:
        """Whether a layer of which so many pairs are zero gets the sparse engine."""
        return self.dense_below < 1 and pair_sparsity >= self.dense_below


@dataclass(frozen=True, eq=False)
class Candidates:
    """All foldings of one layer, as columns of equal length.

    Intervals are cycles summed over the N images of the histogram: `engine` until the slowest
    input stream is done, `input_port` and `output_port` until all padded input and all output
    values have passed, one value (pointwise: one cluster) per stream and cycle.
    """

    histogram: PairHistogram
    sparse: bool
    coarse_group: Column
    coarse_in: Column
    coarse_out: Column
    fine: Column
    engine: Column
    input_port: Column
    output_port: Column
    resources: Resources

    @cached_property
    def interval(self) -> Column:
        """Cycles between two successive batches of N images."""
        return np.maximum(np.maximum(self.engine, self.input_port), self.output_port)

    def folding(self, index: int) -> Folding:
        """One of them."""
        columns = (self.coarse_group, self.coarse_in, self.coarse_out, self.fine)
        return Folding(*(int(column[index]) for column in columns))

    def chosen(self, index: npt.NDArray[np.int64]) -> "Candidates":
        """A selection, in the given order."""
        names = ("coarse_group", "coarse_in", "coarse_out", "fine", "engine")
        columns = {name: getattr(self, name)[index] for name in names}
        return replace(
            self,
            **columns,
            input_port=self.input_port[index],
            output_port=self.output_port[index],
            resources=self.resources.chosen(index),
        )


def candidates(histogram: PairHistogram, rules: EngineRules, budget: Budget) -> Candidates:
    """All foldings of a layer whose multipliers fit the device.

    `coarse_group`, `coarse_in`, `coarse_out` are divisors of what they share out; `fine` is any
    number up to the vector's length for the sparse engine, a divisor for the dense one.
    """
    shape, sparse = histogram.shape, rules.skips(histogram.pair_sparsity)
    fine = np.arange(1, shape.lanes + 1) if sparse else divisors(shape.lanes)
    work = _work(histogram, fine, sparse, rules)
    pairs = histogram.counts @ np.arange(shape.lanes + 1)
    parts = []
    outs = divisors(shape.filters)
    by_vector = {int(n): dealt(pairs, int(n), rules.interleave) for n in divisors(shape.vectors)}
    for group in divisors(shape.groups):
        by_group = dealt(pairs.sum(axis=1), int(group), rules.interleave)
        for vector, within in by_vector.items():
            streams = int(group) * vector
            if streams > budget.multipliers(rules.operand_bits):
                break
            order = np.argsort((by_group[:, None] * vector + within).ravel(), kind="stable")
            slowest = work[order].reshape(streams, -1, len(fine)).sum(axis=1).max(axis=0)
            engine = -(-slowest[None, :] // outs[:, None])
            grid = np.broadcast_arrays(group, vector, outs[:, None], fine[None, :], engine)
            parts.append([column.ravel() for column in grid])
    columns = [np.concatenate(part) for part in zip(*parts, strict=True)]
    fits = np.prod(columns[:4], axis=0) <= budget.multipliers(rules.operand_bits)
    return _with_costs(histogram, sparse, [column[fits] for column in columns], rules)


def _work(
    histogram: PairHistogram, fine: npt.NDArray[np.int64], sparse: bool, rules: EngineRules
) -> Column:
    """(groups * vectors, len(fine)): engine cycles of each vector over all filters."""
    lanes = histogram.shape.lanes
    if sparse:
        cycles = sparse_cycles(lanes, fine, rules.empty_vector_cycles)
    else:
        cycles = dense_cycles(lanes, fine)
    return histogram.counts.reshape(-1, lanes + 1) @ cycles


def _with_costs(
    histogram: PairHistogram, sparse: bool, columns: list[Column], rules: EngineRules
) -> Candidates:
    group, vector, out, fine, engine = columns
    shape, layer, images = histogram.shape, histogram.layer, histogram.images
    input_port, output_port = port_cycles(layer, shape, images, (group, vector, out))
    resources = layer_resources(
        layer, shape, sparse, (group, vector, out, fine), rules.operand_bits
    )
    return Candidates(
        histogram, sparse, group, vector, out, fine, engine, input_port, output_port, resources
    )


def fill_cycles(histogram: PairHistogram, interval: float) -> int:
    """Estimate of the cycles until a layer can give its first output value.

    The share of the input that the first window needs, times the layer's interval.
    """
    layer = histogram.layer
    rows = layer.kernel[0] - 1 - layer.padding[0]
    needed = max(1, rows * layer.input_size[1] + layer.kernel[1] - layer.padding[1])
    pixels = layer.input_size[0] * layer.input_size[1]
    return ceil(interval * min(1.0, needed / pixels))
