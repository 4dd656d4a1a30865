"""S2TA: systolic arrays of tensor PEs for density-bound sparsity (see README.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from sim.accelerators.s2ta.blocks import ChannelBlocks, written
from sim.accelerators.systolic.array import GatedArray
from sim.arithmetic import ceil_div
from sim.causes import Cause
from sim.events import Events
from sim.gating import clocked
from sim.layer import Layer
from sim.masks.density_bound import DBB_BLOCK
from sim.masks.totals import effectual_macs, window_activations
from sim.memory import ArrayBytes, StoredBytes, dense_bytes
from sim.outputs import output_values, scaled, written_share
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive

VALUE_BITS = 8
MASK_BITS = 8
INDEX_BITS = 3
ACCUMULATOR_BITS = 32


@dataclass(frozen=True)
class TensorWork:
    """What a tensor array does for one image of a layer.

    Attributes:
        tile_cycles: cycles of one output tile.
        output_slots: multiplications that one output is given room for.
        presented: nonzero values of the unrolled operand that reach a multiplier, all images.
    """

    tile_cycles: int
    output_slots: int
    presented: int


@dataclass(frozen=True)
class TensorArray(GatedArray):
    """A grid of tensor PEs (TPEs), output stationary; `rows` and `columns` count TPEs.

    Attributes:
        tpe_pixels: output pixels of a TPE.
        tpe_filters: filters of a TPE.
        weight_slots: weights of a block of 8 that a TPE holds: the native weight bound.
    """

    needs_static_weights: ClassVar[str] = (
        "its weights are bound and packed in blocks of 8 channels offline"
    )

    tpe_pixels: int
    tpe_filters: int
    weight_slots: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(tpe_pixels=self.tpe_pixels, tpe_filters=self.tpe_filters)
        require_choice("weight_slots", self.weight_slots, range(1, DBB_BLOCK + 1))

    @property
    def tile(self) -> tuple[int, int]:
        """Output pixels and filters that the array works on at a time."""
        return self.rows * self.tpe_pixels, self.columns * self.tpe_filters

    def _tiles(self, layer: Layer) -> tuple[int, int]:
        pixels, filters = self.tile
        return ceil_div(layer.output_pixels, pixels), ceil_div(layer.group_filters, filters)

    def _tpes(self, layer: Layer) -> tuple[int, int]:
        """TPEs that the output pixels and a group's filters take, over all tiles."""
        return (
            ceil_div(layer.output_pixels, self.tpe_pixels),
            ceil_div(layer.group_filters, self.tpe_filters),
        )

    def _weight_blocks(self, trace: LayerTrace) -> ChannelBlocks:
        """Blocks of one filter at one kernel position; beyond the native bound they are dense."""
        native = trace.weight_bound <= self.weight_slots
        bound = trace.weight_bound if native else DBB_BLOCK
        return ChannelBlocks(trace.layer.group_channels, bound)

    def _stored_weights(self, trace: LayerTrace) -> int:
        layer = trace.layer
        positions = layer.out_channels * layer.kernel[0] * layer.kernel[1]
        return positions * self._weight_blocks(trace).stored_bytes

    def _events(
        self,
        trace: LayerTrace,
        work: TensorWork,
        stored: StoredBytes,
        window_bytes: int,
        actions: Mapping[str, float],
    ) -> Events:
        """Events of all images; `window_bytes` are read for one output pixel of one group."""
        layer, images = trace.layer, trace.images
        down, across = self._tiles(layer)
        tiles = layer.groups * down * across
        fill = (self.rows + self.columns - 2) * (1 if self.fold_overlap else tiles)
        compute_cycles = tiles * work.tile_cycles + fill
        reads = ArrayBytes(
            stored.weight * down, layer.groups * layer.output_pixels * window_bytes * across
        )
        traffic = self.traffic(stored, reads)
        stall_cycles = self.stall_cycles(compute_cycles, traffic)
        effectual = int(effectual_macs(trace).sum())
        room = layer.out_channels * layer.output_pixels * work.output_slots
        slots = self.multipliers * tiles * work.tile_cycles
        return Events(
            cycles=images * (compute_cycles + stall_cycles),
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.FILL: images * self.multipliers * fill,
                Cause.EDGE: images * (slots - room),
                Cause.UNFILLED_BOUND: images * room - work.presented,
                Cause.ZERO_OPERAND: work.presented - effectual,
                Cause.BANDWIDTH: images * self.multipliers * stall_cycles,
            },
            traffic_bytes={access: images * count for access, count in traffic.items()},
            actions=actions,
        )

    def _values(self, nonzero: int, total: int) -> float:
        """Bits written to operand registers that see `total` values, `nonzero` of them not 0."""
        running = nonzero if self.gate_operands else total
        return VALUE_BITS * clocked(running, total, self.gating_residual)


