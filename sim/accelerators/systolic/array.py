"""Parameters and parts that all systolic arrays share, those of tensor PEs among them."""

from dataclasses import dataclass

from sim.masks.totals import window_activations
from sim.memory import Memory
from sim.trace import LayerTrace
from sim.validation import require_flag, require_fraction, require_positive


@dataclass(frozen=True)
class Array(Memory):
    """A grid of processing elements between two buffers.

    Attributes:
        rows, columns: elements of the grid.
        fold_overlap: folds follow each other without filling and draining again.
        weight_buffer_kib, activation_buffer_kib, dram_bytes_per_cycle: see sim/memory.py.

    Raises:
        UserError: a size is not positive, or a parameter has the wrong type.
    """

    rows: int
    columns: int
    fold_overlap: bool

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(rows=self.rows, columns=self.columns)
        require_flag(fold_overlap=self.fold_overlap)

    @property
    def multipliers(self) -> int:
        """How many multipliers the array has: one per element."""
        return self.rows * self.columns


@dataclass(frozen=True)
class GatedArray(Array):
    """An array whose elements stop their clock where a zero leaves nothing to do.

    Attributes:
        gating_residual: energy of a stopped element relative to a working one (rho).
        gate_operands: False = registers that pass operands on are never stopped by a zero.
    """

    gating_residual: float
    gate_operands: bool

    def __post_init__(self) -> None:
        super().__post_init__()
        require_flag(gate_operands=self.gate_operands)
        require_fraction(gating_residual=self.gating_residual)


def nonzero_operands(trace: LayerTrace) -> int:
    """Nonzero operands that reach a multiplier, of the 2 x dense_macs that do in all."""
    layer = trace.layer
    activations = int(window_activations(trace).sum()) * layer.group_filters
    weights = trace.weight_nonzeros * layer.output_pixels * trace.images
    return activations + weights
