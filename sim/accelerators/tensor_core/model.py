"""Tensor cores of a GPU: dense, and with 2:4 sparse weights (see README.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

from sim.accelerators.tensor_core.patterns import Pattern, patterns
from sim.arithmetic import ceil_div
from sim.causes import Cause
from sim.events import Access, Events
from sim.layer import Layer
from sim.masks.totals import effectual_macs
from sim.memory import PSUM_BYTES, ArrayBytes, Memory, dense_bytes
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive, require_rate

VALUE_BITS = 8
LARGEST_BLOCK = 16
"""Beyond, an index would take more than 4 bits."""
PSUM_MEMORY = "sram_8kib"
"""Accumulators of a subpartition: 16 filters x 128 pixels of 32 bits are 8 KiB."""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How a layer runs, one image.

    Attributes:
        pattern: ratio of the weights that it is run with.
        filter_tiles: groups of filters that run at once, over all groups of the layer.
        pixel_tiles: runs of pixels whose sums are held at once.
        steps: for the dot product of a filter.
        array_cycles: steps x pixels x filter tiles.
        input_bytes, weight_bytes: from the buffers to the operand registers, indices included.
    """

    pattern: Pattern
    filter_tiles: int
    pixel_tiles: int
    steps: int
    array_cycles: int
    input_bytes: int
    weight_bytes: int


@dataclass(frozen=True, kw_only=True)
class TensorCore(Memory):
    """Subpartitions of filters x lanes multipliers; weights stay, pixels stream past them.

    A step takes `lanes` weights of each filter and, pixel by pixel, the inputs that they belong
    to, which all filters share. With a sparse pattern, each multiplier picks its input from the
    block of its weight. A layer that satisfies no pattern, or gains nothing by it, runs dense.

    Attributes:
        subpartitions: parts with accumulators of their own.
        filters_per_subpartition: dot products at once in each.
        lanes: products of one dot product per cycle.
        tile_pixels: output pixels whose sums a subpartition holds.
        kept: weights kept of a block.
        largest_block: largest block in channels; below 2 x kept there is no sparse pattern.
        operand_bytes_per_cycle: from the shared buffers to the operand registers.

    Raises:
        UserError: a value is not positive, or `kept` does not divide `lanes`.
    """

    subpartitions: int
    filters_per_subpartition: int
    lanes: int
    tile_pixels: int
    kept: int
    largest_block: int
    operand_bytes_per_cycle: float

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            subpartitions=self.subpartitions,
            filters_per_subpartition=self.filters_per_subpartition,
            lanes=self.lanes,
            tile_pixels=self.tile_pixels,
            kept=self.kept,
            largest_block=self.largest_block,
        )
        require_rate(operand_bytes_per_cycle=self.operand_bytes_per_cycle)
        require_choice("kept", self.kept, [n for n in range(1, 9) if self.lanes % n == 0])
        require_choice("largest_block", self.largest_block, range(1, LARGEST_BLOCK + 1))

    @property
    def filters(self) -> int:
        """Filters that run at once."""
        return self.subpartitions * self.filters_per_subpartition

    @property
    def multipliers(self) -> int:
        """Multipliers of all subpartitions."""
        return self.filters * self.lanes

    @property
    def patterns(self) -> list[Pattern]:
        """What the weights may be stored as, dense first."""
        return patterns(self.kept, self.largest_block)

    def schedule(self, trace: LayerTrace) -> Schedule:
        """The fastest pattern that the weights satisfy, and what it takes.

        Activations were not stored in a pattern beforehand: as a second operand they are dense.
        """
        layer = trace.layer
        known = self.patterns[:1] if layer.is_product else self.patterns
        fitting = [pattern for pattern in known if pattern.holds(trace.weight)]
        pattern = min(fitting, key=lambda each: each.steps(layer, self.lanes))
        steps = pattern.steps(layer, self.lanes)
        filter_tiles = layer.groups * ceil_div(layer.group_filters, self.filters)
        pixel_tiles = ceil_div(layer.output_pixels, self.tile_pixels)
        streamed = filter_tiles * steps * layer.output_pixels
        loaded = pixel_tiles * layer.out_channels * steps * self.lanes
        return Schedule(
            pattern=pattern,
            filter_tiles=filter_tiles,
            pixel_tiles=pixel_tiles,
            steps=steps,
            array_cycles=streamed,
            input_bytes=streamed * pattern.inputs_per_step(self.lanes),
            weight_bytes=pattern.stored_bytes(loaded),
        )

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer, images = trace.layer, trace.images
        plan = self.schedule(trace)
        moved = plan.input_bytes + plan.weight_bytes
        busy_cycles = max(plan.array_cycles, ceil(moved / self.operand_bytes_per_cycle))
        traffic = self._traffic(trace, plan)
        stall_cycles = self.stall_cycles(busy_cycles, traffic)
        effectual = int(effectual_macs(trace).sum())
        slots = plan.pattern.slots(layer) * layer.out_channels * layer.output_pixels
        presented = self._presented(trace, plan.pattern)
        idle = {
            Cause.EDGE: self.multipliers * plan.array_cycles - slots,
            Cause.UNFILLED_BOUND: slots - presented,
            Cause.BUFFER_BANDWIDTH: self.multipliers * (busy_cycles - plan.array_cycles),
            Cause.BANDWIDTH: self.multipliers * stall_cycles,
        }
        return Events(
            cycles=images * (busy_cycles + stall_cycles),
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.ZERO_OPERAND: images * presented - effectual,
                **{cause: images * count for cause, count in idle.items()},
            },
            traffic_bytes={access: images * count for access, count in traffic.items()},
            actions={name: images * n for name, n in self._actions(layer, plan, slots).items()},
        )

    def _presented(self, trace: LayerTrace, pattern: Pattern) -> int:
        """Weights that meet their inputs, one image; the dense pattern presents zeros as well."""
        weights = trace.weight.size if pattern.is_dense else trace.weight_nonzeros
        return weights * trace.layer.output_pixels

    def _traffic(self, trace: LayerTrace, plan: Schedule) -> dict[Access, int]:
        layer = trace.layer
        dense = dense_bytes(trace)
        weights = plan.pattern.stored_bytes(layer.out_channels * plan.pattern.slots(layer))
        stored = replace(dense, weight=weights)
        sums = PSUM_BYTES * layer.out_channels * layer.output_pixels
        return {
            **self.traffic(stored, ArrayBytes(plan.weight_bytes, plan.input_bytes)),
            Access(PSUM_MEMORY, "psum", "write"): sums * plan.steps,
            Access(PSUM_MEMORY, "psum", "read"): sums * plan.steps,
        }

    def _actions(self, layer: Layer, plan: Schedule, slots: int) -> Mapping[str, int]:
        """Multiplications, zeros among them, and bits written to the operand registers.

        A multiplier holds a weight and, with a sparse pattern, its index; the inputs of a step are
        held once per subpartition.
        """
        loaded = plan.pixel_tiles * layer.out_channels * plan.steps * self.lanes
        held = VALUE_BITS + plan.pattern.index_bits
        inputs = plan.input_bytes * self.subpartitions
        return {"mac_int8": slots, "register_bit": loaded * held + inputs * VALUE_BITS}