@dataclass(frozen=True)
class DotProductArray(TensorArray):
    """S2TA-W: each output takes the dot product of a weight block of n/8 in one cycle.

    A multiplier of a TPE picks, by a multiplexer over the 8 activations of a block, the one that
    its weight belongs to. A layer whose weights exceed the native bound runs dense, `weight_slots`
    positions per cycle; so does one whose channels fill blocks so badly that this is faster.
    """

    @property
    def multipliers(self) -> int:
        """`weight_slots` for each output of each TPE."""
        tile_pixels, tile_filters = self.tile
        return tile_pixels * tile_filters * self.weight_slots

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer = trace.layer
        cycles, lanes = self._schedule(trace)
        weights = trace.weight_nonzeros
        work = TensorWork(
            tile_cycles=cycles,
            output_slots=cycles * self.weight_slots,
            presented=trace.images * layer.output_pixels * weights,
        )
        dense = dense_bytes(trace)
        stored = replace(dense, weight=self._stored_weights(trace))
        actions = self._actions(trace, cycles, lanes)
        return self._events(trace, work, stored, layer.window, actions)

    def _schedule(self, trace: LayerTrace) -> tuple[int, int]:
        """Cycles of a tile, and activations that an output pixel takes in each."""
        layer = trace.layer
        dense = ceil_div(layer.window, self.weight_slots)
        blocked = layer.kernel[0] * layer.kernel[1] * self._weight_blocks(trace).count
        if trace.weight_bound <= self.weight_slots and blocked <= dense:
            return blocked, DBB_BLOCK
        return dense, self.weight_slots

    def _actions(self, trace: LayerTrace, cycles: int, lanes: int) -> dict[str, float]:
        layer, images = trace.layer, trace.images
        down, across = self._tpes(layer)
        outputs = images * layer.out_channels * layer.output_pixels
        slots = outputs * cycles * self.weight_slots
        filter_steps = images * layer.out_channels * down * cycles
        pixel_steps = images * layer.groups * layer.output_pixels * across * cycles
        weights = trace.weight_nonzeros * images * down
        activations = int(window_activations(trace).sum()) * across
        bits = self._values(weights, filter_steps * self.weight_slots) + filter_steps * MASK_BITS
        bits += self._values(activations, pixel_steps * lanes)
        # The adder tree hands a sum to the accumulator in every cycle, zero or not.
        bits += outputs * cycles * ACCUMULATOR_BITS
        effectual = int(effectual_macs(trace).sum())
        return {
            "mac_int8": clocked(effectual, slots, self.gating_residual),
            "register_bit": bits,
        }


