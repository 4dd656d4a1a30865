"""An accelerator put together from the common mechanisms of sparse designs, without Python.

Groups of compute units stand side by side. A group broadcasts one input window after the other, in
chunks; each of its units holds another filter and multiplies what is left of the chunk after zeros
are skipped, as many pairs per cycle as it has lanes. Units of a group wait for each other at the
barrier; groups work on parts of the output map of their own and meet at the end of the layer.

What it can say: a dense array (nothing skipped), skipping zero weights or zero activations,
two-sided joins as in SparTen (Gondimalla et al., MICRO 2019) without its balancing. What it cannot:
density-bound blocks, queues, products gathered from several outputs, reordered filters.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add

from sim.accelerators.template.times import (
    BARRIERS,
    OPERANDS,
    Pace,
    chunks_left,
    group_times,
)
from sim.arithmetic import ceil_div
from sim.causes import Cause
from sim.compressed_formats import bitmap_bytes, bitmap_map_bytes
from sim.events import Events
from sim.layer import Mask
from sim.masks.totals import effectual_macs, window_activations
from sim.memory import ArrayBytes, Memory, StoredBytes, dense_bytes
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive, require_whole

VALUE_BITS = 8
ACCUMULATOR_BITS = 32


@dataclass(frozen=True, kw_only=True)
class Template(Memory):
    """A design by its parameters.

    Attributes:
        groups: groups of units; each takes a run of successive output positions.
        units_per_group: filters that share a broadcast.
        lanes: multipliers of a unit.
        chunk: positions of a window that a unit sees at a time.
        least_cycles_per_chunk: cycles of a chunk of which nothing is left.
        skips: operands whose zeros take no time: one of `OPERANDS`. They are stored as bitmaps.
        gates: operands whose zeros take time, but no multiplication: one of `OPERANDS`.
        barrier: where the units of a group wait for each other: one of `BARRIERS`.
        weight_buffer_kib, activation_buffer_kib, dram_bytes_per_cycle: see sim/memory.py.

    Raises:
        UserError: a parameter is out of range.
    """

    groups: int
    units_per_group: int
    lanes: int
    chunk: int
    least_cycles_per_chunk: int
    skips: str
    gates: str
    barrier: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(
            groups=self.groups,
            units_per_group=self.units_per_group,
            lanes=self.lanes,
            chunk=self.chunk,
        )
        require_whole(least_cycles_per_chunk=self.least_cycles_per_chunk)
        require_choice("skips", self.skips, OPERANDS)
        require_choice("gates", self.gates, OPERANDS)
        require_choice("barrier", self.barrier, BARRIERS)

    @property
    def multipliers(self) -> int:
        """Lanes of all units."""
        return self.groups * self.units_per_group * self.lanes

    @property
    def skips_weights(self) -> bool:
        """Whether a zero weight takes no time."""
        return "weights" in self._skipped

    @property
    def skips_activations(self) -> bool:
        """Whether a zero activation takes no time."""
        return "activations" in self._skipped

    @property
    def _skipped(self) -> set[str]:
        return _operands(self.skips)

    @property
    def _gated(self) -> set[str]:
        return _operands(self.gates)

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer; images run one after the other."""
        return reduce(add, (self._image(trace, image) for image in range(trace.images)))

    def _image(self, trace: LayerTrace, image: int) -> Events:
        layer, macs = trace.layer, int(effectual_macs(trace)[image])
        pace = Pace(self.lanes, self.least_cycles_per_chunk, self.barrier)
        left = chunks_left(trace, image, self.chunk, self.skips)
        pairs = self._pairs(trace, image, self._skipped, macs)
        times = group_times(left, pairs, layer, self.groups, self.units_per_group, pace)
        traffic = self.traffic(self._stored(trace, image), self._array_bytes(trace, image))
        compute_cycles = int(times.runs.max())
        stall_cycles = self.stall_cycles(compute_cycles, traffic)
        cycles = compute_cycles + stall_cycles
        done = self._pairs(trace, image, self._skipped | self._gated, macs)
        return Events(
            cycles=cycles,
            dense_macs=layer.dense_macs,
            effectual_macs=macs,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.ZERO_OPERAND: pairs - macs,
                Cause.FRAGMENTATION: times.unit_cycles * self.lanes - pairs,
                Cause.BARRIER: (times.cycles_with_filter - times.unit_cycles) * self.lanes,
                Cause.EDGE: times.cycles_without_filter * self.lanes,
                Cause.CLUSTER_IMBALANCE: (self.groups * compute_cycles - int(times.runs.sum()))
                * self.units_per_group
                * self.lanes,
                Cause.BANDWIDTH: self.multipliers * stall_cycles,
            },
            traffic_bytes=traffic,
            actions={
                "mac_int8": done,
                "register_bit": done * (2 * VALUE_BITS + ACCUMULATOR_BITS),
            },
        )

    def _pairs(self, trace: LayerTrace, image: int, zeros: set[str], effectual: int) -> int:
        """Multiplications that are left when the zeros of some operands are left out."""
        layer = trace.layer
        if zeros == {"weights", "activations"}:
            return effectual
        if zeros == {"weights"}:
            return trace.weight_nonzeros * layer.output_pixels
        if zeros == {"activations"}:
            return int(window_activations(trace)[image]) * layer.group_filters
        return layer.dense_macs

    def _stored(self, trace: LayerTrace, image: int) -> StoredBytes:
        """Operands with zeros to skip as bitmaps, others dense."""
        dense, compressed = dense_bytes(trace), bitmap_map_bytes(trace, image)
        maps = compressed if self.skips_activations else (dense.input, dense.output)
        weight = self._weight_bytes(trace.weight)
        return StoredBytes.of(trace, weight, maps)

    def _weight_bytes(self, weight: Mask) -> int:
        return bitmap_bytes(weight, VALUE_BITS) if self.skips_weights else weight.size

    def _array_bytes(self, trace: LayerTrace, image: int) -> ArrayBytes:
        """Filters once per group with work, windows once per turn of filters."""
        layer = trace.layer
        turns = ceil_div(layer.group_filters, self.units_per_group)
        sent = layer.groups * layer.window * layer.output_pixels
        if self.skips_activations:
            sent = ceil_div(sent, VALUE_BITS) + int(window_activations(trace)[image])
        loads = min(self.groups, layer.output_pixels)
        return ArrayBytes(self._weight_bytes(trace.weight) * loads, turns * sent)


def _operands(choice: str) -> set[str]:
    """What one of `OPERANDS` stands for."""
    return {"both": {"weights", "activations"}, "none": set()}.get(choice, {choice})
