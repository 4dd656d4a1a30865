"""What both forms of Sparse-Blox share: buffers, bytes, and the making of the zero map."""

from collections import Counter
from dataclasses import dataclass

from sim.accelerators.sparse_blox.traffic import SOURCES, Gathered, image_traffic
from sim.accelerators.sparse_blox.work import FetchedBlocks
from sim.arithmetic import Counts
from sim.events import Access
from sim.memory import Memory, Traffic, dense_bytes
from sim.trace import LayerTrace
from sim.validation import require_choice

OPERAND_BITS = 8
ACCUMULATOR_BITS = 32


@dataclass(frozen=True)
class Gathering(Memory):
    """What systolic array and vector unit share: buffers, and where blocks are gathered.

    Attributes:
        im2col_source: "buffer" or "dram", see traffic.py.
        weight_buffer_kib, activation_buffer_kib, dram_bytes_per_cycle: see sim/memory.py.
    """

    im2col_source: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_choice("im2col_source", self.im2col_source, SOURCES)

    def _traffic(
        self,
        trace: LayerTrace,
        blocks: FetchedBlocks,
        weight_reads: Counts,
        passes: int,
        sums: Counts,
    ) -> list[Traffic]:
        """Bytes that each image moves, by memory, operand and direction."""
        return [
            image_traffic(
                self,
                self.im2col_source,
                dense_bytes(trace),
                Gathered(int(weights), int(values), passes, int(waiting), blocks.map_bits),
            )
            for weights, values, waiting in zip(
                weight_reads, blocks.fetched_values, sums, strict=True
            )
        ]

    def _stalls(self, cycles: Counts, traffic: list[Traffic]) -> int:
        stalls = (
            self.stall_cycles(int(computing), moved)
            for computing, moved in zip(cycles, traffic, strict=True)
        )
        return sum(stalls)


def added(traffic: list[Traffic]) -> Traffic:
    """Add up the bytes of all images."""
    total: Counter[Access] = Counter()
    for moved in traffic:
        total.update(moved)
    return dict(total)


def map_actions(trace: LayerTrace, blocks: FetchedBlocks) -> dict[str, float]:
    """Making the map: every value of the matrix is added to its block's sum, each sum compared."""
    if not blocks.map_bits:
        return {}
    layer = trace.layer
    values = layer.groups * layer.window * layer.output_pixels
    return {
        "add_int16": trace.images * values,
        "comparator_int8": trace.images * blocks.map_bits,
    }
