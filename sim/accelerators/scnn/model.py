"""SCNN (Parashar et al., ISCA 2017): planar-tiled, input-stationary Cartesian products."""

from dataclasses import dataclass
from functools import reduce
from math import prod
from operator import add
from typing import ClassVar

import numpy as np

from sim.accelerators.scnn.products import (
    BARRIERS,
    cycles_per_pair,
    vector_features,
)
from sim.accelerators.scnn.tiling import (
    TILINGS,
    Plane,
    Tiles,
    activation_counts,
    filter_counts,
    group_sizes,
    is_late_pointwise,
    is_single_pixel,
    largest_share,
    written_counts,
)
from sim.accelerators.scnn.traffic import Storage, actions, traffic_bytes
from sim.arithmetic import Counts, ceil_div
from sim.causes import Cause
from sim.events import Events
from sim.layer import Layer
from sim.masks.totals import effectual_macs
from sim.memory import stall_cycles
from sim.sizes import Pair
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive, require_rate


@dataclass(frozen=True)
class Queues:
    """Nonzeros of every queue of a layer, one image.

    Attributes:
        weights: (groups, filter groups, C/groups, sub-grids).
        activations: (groups, C/groups, sub-grids, PEs) of one image.
    """

    weights: Counts
    activations: Counts

    @property
    def products(self) -> int:
        """Cartesian products of all queues: what the multipliers compute."""
        per_queue = self.activations.sum(axis=3)
        return int((self.weights.sum(axis=1) * per_queue).sum())

    def vector_pairs(self, weight_vector: int, activation_vector: int) -> int:
        """Pairs of vectors that pass the multiplier arrays."""
        weights = -(-self.weights // weight_vector)
        activations = -(-self.activations // activation_vector)
        return int((weights.sum(axis=1) * activations.sum(axis=3)).sum())


@dataclass(frozen=True, kw_only=True)
class Scnn:
    """SCNN's PE array; the parameters are explained in configs.yaml.

    Raises:
        UserError: a size is below 1, a limit of filters is negative, or a choice is unknown.
    """

    needs_static_weights: ClassVar[str] = (
        "its weights are compressed offline, filter group by filter group"
    )

    pe_rows: int
    pe_columns: int
    weight_vector: int
    activation_vector: int
    accumulator_banks: int
    accumulator_entries: int
    filters_per_group: int
    late_pointwise_filters_per_group: int
    plane_tiles: str
    barrier: str
    stride_products: str
    exchange_values_per_cycle: int
    operand_bits: int
    index_bits: int
    activation_ram_bytes: int
    dram_bytes_per_cycle: float

    def __post_init__(self) -> None:
        require_positive(
            pe_rows=self.pe_rows,
            pe_columns=self.pe_columns,
            weight_vector=self.weight_vector,
            activation_vector=self.activation_vector,
            accumulator_banks=self.accumulator_banks,
            accumulator_entries=self.accumulator_entries,
            exchange_values_per_cycle=self.exchange_values_per_cycle,
            index_bits=self.index_bits,
            activation_ram_bytes=self.activation_ram_bytes,
        )
        if self.filters_per_group:
            require_positive(filters_per_group=self.filters_per_group)
        if self.late_pointwise_filters_per_group:
            require_positive(late_pointwise_filters_per_group=self.late_pointwise_filters_per_group)
        require_choice("plane_tiles", self.plane_tiles, TILINGS)
        require_choice("barrier", self.barrier, BARRIERS)
        require_choice("stride_products", self.stride_products, ("sub_grids", "all"))
        require_choice("operand_bits", self.operand_bits, (8, 16))
        require_rate(dram_bytes_per_cycle=self.dram_bytes_per_cycle)

    @property
    def pes(self) -> Pair:
        """Rows and columns of PEs."""
        return self.pe_rows, self.pe_columns

    @property
    def multipliers(self) -> int:
        """Multipliers of all PEs."""
        return prod(self.pes) * self.weight_vector * self.activation_vector

    def filters_in_group(self, layer: Layer) -> int:
        """Filters whose partial sums fit the accumulators of one PE (Kc), at least 1."""
        per_filter = 1
        if not is_single_pixel(layer):
            per_filter = Tiles.of(layer, self.pes).accumulators_per_filter(layer)
        fitting = max(1, self.accumulator_entries // per_filter)
        limit = self.filters_per_group or fitting
        if self.late_pointwise_filters_per_group and is_late_pointwise(layer, self.pes):
            limit = min(limit, self.late_pointwise_filters_per_group)
        return min(fitting, limit, layer.group_filters)

    def exchange_cycles(self, layer: Layer) -> int:
        """Cycles of one image in which PEs trade partial sums at the end of filter groups.

        Convolution: halos, limited by the longest side of a tile. Fully connected: every PE owns
        a part of the outputs and receives the other PEs' partial sums of it.
        """
        pes = prod(self.pes)
        sizes = group_sizes(layer, self.filters_in_group(layer))
        if is_single_pixel(layer):
            values = [ceil_div(size, pes) * (pes - 1) for size in sizes]
        else:
            values = [size * Tiles.of(layer, self.pes).largest_exchange() for size in sizes]
        if pes == 1:
            return 0
        return layer.groups * sum(ceil_div(v, self.exchange_values_per_cycle) for v in values)

    def queues(self, trace: LayerTrace, steps: Pair) -> list[Queues]:
        """Queues of each image with the stride split into steps sub-grids per axis."""
        layer = trace.layer
        if is_single_pixel(layer):
            steps = (1, 1)  # one pixel has one parity
        activations = activation_counts(trace, Plane(self.pes, self.plane_tiles), steps)
        shape = (trace.images, layer.groups, layer.group_channels, *activations.shape[2:])
        weights = filter_counts(trace, self.filters_in_group(layer), steps)
        return [Queues(weights, image) for image in activations.reshape(shape)]

    def product_cycles(self, queues: Queues) -> tuple[int, int]:
        """(cycles of the array with barriers, busy cycles summed over PEs)."""
        cost = cycles_per_pair(self.weight_vector, self.activation_vector, self.accumulator_banks)
        weights = vector_features(queues.weights, self.weight_vector) @ cost
        weights = weights.reshape(*weights.shape[:3], -1)
        features = vector_features(queues.activations, self.activation_vector)
        groups, channels, _, pes = queues.activations.shape
        columns = np.moveaxis(features, -1, -2).reshape(groups, channels, -1, pes)
        slowest, busy = BARRIERS[self.barrier](weights, columns)
        return round(slowest), round(busy)

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer over all images (ISCA 2017, section 4: PT-IS-CP-sparse)."""
        useful = self.queues(trace, trace.layer.stride)
        computed = useful if self.stride_products == "sub_grids" else self.queues(trace, (1, 1))
        effectual = effectual_macs(trace)
        images = (
            self._image(trace, image, computed[image], useful[image].products, int(macs))
            for image, macs in enumerate(effectual)
        )
        return reduce(add, images)

    def _image(
        self, trace: LayerTrace, image: int, queues: Queues, useful_products: int, effectual: int
    ) -> Events:
        array_cycles, busy = self.product_cycles(queues)
        exchange = self.exchange_cycles(trace.layer)
        pairs = queues.vector_pairs(self.weight_vector, self.activation_vector)
        traffic = traffic_bytes(trace, self._storage(trace, image, queues), effectual)
        stalls = stall_cycles(array_cycles + exchange, traffic, self.dram_bytes_per_cycle)
        per_pe = self.weight_vector * self.activation_vector
        idle = {
            Cause.FRAGMENTATION: per_pe * pairs - queues.products,
            Cause.ACCUMULATOR_BANKS: per_pe * (busy - pairs),
            Cause.STRIDE: queues.products - useful_products,
            Cause.EDGE: useful_products - effectual,
            Cause.BARRIER: self.multipliers * array_cycles - per_pe * busy,
            Cause.EXCHANGE: self.multipliers * exchange,
            Cause.BANDWIDTH: self.multipliers * stalls,
        }
        return Events(
            cycles=array_cycles + exchange + stalls,
            dense_macs=trace.layer.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles=idle,
            traffic_bytes=traffic,
            actions=actions(queues.products, self.operand_bits),
        )

    def _storage(self, trace: LayerTrace, image: int, queues: Queues) -> Storage:
        return Storage(
            weights=queues.weights,
            activations=queues.activations,
            written=written_counts(trace, image, Plane(self.pes, self.plane_tiles)),
            activation_vector=self.activation_vector,
            operand_bits=self.operand_bits,
            index_bits=self.index_bits,
            activation_ram_bytes=self.activation_ram_bytes,
            residual=trace.layer.residual_elements,
            residual_tile=largest_share(trace.layer, trace.layer.residual_elements, self.pes),
        )
