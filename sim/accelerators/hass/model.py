"""One layer's hardware of the dataflow designs, and how a whole network is put on a board.

These designs give every layer hardware of its own, so a layer alone says little: `design` unfolds
a network onto a board. `simulate` then gives the exact cycles of a layer at a given folding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from sim.accelerators.hass.candidates import EngineRules, Folding
from sim.accelerators.hass.design import LayerDesign, Limits, NetworkDesign
from sim.accelerators.hass.engine import dense_cycles, divisors, sparse_cycles
from sim.accelerators.hass.exploration import explore
from sim.accelerators.hass.histograms import PairHistogram, pair_histogram
from sim.accelerators.hass.stalls import EngineTime, engine_time
from sim.accelerators.hass.streams import port_cycles
from sim.accelerators.hass.vectors import VectorShape
from sim.causes import Cause
from sim.events import Access, Events
from sim.masks.totals import effectual_macs, window_activations
from sim.platforms import Platform
from sim.trace import LayerTrace
from sim.validation import require_choice, require_fraction, require_positive

ON_CHIP = "sram_8kib"
"""Technology entry for line buffers and weight memories; the nearest in size to a block RAM."""


@dataclass(frozen=True)
class DenseDataflow:
    """Layer hardware whose engines multiply every pair.

    A layer that has fewer groups, vectors, filters or pairs than the folding offers uses the
    largest divisor that fits; the rest of its multipliers idle.
    """

    keeps_weights_on_chip: ClassVar[bool] = True
    needs_static_weights: ClassVar[str] = (
        "each layer has its weights in a memory of its own, filled before the first image"
    )

    coarse_group: int
    coarse_in: int
    coarse_out: int
    fine: int
    cluster_channels: int
    operand_bits: int

    def __post_init__(self) -> None:
        require_positive(
            coarse_group=self.coarse_group,
            coarse_in=self.coarse_in,
            coarse_out=self.coarse_out,
            fine=self.fine,
            cluster_channels=self.cluster_channels,
        )
        require_choice("operand_bits", self.operand_bits, (8, 16))

    @property
    def multipliers(self) -> int:
        """Multipliers of the layer's hardware."""
        return self.coarse_group * self.coarse_in * self.coarse_out * self.fine

    @property
    def rules(self) -> EngineRules:
        """What the exploration has to know of the engines."""
        return EngineRules(0, 1.0, interleave=False, operand_bits=self.operand_bits)

    def histogram(self, trace: LayerTrace) -> PairHistogram:
        """What the exploration has to know of a layer."""
        return pair_histogram(trace, self.cluster_channels)

    def simulate(self, trace: LayerTrace) -> Events:
        """Cycles = vectors x filters x ceil(M / N) over the engines, or what the ports allow."""
        shape = VectorShape.of(trace.layer, self.cluster_channels)
        folding = self._folding(shape, sparse=False)
        each = int(dense_cycles(shape.lanes, [folding.fine])[0, 0])
        busy = trace.images * trace.layer.output_pixels * shape.products * each
        effectual = int(effectual_macs(trace).sum())
        time = EngineTime(busy // folding.engines, busy, trace.dense_macs)
        return self._events(trace, shape, folding, time, effectual)

    def _folding(self, shape: VectorShape, *, sparse: bool) -> Folding:
        def largest(value: int, limit: int) -> int:
            return int(max(d for d in divisors(value) if d <= limit))

        return Folding(
            largest(shape.groups, self.coarse_group),
            largest(shape.vectors, self.coarse_in),
            largest(shape.filters, self.coarse_out),
            min(self.fine, shape.lanes) if sparse else largest(shape.lanes, self.fine),
        )

    def _events(
        self,
        trace: LayerTrace,
        shape: VectorShape,
        folding: Folding,
        time: EngineTime,
        effectual: int,
    ) -> Events:
        coarse = (folding.coarse_group, folding.coarse_in, folding.coarse_out)
        columns = tuple(np.array([value]) for value in coarse)
        ports = port_cycles(trace.layer, shape, trace.images, (columns[0], columns[1], columns[2]))
        cycles = max(time.cycles, *(int(port[0]) for port in ports))
        used = folding.multipliers
        slots = time.busy_engine_cycles * folding.fine
        idle = {
            Cause.ZERO_OPERAND: time.nonzero_pairs - effectual,
            Cause.FRAGMENTATION: slots - time.nonzero_pairs,
            Cause.IMBALANCE: used * time.cycles - slots,
            Cause.PORT: used * (cycles - time.cycles),
            Cause.EDGE: (self.multipliers - used) * cycles,
        }
        width = self.operand_bits // 8
        vectors = trace.images * trace.layer.output_pixels * shape.groups * shape.vectors
        rows = shape.lanes if shape.clustered else trace.layer.kernel[0]
        return Events(
            cycles=cycles,
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles=idle,
            traffic_bytes={
                Access(ON_CHIP, "weight", "read"): time.nonzero_pairs * width,
                Access(ON_CHIP, "activation", "write"): trace.activation.size * width,
                Access(ON_CHIP, "activation", "read"): vectors * rows * width,
            },
            actions={f"mac_int{self.operand_bits}": time.nonzero_pairs},
        )


@dataclass(frozen=True)
class SparseDataflow(DenseDataflow):
    """Layer hardware whose engines multiply only pairs without a zero (HASS).

    Attributes:
        empty_vector_cycles: 0 or 1, for a vector without a nonzero pair.
        dense_below: layers with a smaller fraction of zero pairs get the dense engine.
        fifo_positions: output positions from one meeting of the streams to the next, as many as
            a FIFO between stream and adder tree holds.
        interleave: channels are dealt to streams by their load.
    """

    skips_weights: ClassVar[bool] = True

    empty_vector_cycles: int
    dense_below: float
    fifo_positions: int
    interleave: bool

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice("empty_vector_cycles", self.empty_vector_cycles, (0, 1))
        require_fraction(dense_below=self.dense_below)
        require_positive(fifo_positions=self.fifo_positions)

    @property
    def rules(self) -> EngineRules:
        """What the exploration has to know of the engines."""
        return EngineRules(
            self.empty_vector_cycles, self.dense_below, self.interleave, self.operand_bits
        )

    def seen(self, trace: LayerTrace) -> LayerTrace:
        """The trace as the engines see it: with dense weights where they skip no zero of them."""
        if self.skips_weights:
            return trace
        dense = np.ones_like(trace.weight)
        dense.flags.writeable = False  # so that the trace need not copy it
        return replace(trace, weight=dense)

    def histogram(self, trace: LayerTrace) -> PairHistogram:
        """What the exploration has to know of a layer."""
        return pair_histogram(self.seen(trace), self.cluster_channels)

    def simulate(self, trace: LayerTrace) -> Events:
        """Exact cycles of all dot products, waiting included; dense engine if few are zero."""
        effectual = int(effectual_macs(trace).sum())
        nonzero = effectual
        if not self.skips_weights:
            nonzero = int(window_activations(trace).sum()) * trace.layer.group_filters
        zero_pairs = trace.dense_macs - nonzero
        if not self.rules.skips(zero_pairs / trace.dense_macs):
            return super().simulate(trace)
        shape = VectorShape.of(trace.layer, self.cluster_channels)
        folding = self._folding(shape, sparse=True)
        cycles = sparse_cycles(shape.lanes, [folding.fine], self.empty_vector_cycles)[:, 0]
        time = engine_time(
            trace,
            shape,
            folding,
            cycles,
            fifo_positions=self.fifo_positions,
            interleave=self.interleave,
            skips_weights=self.skips_weights,
        )
        return self._events(trace, shape, folding, time, effectual)


@dataclass(frozen=True)
class ActivationSparseDataflow(SparseDataflow):
    """Layer hardware that skips zero activations and takes every weight for nonzero (PASS)."""

    skips_weights: ClassVar[bool] = False


def design(
    traces: Sequence[LayerTrace],
    hardware: DenseDataflow,
    board: Platform,
    limits: Limits | None = None,
) -> NetworkDesign:
    """Put a network on a board.

    Args:
        traces: one per layer, over the same images.
        hardware: `sim.accelerator("hass")`, "pass" or "dataflow_dense"; its own folding does not
            matter.
        board: `sim.platforms.platform(name)`.
        limits: usable fractions of the board.

    Raises:
        UserError: the network does not fit; see `explore`.
    """
    return explore([hardware.histogram(trace) for trace in traces], hardware.rules, board, limits)


def folded(hardware: DenseDataflow, layer: LayerDesign) -> DenseDataflow:
    """The hardware of one layer of a design: simulate that layer's trace with it."""
    folding = layer.folding
    return replace(
        hardware,
        coarse_group=folding.coarse_group,
        coarse_in=folding.coarse_in,
        coarse_out=folding.coarse_out,
        fine=folding.fine,
    )
