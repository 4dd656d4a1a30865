"""Systolic arrays of INT8 multipliers: dense, zero-gated and multithreaded (see README.md)."""

from dataclasses import dataclass

from sim.accelerators.systolic.folds import DATAFLOWS, Folds, folds
from sim.events import Events
from sim.layer import Layer, LayerTrace
from sim.masks import effectual_macs
from sim.memory import PSUM_BYTES, ArrayBytes, Memory, dense_bytes
from sim.validation import require_choice, require_flag, require_positive

OPERAND_BITS = 8
ACCUMULATOR_BITS = 32


@dataclass(frozen=True)
class DenseArray:
    """A systolic array that multiplies every pair, zero or not.

    Cycles are SCALE-Sim's (folds.py). Registers of the processing elements (PEs) that a fold uses
    are written every cycle; unused PEs and the fill cost no energy.

    Attributes:
        rows, columns: PEs, one multiplier each.
        dataflow: "os", "ws" or "is": output, weight or input stationary.
        fold_overlap: folds follow each other without filling and draining again.
        weight_buffer_kib, activation_buffer_kib, dram_bytes_per_cycle: see sim/memory.py.
    """

    rows: int
    columns: int
    dataflow: str
    fold_overlap: bool
    weight_buffer_kib: int
    activation_buffer_kib: int
    dram_bytes_per_cycle: float

    def __post_init__(self) -> None:
        require_positive(rows=self.rows, columns=self.columns)
        require_choice("dataflow", self.dataflow, DATAFLOWS)
        require_flag(fold_overlap=self.fold_overlap)
        self._memory()

    def _memory(self) -> Memory:
        return Memory(self.weight_buffer_kib, self.activation_buffer_kib, self.dram_bytes_per_cycle)

    @property
    def multipliers(self) -> int:
        """One per PE."""
        return self.rows * self.columns

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer, summed over the images."""
        layer, images = trace.layer, trace.images
        mapped = folds(layer, self.rows, self.columns, self.dataflow)
        compute_cycles = mapped.cycles(self.fold_overlap)
        memory = self._memory()
        traffic = memory.traffic(dense_bytes(trace), array_bytes(layer, mapped, self.dataflow))
        stall_cycles = memory.stall_cycles(compute_cycles, traffic)
        effectual = int(effectual_macs(trace).sum())
        slots = self.multipliers * compute_cycles
        return Events(
            cycles=images * (compute_cycles + stall_cycles),
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                "fill": images * (slots - mapped.streaming_slots),
                "edge": images * (mapped.streaming_slots - layer.dense_macs),
                "zero_operand": trace.dense_macs - effectual,
                "bandwidth": images * self.multipliers * stall_cycles,
            },
            traffic_bytes={access: images * count for access, count in traffic.items()},
            actions={
                "mac_int8": trace.dense_macs,
                "register_bit": images * self._register_bits(layer, mapped),
            },
        )

    def _register_bits(self, layer: Layer, mapped: Folds) -> int:
        moving_operands = 2 if self.dataflow == "os" else 1
        per_multiplication = moving_operands * OPERAND_BITS + ACCUMULATOR_BITS
        return layer.dense_macs * per_multiplication + mapped.preload_shifts * OPERAND_BITS


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