@dataclass(frozen=True)
class TimeUnrolledArray(TensorArray):
    """S2TA-AW: one activation of a block per cycle meets the weight that it selects by its index.

    A lane has one multiplier. A block bound to n activations takes n cycles. A layer whose
    activations exceed the pruner's bound, or whose groups do not hold whole blocks, runs dense: one
    position per cycle. With weights beyond the native bound, a block is worked in parts of
    `weight_slots` channels.

    Attributes:
        max_activation_nonzeros: the largest bound that the activation pruner (DAP) can set.
    """

    max_activation_nonzeros: int

    def __post_init__(self) -> None:
        super().__post_init__()
        bounds = range(1, DBB_BLOCK + 1)
        require_choice("max_activation_nonzeros", self.max_activation_nonzeros, bounds)

    @property
    def multipliers(self) -> int:
        """One for each output of each TPE."""
        tile_pixels, tile_filters = self.tile
        return tile_pixels * tile_filters

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer = trace.layer
        kernel = layer.kernel[0] * layer.kernel[1]
        blocks = self._activation_blocks(trace)
        native = trace.weight_bound <= self.weight_slots
        steps = blocks.kept if native else blocks.kept_in_parts(self.weight_slots)
        work = TensorWork(
            tile_cycles=kernel * steps,
            output_slots=kernel * steps,
            presented=int(window_activations(trace).sum()) * layer.group_filters,
        )
        actions = self._actions(trace, work, self._weight_loads(trace))
        return self._events(trace, work, self._stored(trace), kernel * blocks.stored_bytes, actions)

    def _activation_blocks(self, trace: LayerTrace) -> ChannelBlocks:
        """Blocks of one group's channels at one position, as the array takes them."""
        layer = trace.layer
        whole = layer.groups == 1 or layer.group_channels % DBB_BLOCK == 0
        pruned = whole and trace.activation_bound <= self.max_activation_nonzeros
        return ChannelBlocks(layer.group_channels, trace.activation_bound if pruned else DBB_BLOCK)

    def _weight_loads(self, trace: LayerTrace) -> int:
        """Times that a filter's weight registers of a TPE are written for one output tile."""
        layer = trace.layer
        size = DBB_BLOCK if trace.weight_bound <= self.weight_slots else self.weight_slots
        full, rest = divmod(layer.group_channels, DBB_BLOCK)
        parts = full * ceil_div(DBB_BLOCK, size) + ceil_div(rest, size)
        return layer.kernel[0] * layer.kernel[1] * parts

    def _stored(self, trace: LayerTrace) -> StoredBytes:
        layer = trace.layer
        bound = trace.activation_bound
        pixel = ChannelBlocks(
            layer.in_channels, bound if bound <= self.max_activation_nonzeros else DBB_BLOCK
        ).stored_bytes
        output = output_values(trace)
        blocks = self._written(trace)
        if blocks is not None:
            output = output // blocks.channels * blocks.stored_bytes
        pixels = layer.input_size[0] * layer.input_size[1]
        return StoredBytes.of(trace, self._stored_weights(trace), (pixels * pixel, output))

    def _written(self, trace: LayerTrace) -> ChannelBlocks | None:
        if trace.output is None:
            return None
        return written(trace.output, self.max_activation_nonzeros)

    def _actions(self, trace: LayerTrace, work: TensorWork, weight_loads: int) -> dict[str, float]:
        layer, images = trace.layer, trace.images
        down, across = self._tpes(layer)
        effectual = int(effectual_macs(trace).sum())
        slots = images * layer.out_channels * layer.output_pixels * work.output_slots
        working = clocked(effectual, slots, self.gating_residual)
        loads = images * layer.out_channels * down * weight_loads
        steps = images * layer.groups * layer.output_pixels * across * work.tile_cycles
        weights = trace.weight_nonzeros * images * down
        activations = int(window_activations(trace).sum()) * across
        bits = self._values(weights, loads * self.weight_slots) + loads * MASK_BITS
        bits += self._values(activations, steps) + steps * INDEX_BITS
        blocks = self._written(trace)
        values = scaled(output_values(trace), written_share(trace))
        compared = 0 if blocks is None else blocks.comparisons * values
        return {
            "mac_int8": working,
            "register_bit": bits + ACCUMULATOR_BITS * working,
            "comparator_int8": 0 if blocks is None else images * compared // blocks.channels,
        }
