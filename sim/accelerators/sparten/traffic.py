"""Sizes of SparTen's compressed operands: bit masks and packed nonzero values of one byte.

Buffers and DRAM are those of `sim.memory`, as for the other arrays (the published on-chip memory
could not be read). What a cluster holds itself is charged per join: see `sparten_unit_buffer` in
the technology table.
"""

from dataclasses import dataclass

from sim.accelerators.sparten.clusters import ClusterGrid
from sim.arithmetic import ceil_div
from sim.compressed_formats import bitmap_map_bytes
from sim.layer import Layer
from sim.memory import ArrayBytes, StoredBytes
from sim.trace import LayerTrace


@dataclass(frozen=True)
class Chunking:
    """Chunks that the clusters read.

    Attributes:
        chunk_bits: positions of a chunk; its mask has a bit for each.
        per_window: chunks of one filter or window.
        windows_sent: window broadcasts of one image, to any cluster.
    """

    chunk_bits: int
    per_window: int
    windows_sent: int

    @property
    def mask_bytes(self) -> int:
        """Masks of the chunks of one filter or window."""
        return self.per_window * ceil_div(self.chunk_bits, 8)


def filter_bytes(trace: LayerTrace, chunking: Chunking) -> int:
    """All filters of a layer, in chunks."""
    return trace.layer.out_channels * chunking.mask_bytes + trace.weight_nonzeros


def stored_bytes(trace: LayerTrace, image: int, chunking: Chunking) -> StoredBytes:
    """Weights, input and output of one image; an output that is not known has no zeros."""
    return StoredBytes.of(trace, filter_bytes(trace, chunking), bitmap_map_bytes(trace, image))


def filter_loads(layer: Layer, grid: ClusterGrid, positions_per_filter_chunk: int) -> int:
    """Times that the clusters read each filter: once per `positions_per_filter_chunk` positions."""
    runs = grid.positions_per_run(layer.output_pixels)
    return int((-(-runs // positions_per_filter_chunk)).sum())


def array_bytes(trace: LayerTrace, chunking: Chunking, values_sent: int, loads: int) -> ArrayBytes:
    """Bytes that the clusters read for one image; `values_sent` are the nonzeros broadcast."""
    masks_sent = chunking.windows_sent * chunking.mask_bytes
    return ArrayBytes(filter_bytes(trace, chunking) * loads, masks_sent + values_sent)
