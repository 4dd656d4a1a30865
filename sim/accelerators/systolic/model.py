"""Systolic arrays of INT8 multipliers: dense, zero-gated and multithreaded (see README.md)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.accelerators.systolic.array import Array, GatedArray, nonzero_operands
from sim.accelerators.systolic.folds import DATAFLOWS, Folds, folds
from sim.accelerators.systolic.queues import tile_cycles
from sim.causes import Cause
from sim.events import Events
from sim.gating import clocked
from sim.layer import Layer
from sim.masks.output_counts import outputs_per_tile
from sim.masks.totals import effectual_macs
from sim.memory import PSUM_BYTES, ArrayBytes, Memory, dense_bytes
from sim.trace import LayerTrace
from sim.validation import require_choice, require_positive

OPERAND_BITS = 8
ACCUMULATOR_BITS = 32


@dataclass(frozen=True)
class DenseArray(Array):
    """A systolic array that multiplies every pair, zero or not.

    Cycles are SCALE-Sim's (folds.py). Registers of the processing elements (PEs) that a fold uses
    are written every cycle; unused PEs and the fill cost no energy.

    Attributes:
        dataflow: "os", "ws" or "is": output, weight or input stationary.
    """

    dataflow: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice("dataflow", self.dataflow, DATAFLOWS)

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer = trace.layer
        mapped = folds(layer, self.rows, self.columns, self.dataflow)
        actions = {
            "mac_int8": trace.dense_macs,
            "register_bit": trace.images * self._register_bits(layer, mapped),
        }
        return _folded_events(trace, mapped, self.dataflow, self.fold_overlap, self, actions)

    def _register_bits(self, layer: Layer, mapped: Folds) -> int:
        moving_operands = 2 if self.dataflow == "os" else 1
        per_multiplication = moving_operands * OPERAND_BITS + ACCUMULATOR_BITS
        return layer.dense_macs * per_multiplication + mapped.preload_shifts * OPERAND_BITS


@dataclass(frozen=True)
class ZeroGatedArray(GatedArray):
    """An output-stationary array whose PEs stop their clock on a zero operand (ZVCG).

    The cycles are those of the dense array. A multiplier and its accumulator work when both
    operands are nonzero, an operand register when its own value is.
    """

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        mapped = folds(trace.layer, self.rows, self.columns, "os")
        slots = trace.dense_macs
        working = clocked(int(effectual_macs(trace).sum()), slots, self.gating_residual)
        values = nonzero_operands(trace) if self.gate_operands else 2 * slots
        passed = clocked(values, 2 * slots, self.gating_residual)
        actions = {
            "mac_int8": working,
            "register_bit": OPERAND_BITS * passed + ACCUMULATOR_BITS * working,
        }
        return _folded_events(trace, mapped, "os", self.fold_overlap, self, actions)


@dataclass(frozen=True)
class ThreadedArray(GatedArray):
    """SMT-SA: an output-stationary array whose PEs share a multiplier among operand streams.

    The queues are simulated exactly on the masks (queues.py); the images of a trace, the groups of
    a layer and the tiles of a group follow one another. The queues count as gated registers.

    Attributes:
        threads: operand streams per PE (T), each with a T-th of the reduction.
        queue_depth: operand pairs that the queue of a stream holds (Q).
    """

    threads: int
    queue_depth: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(threads=self.threads, queue_depth=self.queue_depth)

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer = trace.layer
        mapped = folds(layer, self.rows, self.columns, "os")
        tiles = tile_cycles(trace, self.rows, self.columns, self.threads, self.queue_depth)
        used = tiles * outputs_per_tile(layer, self.rows, self.columns)
        skew = (self.rows + self.columns - 2) * (1 if self.fold_overlap else mapped.count)
        traffic = self.traffic(dense_bytes(trace), array_bytes(layer, mapped, "os"))
        stalls = sum(self.stall_cycles(int(image.sum()) + skew, traffic) for image in tiles)
        busy_cycles, effectual = int(tiles.sum()), int(effectual_macs(trace).sum())
        return Events(
            cycles=busy_cycles + trace.images * skew + stalls,
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.FILL: trace.images * self.multipliers * skew,
                Cause.EDGE: self.multipliers * busy_cycles - int(used.sum()),
                Cause.IMBALANCE: int(used.sum()) - effectual,
                Cause.BANDWIDTH: self.multipliers * stalls,
            },
            traffic_bytes={access: trace.images * count for access, count in traffic.items()},
            actions=self._actions(trace, effectual, int(used.sum())),
        )

    def _actions(self, trace: LayerTrace, effectual: int, pe_cycles: int) -> dict[str, float]:
        working = clocked(effectual, pe_cycles, self.gating_residual)
        values = nonzero_operands(trace) if self.gate_operands else 2 * trace.dense_macs
        passed = clocked(values, 2 * self.threads * pe_cycles, self.gating_residual)
        places = self.threads * self.queue_depth * pe_cycles
        queued = 2 * clocked(effectual, places, self.gating_residual)
        return {
            "mac_int8": working,
            "register_bit": OPERAND_BITS * (passed + queued) + ACCUMULATOR_BITS * working,
        }


def _folded_events(
    trace: LayerTrace,
    mapped: Folds,
    dataflow: str,
    overlap: bool,
    memory: Memory,
    actions: Mapping[str, float],
) -> Events:
    """Events of an array whose time does not depend on the zeros; `actions` of all images."""
    layer, images = trace.layer, trace.images
    multipliers = mapped.rows * mapped.columns
    compute_cycles = mapped.cycles(overlap)
    traffic = memory.traffic(dense_bytes(trace), array_bytes(layer, mapped, dataflow))
    stall_cycles = memory.stall_cycles(compute_cycles, traffic)
    effectual = int(effectual_macs(trace).sum())
    return Events(
        cycles=images * (compute_cycles + stall_cycles),
        dense_macs=trace.dense_macs,
        effectual_macs=effectual,
        multipliers=multipliers,
        idle_multiplier_cycles={
            Cause.FILL: images * (multipliers * compute_cycles - mapped.streaming_slots),
            Cause.EDGE: images * (mapped.streaming_slots - layer.dense_macs),
            Cause.ZERO_OPERAND: trace.dense_macs - effectual,
            Cause.BANDWIDTH: images * multipliers * stall_cycles,
        },
        traffic_bytes={access: images * count for access, count in traffic.items()},
        actions=actions,
    )


def array_bytes(layer: Layer, mapped: Folds, dataflow: str) -> ArrayBytes:
    """What one image reads from the buffers: SCALE-Sim's counts, one byte per operand.

    A window is read element by element, padding included, for each fold along the columns (os, ws)
    or once (is); a filter for each fold along the rows (os), once (ws) or for each fold along the
    columns (is). With a stationary operand, sums of a window longer than the array wait in the
    activation buffer as 32-bit values between folds.
    """
    patches = layer.groups * layer.output_pixels * layer.window
    weights = layer.out_channels * layer.window
    if dataflow == "os":
        return ArrayBytes(weights * mapped.row_folds, patches * mapped.column_folds)
    waiting = (mapped.row_folds - 1) * layer.out_channels * layer.output_pixels * PSUM_BYTES
    if dataflow == "ws":
        return ArrayBytes(weights, patches * mapped.column_folds, waiting, waiting)
    return ArrayBytes(weights * mapped.column_folds, patches, waiting, waiting)
