"""Eyeriss: the row-stationary array, its mapping search and its run-length coded DRAM traffic.

Sources: Y.-H. Chen, T. Krishna, J. Emer, V. Sze, "Eyeriss: An Energy-Efficient Reconfigurable
Accelerator for Deep Convolutional Neural Networks", IEEE JSSC 52(1), 2017 (chip, parameters of a
mapping, measured tables); Y.-H. Chen, J. Emer, V. Sze, ISCA 2016 (dataflow, relative energies).
"""

from dataclasses import dataclass
from functools import reduce
from math import ceil
from operator import add

from sim.accelerators.eyeriss.mapping import (
    Hardware,
    Mapping,
    MappingCost,
    Workload,
    cost,
)
from sim.accelerators.eyeriss.search import best_mapping
from sim.batches import batches
from sim.causes import Cause
from sim.compressed_formats import raw_bytes, run_length_bytes
from sim.events import Access, Events
from sim.layer import Mask
from sim.masks.totals import effectual_macs, window_activations
from sim.memory import KIB, sram_entry
from sim.outputs import scaled, written_masks, written_share
from sim.trace import LayerTrace
from sim.validation import (
    require_choice,
    require_finite,
    require_flag,
    require_positive,
    require_rate,
)


@dataclass(frozen=True, kw_only=True)
class Eyeriss:
    """One configuration of Eyeriss; configs.yaml says where each value comes from.

    Zeros of activations switch the multiplier off (energy, not time) and shorten what DRAM holds;
    zeros of weights do nothing.

    Attributes:
        pe_rows, pe_columns: processing elements, one multiplier each.
        frequency_mhz: core clock.
        buffer_kib: global buffer for input maps and partial sums.
        buffer_bytes_per_cycle: bandwidth of the global buffer.
        filter_words, activation_words, psum_words: scratch pads of a PE, in values.
        value_bits: bits of a value.
        run_bits, word_bits: run-length code: bits of a run, and of a word of pairs.
        dram_mbytes_per_s: off-chip link, 10**6 bytes per second.
        dram_overlap: True = the longer of transfer and computation counts; False = their sum.
        dram_cost, buffer_cost: relative energies of moving a value, for the mapping search.
        batch: images that share one pass over the weights; a trace is cut into such batches.
        pooling_on_chip: whether outputs are pooled before they are written back.
    """

    pe_rows: int
    pe_columns: int
    frequency_mhz: float
    buffer_kib: int
    buffer_bytes_per_cycle: int
    filter_words: int
    activation_words: int
    psum_words: int
    value_bits: int
    run_bits: int
    word_bits: int
    dram_mbytes_per_s: float
    dram_overlap: bool
    dram_cost: int
    buffer_cost: int
    batch: int
    pooling_on_chip: bool

    def __post_init__(self) -> None:
        require_positive(
            pe_rows=self.pe_rows,
            pe_columns=self.pe_columns,
            buffer_kib=self.buffer_kib,
            buffer_bytes_per_cycle=self.buffer_bytes_per_cycle,
            filter_words=self.filter_words,
            activation_words=self.activation_words,
            psum_words=self.psum_words,
            run_bits=self.run_bits,
            word_bits=self.word_bits,
            dram_cost=self.dram_cost,
            buffer_cost=self.buffer_cost,
            batch=self.batch,
        )
        require_finite(frequency_mhz=self.frequency_mhz)
        require_rate(dram_mbytes_per_s=self.dram_mbytes_per_s)
        require_flag(dram_overlap=self.dram_overlap, pooling_on_chip=self.pooling_on_chip)
        require_choice("value_bits", self.value_bits, (8, 16))
        require_choice("word_bits", self.word_bits, (32, 64, 128))
        require_choice("run_bits", self.run_bits, range(1, 9))

    @property
    def multipliers(self) -> int:
        """One per processing element."""
        return self.pe_rows * self.pe_columns

    @property
    def hardware(self) -> Hardware:
        """What the mapping search needs to know."""
        return Hardware(
            pe_rows=self.pe_rows,
            pe_columns=self.pe_columns,
            buffer_bytes=self.buffer_kib * KIB,
            value_bytes=self.value_bits // 8,
            filter_words=self.filter_words,
            activation_words=self.activation_words,
            psum_words=self.psum_words,
            dram_cost=self.dram_cost,
            buffer_cost=self.buffer_cost,
        )

    def simulate(self, trace: LayerTrace) -> Events:
        """Costs of one layer; each batch of images gets its own best mapping."""
        return reduce(add, (self._batch(part) for part in batches(trace, self.batch)))

    def workload(self, trace: LayerTrace) -> Workload:
        """Stored bytes of one batch: maps run-length coded, or raw where the code does not pay."""
        share = written_share(trace, self.pooling_on_chip)
        return Workload(
            trace.images,
            sum(self._stored(mask) for mask in trace.activation),
            sum(scaled(self._stored(mask), share) for mask in written_masks(trace)),
        )

    def mapping(self, trace: LayerTrace) -> Mapping:
        """The mapping that the search chooses for all images of the trace as one batch."""
        return best_mapping(trace.layer, self.hardware, self.workload(trace))

    def _stored(self, mask: Mask) -> int:
        coded = run_length_bytes(mask, self.value_bits, self.run_bits, self.word_bits)
        return min(coded, raw_bytes(mask.size, self.value_bits))

    def _batch(self, trace: LayerTrace) -> Events:
        work = self.workload(trace)
        spent = cost(trace.layer, self.hardware, work, self.mapping(trace))
        return self.events(trace, work, spent)

    def events(self, trace: LayerTrace, work: Workload, spent: MappingCost) -> Events:
        """Events of one batch under a mapping of this cost.

        The array waits for the global buffer when that takes longer, and for the link likewise.
        """
        array = int(spent.cycles)
        residual = self._residual(trace)
        buffered = int(spent.buffer_bytes) + residual
        busy = max(array, -(-buffered // self.buffer_bytes_per_cycle))
        dram = int(spent.activation_bytes + spent.weight_bytes) + work.output_bytes + residual
        link = ceil(dram * self.frequency_mhz / self.dram_mbytes_per_s)
        cycles = max(busy, link) if self.dram_overlap else busy + link
        effectual = int(effectual_macs(trace).sum())
        return Events(
            cycles=cycles,
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.ZERO_OPERAND: trace.dense_macs - effectual,
                Cause.EDGE: array * self.multipliers - trace.dense_macs,
                Cause.BUFFER_BANDWIDTH: (busy - array) * self.multipliers,
                Cause.BANDWIDTH: (cycles - busy) * self.multipliers,
            },
            traffic_bytes=self._traffic(work, spent, residual),
            actions=self._actions(trace),
        )

    def _residual(self, trace: LayerTrace) -> int:
        """Bytes of what is added to the outputs of a batch: dense, in DRAM like every map."""
        return raw_bytes(trace.images * trace.layer.residual_elements, self.value_bits)

    def _traffic(self, work: Workload, spent: MappingCost, residual: int) -> dict[Access, int]:
        glb, psum_half = sram_entry(self.buffer_kib), int(spent.buffer_psum_bytes) // 2
        return {
            Access("dram", "activation", "read"): int(spent.activation_bytes) + residual,
            Access("dram", "weight", "read"): int(spent.weight_bytes),
            Access("dram", "output", "write"): work.output_bytes,
            Access(glb, "activation", "read"): int(spent.buffer_activation_bytes) + residual,
            Access(glb, "weight", "read"): int(spent.weight_bytes),
            Access(glb, "psum", "read"): psum_half,
            Access(glb, "psum", "write"): psum_half,
        }

    def _actions(self, trace: LayerTrace) -> dict[str, float]:
        """Multiplications and scratch-pad accesses: the filter's in bytes, the others' in bits.

        A zero activation is read, then switches off the multiplication and the other accesses.
        """
        executed = int(window_activations(trace).sum()) * trace.layer.group_filters
        return {
            f"mac_int{self.value_bits}": executed,
            "spad_448b": executed * self.value_bits // 8,
            "register_bit": (trace.dense_macs + 2 * executed) * self.value_bits,
        }
