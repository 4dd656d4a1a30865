"""Every way to unfold one layer's hardware, with its interval and what it takes of the device."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import ceil

import numpy as np
import numpy.typing as npt

from sim.accelerators.hass.engine import dense_cycles, divisors, sparse_cycles
from sim.accelerators.hass.histograms import PairHistogram
from sim.accelerators.hass.resources import Budget, Resources, layer_resources
from sim.accelerators.hass.streams import dealt, port_cycles
from sim.accelerators.hass.vectors import VectorShape
from sim.layer import Layer

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
        """Dot-product engines that work in parallel."""
        return self.coarse_group * self.coarse_in * self.coarse_out

    @property
    def multipliers(self) -> int:
        """Multipliers of all engines of the layer."""
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """All foldings of one layer, as columns of equal length.

    Intervals are cycles summed over the N images of the histogram: `engine` until the slowest
    input stream is done, `input_port` and `output_port` until all padded input and all output
    values have passed, one value (pointwise: one cluster) per stream and cycle. Engines are taken
    to need `slowdown` times as long, where it is known what waiting costs them.
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
    slowdown: float = 1.0

    @property
    def slowed_engine(self) -> Column:
        """Cycles of the engines with what waiting costs them, rounded up."""
        if self.slowdown == 1:
            return self.engine
        slowed: Column = np.ceil(self.engine * self.slowdown).astype(np.int64)
        return slowed

    @cached_property
    def interval(self) -> Column:
        """Cycles between two successive batches of N images."""
        return np.maximum(np.maximum(self.slowed_engine, self.input_port), self.output_port)

    @property
    def average_interval(self) -> Column:
        """Cycles between two successive batches if engines never waited."""
        return replace(self, slowdown=1.0).interval

    def folding(self, index: int) -> Folding:
        """The folding of one candidate."""
        columns = (self.coarse_group, self.coarse_in, self.coarse_out, self.fine)
        return Folding(*(int(column[index]) for column in columns))

    def at(self, index: npt.NDArray[np.int64]) -> "Candidates":
        """Select candidates, in the given order."""
        names = ("coarse_group", "coarse_in", "coarse_out", "fine", "engine")
        columns = {name: getattr(self, name)[index] for name in names}
        return replace(
            self,
            **columns,
            input_port=self.input_port[index],
            output_port=self.output_port[index],
            resources=self.resources.at(index),
        )


def candidates(histogram: PairHistogram, rules: EngineRules, budget: Budget) -> Candidates:
    """All foldings of a layer whose multipliers fit the device.

    `coarse_group`, `coarse_in`, `coarse_out` are divisors of what they share out; `fine` is any
    number up to the vector's length for the sparse engine, a divisor for the dense one.
    """
    shape, sparse = histogram.shape, rules.skips(histogram.pair_sparsity)
    most = budget.multipliers(rules.operand_bits)
    grid = _grid(histogram.layer, shape, histogram.images, sparse, rules.operand_bits, most)
    work = _work(histogram, _fine(shape, sparse=sparse), sparse, rules)
    pairs = histogram.counts @ np.arange(shape.lanes + 1)
    loads = pairs.sum(axis=1)
    by_group = {n: dealt(loads, n, rules.interleave) for n in {g for g, _ in grid.streams}}
    by_vector = {n: dealt(pairs, n, rules.interleave) for n in {v for _, v in grid.streams}}
    outs = divisors(shape.filters)[:, None]
    parts = []
    for group, vector in grid.streams:
        stream = by_group[group][:, None] * vector + by_vector[vector]
        order = np.argsort(stream.ravel(), kind="stable")
        slowest = work[order].reshape(group * vector, -1, work.shape[1]).sum(axis=1).max(axis=0)
        parts.append((-(-slowest[None, :] // outs)).ravel())
    return Candidates(
        histogram=histogram,
        sparse=sparse,
        coarse_group=grid.coarse_group,
        coarse_in=grid.coarse_in,
        coarse_out=grid.coarse_out,
        fine=grid.fine,
        engine=np.concatenate(parts)[grid.fits],
        input_port=grid.input_port,
        output_port=grid.output_port,
        resources=grid.resources,
    )


def _fine(shape: VectorShape, *, sparse: bool) -> Column:
    """Numbers of multipliers that an engine may have."""
    return np.arange(1, shape.lanes + 1) if sparse else divisors(shape.lanes)


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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Grid:
    """What the foldings of a layer are and take, whatever its zeros: a search asks for it often.

    Attributes:
        streams: coarse_group and coarse_in of each block of rows.
        fits: which rows of all blocks together are within the device; the columns hold those.
    """

    streams: tuple[tuple[int, int], ...]
    fits: npt.NDArray[np.bool_]
    coarse_group: Column
    coarse_in: Column
    coarse_out: Column
    fine: Column
    input_port: Column
    output_port: Column
    resources: Resources


@lru_cache(maxsize=256)
def _grid(
    layer: Layer, shape: VectorShape, images: int, sparse: bool, operand_bits: int, most: int
) -> _Grid:
    """Rows for every coarse_group, coarse_in, coarse_out and fine, in this order, the last fastest.

    Args:
        layer: the layer.
        shape: the layer as vectors.
        images: N.
        sparse: which engine.
        operand_bits: of weights and activations.
        most: multipliers of the device.
    """
    fine = _fine(shape, sparse=sparse)
    streams = tuple(
        (int(group), int(vector))
        for group in divisors(shape.groups)
        for vector in divisors(shape.vectors)
        if group * vector <= most
    )
    outs = divisors(shape.filters)
    blocks = [np.broadcast_arrays(*stream, outs[:, None], fine[None, :]) for stream in streams]
    columns = [np.concatenate([c.ravel() for c in part]) for part in zip(*blocks, strict=True)]
    fits = np.prod(columns, axis=0) <= most
    group, vector, out, fine = (column[fits] for column in columns)
    input_port, output_port = port_cycles(layer, shape, images, (group, vector, out))
    resources = layer_resources(layer, shape, sparse, (group, vector, out, fine), operand_bits)
    return _Grid(
        streams=streams,
        fits=fits,
        coarse_group=group,
        coarse_in=vector,
        coarse_out=out,
        fine=fine,
        input_port=input_port,
        output_port=output_port,
        resources=resources,
    )


def fill_cycles(histogram: PairHistogram, interval: float) -> int:
    """Estimate of the cycles until a layer can give its first output value.

    The share of the input that the first window needs, times the layer's interval.
    """
    layer = histogram.layer
    (height, width), (top, left) = layer.spread_size, layer.padding
    rows = layer.extent[0] - 1 - top
    needed = max(1, rows * width + layer.extent[1] - left)
    pixels = height * width
    return ceil(interval * min(1.0, needed / pixels))
