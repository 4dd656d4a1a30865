"""Eyeriss v2 (Chen et al., JETCAS 2019): compressed columns in every PE, row-stationary plus.

Each PE skips zeros of both operands: it takes the nonzero activations of its window one by one and
multiplies each with the nonzero weights of the matching column, two per cycle. The model counts
the work of every PE exactly and lets the array proceed in passes that last as long as their slowest
PE. What the network on chip adds is not in it; `chip` compares with the measured chip.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import ClassVar

from sim.accelerators.eyeriss_v2.mapping import Blocking, PeArray
from sim.accelerators.eyeriss_v2.traffic import Movement, traffic_bytes
from sim.accelerators.eyeriss_v2.work import passes, pe_work, processed_activations, row_counts
from sim.arithmetic import Counts
from sim.causes import Cause
from sim.events import Events
from sim.masks.totals import effectual_macs
from sim.memory import stall_cycles
from sim.trace import LayerTrace
from sim.validation import require_choice, require_flag, require_positive, require_rate


@dataclass(frozen=True, kw_only=True)
class EyerissV2:
    """Images run one after the other.

    Attributes:
        pe_rows, pe_columns: PEs of all clusters together.
        macs_per_pe: multiplications per PE and cycle, all with the same activation.
        psum_entries: partial sums in a PE: the most filters that it works on at a time.
        activation_entries: nonzero activations in a PE.
        weight_entries: nonzero weights in a PE.
        empty_column_cycles: cycles of an activation whose column has no nonzero weight.
        depthwise_skips_zero_activations: False = layers with one channel per filter run with
            uncompressed activations; padding then costs time as well.
        activation_buffer_kib: share of the global buffer that holds activations.
        dram_bytes_per_cycle: bandwidth; infinite = never a bound.

    Raises:
        UserError: a size is not a whole number of at least 1, empty_column_cycles is neither 0
            nor 1, or the bandwidth is no rate.
    """

    needs_static_weights: ClassVar[str] = (
        "its weights are compressed offline into columns that fit the PEs"
    )

    pe_rows: int
    pe_columns: int
    macs_per_pe: int
    psum_entries: int
    activation_entries: int
    weight_entries: int
    empty_column_cycles: int
    depthwise_skips_zero_activations: bool
    activation_buffer_kib: int
    dram_bytes_per_cycle: float

    def __post_init__(self) -> None:
        require_positive(
            pe_rows=self.pe_rows,
            pe_columns=self.pe_columns,
            macs_per_pe=self.macs_per_pe,
            psum_entries=self.psum_entries,
            activation_entries=self.activation_entries,
            weight_entries=self.weight_entries,
            activation_buffer_kib=self.activation_buffer_kib,
        )
        require_choice("empty_column_cycles", self.empty_column_cycles, (0, 1))
        require_flag(depthwise_skips_zero_activations=self.depthwise_skips_zero_activations)
        require_rate(dram_bytes_per_cycle=self.dram_bytes_per_cycle)

    @property
    def multipliers(self) -> int:
        """Multipliers of all PEs."""
        return self.pe_rows * self.pe_columns * self.macs_per_pe

    def _array(self) -> PeArray:
        return PeArray(
            self.pe_rows,
            self.pe_columns,
            self.psum_entries,
            self.activation_entries,
            self.weight_entries,
        )

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer: see `mapping` and `work` for the mechanism, `traffic` for the bytes.

        Raises:
            UserError: the kernel has more rows than the array.
        """
        blocking = Blocking.of(trace.weight, trace.layer, self._array())
        skips = self.depthwise_skips_zero_activations or not trace.layer.is_depthwise
        met = row_counts(trace, processed_activations(trace, skips))
        macs = effectual_macs(trace)
        images = (
            self._image(trace, image, blocking, met[image], int(macs[image]))
            for image in range(trace.images)
        )
        return reduce(add, images)

    def _image(
        self, trace: LayerTrace, image: int, blocking: Blocking, met: Counts, macs: int
    ) -> Events:
        sets = self._array().sets(trace.layer)
        work = pe_work(trace, met, blocking, self.macs_per_pe, self.empty_column_cycles)
        array = passes(work.cycles, sets, self.pe_rows * self.pe_columns)
        moved = Movement(work, met, blocking, sets, self.activation_buffer_kib)
        traffic = traffic_bytes(trace, image, moved)
        stalls = stall_cycles(array.cycles, traffic, self.dram_bytes_per_cycle)
        return Events(
            cycles=array.cycles + stalls,
            dense_macs=trace.layer.dense_macs,
            effectual_macs=macs,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.COLUMN_PADDING: self.macs_per_pe * array.working - work.products,
                Cause.ZERO_OPERAND: work.products - macs,
                Cause.BARRIER: self.macs_per_pe * array.waiting,
                Cause.FRAGMENTATION: self.macs_per_pe * array.vacant,
                Cause.BANDWIDTH: self.multipliers * stalls,
            },
            traffic_bytes=traffic,
            actions={"mac_int8": float(work.products)},
        )
