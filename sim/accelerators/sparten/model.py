"""SparTen (Gondimalla et al., MICRO 2019): two-sided sparse, output stationary, bit-mask joins.

A cluster broadcasts chunks of input windows to its compute units; each unit holds the chunk of
another filter, joins the two masks and makes one matching multiplication per cycle. A unit keeps
its filter chunk for several windows and runs ahead of the others over these; where the cluster
turns to its next filter chunk, all wait for the slowest unit. Greedy balancing shortens this wait
by giving each unit a dense filter together with a sparse one.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from sim.accelerators.sparten.arrangement import (
    ABSENT,
    Order,
    paired_by_chunk,
    paired_by_filter,
    plain,
)
from sim.accelerators.sparten.chunks import Bundles
from sim.accelerators.sparten.clusters import ClusterGrid
from sim.accelerators.sparten.counting import RoundTimes, round_times, stretch_blocks
from sim.accelerators.sparten.traffic import Chunking, array_bytes, filter_loads, stored_bytes
from sim.arithmetic import Counts, ceil_div
from sim.causes import Cause
from sim.events import Events
from sim.layer import Layer
from sim.masks.chunk_pairs import ChunkedLayer, chunked_layer
from sim.masks.totals import effectual_macs, window_activations
from sim.memory import Memory
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive

BARRIERS = ("input_chunk", "filter_chunk", "round")
"""Units of a cluster meet after each broadcast chunk, before the next filter chunk, or before the
next filters."""


@dataclass(frozen=True)
class FilterPlan:
    """What is fixed for a layer before any activation is known.

    Attributes:
        bundles: convolution groups that share a cluster.
        grid: how the clusters share the layer.
        chunks: of its filters and windows.
        order: (bundles, chunks or 1, slots, units, rounds) filter numbers.
    """

    bundles: Bundles
    grid: ClusterGrid
    chunks: ChunkedLayer
    order: Order

    @property
    def units_with_filter(self) -> npt.NDArray[np.int64]:
        """(rounds, bundles) units that take part; the same for every chunk."""
        units: npt.NDArray[np.int64] = (self.order[:, 0] != ABSENT).any(axis=1).sum(axis=1)
        return units.T


@dataclass(frozen=True)
class SparTen(Memory, ABC):
    """What all three balancings share; images run one after the other.

    Attributes:
        clusters: clusters, each with its own part of the output map.
        units_per_cluster: compute units, i.e. multipliers, of a cluster.
        chunk_bits: positions of a window that one chunk covers.
        positions_per_filter_chunk: output positions for which a unit keeps a filter chunk before
            the next one replaces it.
        barrier: where the units of a cluster wait for each other: one of `BARRIERS`.
        weight_buffer_kib, activation_buffer_kib, dram_bytes_per_cycle: see sim/memory.py.

    Raises:
        UserError: a parameter is not a whole number of at least 1, or the bandwidth no rate.
    """

    clusters: int
    units_per_cluster: int
    chunk_bits: int
    positions_per_filter_chunk: int
    barrier: str

    permutes: ClassVar[bool] = False
    """Products cross the permutation network to their filter's accumulator."""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            clusters=self.clusters,
            units_per_cluster=self.units_per_cluster,
            chunk_bits=self.chunk_bits,
            positions_per_filter_chunk=self.positions_per_filter_chunk,
        )
        require_choice("barrier", self.barrier, BARRIERS)

    @property
    def multipliers(self) -> int:
        """One per compute unit."""
        return self.clusters * self.units_per_cluster

    @abstractmethod
    def arrange(self, chunk_nonzeros: Counts, bundles: Bundles) -> Order:
        """Which unit takes which filter in which round, where filters fill the clusters.

        Args:
            chunk_nonzeros: (bundles, filters, chunks) nonzero weights.
            bundles: of the layer.
        """

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer; `round_times` tells the mechanism, `traffic` the bytes."""
        plan = self._plan(trace)
        macs, windows = effectual_macs(trace), window_activations(trace)
        images = (
            self._image(trace, plan, image, int(macs[image]), int(windows[image]))
            for image in range(trace.images)
        )
        return reduce(add, images)

    def _plan(self, trace: LayerTrace) -> FilterPlan:
        bundles = Bundles.of(trace.layer, self.units_per_cluster)
        grid = ClusterGrid.of(self.clusters, trace.layer.output_pixels)
        chunks = chunked_layer(trace, bundles.groups, self.chunk_bits)
        # pairing halves the rounds: without enough of them it would only leave units empty
        pairing_rounds = ceil_div(bundles.filters, 2 * self.units_per_cluster) * bundles.count
        fills = bundles.filters >= 2 * self.units_per_cluster and pairing_rounds >= grid.by_filter
        if not fills:
            return FilterPlan(bundles, grid, chunks, plain(bundles, self.units_per_cluster))
        return FilterPlan(bundles, grid, chunks, self.arrange(chunks.filter_nonzeros, bundles))

    def _positions_between_barriers(self, layer: Layer) -> int:
        if self.barrier == "filter_chunk":
            return self.positions_per_filter_chunk
        return 1 if self.barrier == "input_chunk" else layer.output_pixels

    def _image(
        self, trace: LayerTrace, plan: FilterPlan, image: int, macs: int, window_nonzeros: int
    ) -> Events:
        layer, rounds = trace.layer, plan.order.shape[-1]
        between = self._positions_between_barriers(layer)
        stretches = plan.grid.stretches(layer.output_pixels, between)
        blocks = stretch_blocks(plan.chunks, image, plan.grid, between)
        meets_per_chunk = self.barrier != "round"
        times = round_times(blocks, plan.order, len(stretches.starts), meets_per_chunk)
        sent = rounds * plan.bundles.count * layer.output_pixels
        chunking = Chunking(self.chunk_bits, len(plan.chunks.filters), sent)
        loads = filter_loads(layer, plan.grid, self.positions_per_filter_chunk)
        traffic = self.traffic(
            stored_bytes(trace, image, chunking),
            array_bytes(trace, chunking, rounds * window_nonzeros, loads),
        )
        compute_cycles = plan.grid.slowest(times.cycles, stretches)
        stall_cycles = self.stall_cycles(compute_cycles, traffic)
        cycles = compute_cycles + stall_cycles
        idle = self._idle(plan, times, compute_cycles, macs)
        idle[Cause.BANDWIDTH] = self.multipliers * stall_cycles
        return Events(
            cycles=cycles,
            dense_macs=layer.dense_macs,
            effectual_macs=macs,
            multipliers=self.multipliers,
            idle_multiplier_cycles=idle,
            traffic_bytes=traffic,
            actions=self._actions(macs, times, cycles),
        )

    def _actions(self, macs: int, times: RoundTimes, cycles: int) -> dict[str, float]:
        joins = macs + times.empty_pairs
        actions = {
            "mac_int8": macs,
            "sparten_inner_join": joins,
            "sparten_unit_buffer": joins,
            "sparten_control": self.multipliers * cycles,
        }
        if self.permutes:
            actions["sparten_permutation"] = macs
        return {name: float(count) for name, count in actions.items()}

    def _idle(
        self, plan: FilterPlan, times: RoundTimes, cycles: int, macs: int
    ) -> dict[Cause, int]:
        in_cluster = int(times.cycles.sum()) * self.units_per_cluster
        with_filter = int((times.cycles.sum(axis=2) * plan.units_with_filter).sum())
        return {
            Cause.EMPTY_CHUNK: times.empty_pairs,
            Cause.BARRIER: with_filter - macs - times.empty_pairs,
            Cause.FRAGMENTATION: in_cluster - with_filter,
            Cause.CLUSTER_IMBALANCE: self.multipliers * cycles - in_cluster,
        }


@dataclass(frozen=True)
class SparTenUnbalanced(SparTen):
    """No balancing: successive filters on successive units."""

    def arrange(self, chunk_nonzeros: Counts, bundles: Bundles) -> Order:
        """One filter per unit, in order."""
        return plain(bundles, self.units_per_cluster)


@dataclass(frozen=True)
class SparTenGBS(SparTen):
    """GB-S: whole filters sorted in software, two per unit."""

    needs_static_weights: ClassVar[str] = "its filters are paired by their density offline"

    def arrange(self, chunk_nonzeros: Counts, bundles: Bundles) -> Order:
        """The densest filter with the sparsest."""
        return paired_by_filter(chunk_nonzeros, self.units_per_cluster)


@dataclass(frozen=True)
class SparTenGBH(SparTen):
    """GB-H: paired anew for each chunk, products routed back by a permutation network."""

    permutes: ClassVar[bool] = True
    needs_static_weights: ClassVar[str] = "its filters are paired chunk by chunk offline"

    def arrange(self, chunk_nonzeros: Counts, bundles: Bundles) -> Order:
        """The filters of a round, the densest chunk with the sparsest."""
        return paired_by_chunk(chunk_nonzeros, self.units_per_cluster)
