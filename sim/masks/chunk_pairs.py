"""Pairs without a zero of every filter chunk with every window chunk of a layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arithmetic import Counts
from sim.layer import Layer, Mask
from sim.masks.chunk_words import (
    WORD_BYTES,
    PairCounts,
    Words,
    chunk_words,
    pairs_of_chunks,
    window_words,
)
from sim.masks.sharing import is_sharing, shared
from sim.trace import LayerTrace

BLOCK_OUTPUTS = 1 << 16
"""Outputs counted at a time: the scratch arrays then stay in a core's second-level cache."""
KEPT_BYTES = 1 << 26
"""Window chunks of all images and their counts, of a byte each, take so much at most where designs
share them; of a larger layer each design makes its own."""


@dataclass(frozen=True, eq=False)
class ChunkPairs:
    """The chunks of one image.

    Attributes:
        filters: (chunks, words, parts, filters, 1).
        windows: (chunks, words, parts, 1, positions).
        keeps: all counts are made at the first question, for the designs that follow.
    """

    filters: Words
    windows: Words
    keeps: bool

    def of_block(self, block: slice) -> Iterator[PairCounts]:
        """Pairs of chunk after chunk, (parts, filters, positions of the block); read only."""
        return iter(self._table[..., block]) if self.keeps else self._counted(block)

    @cached_property
    def _table(self) -> PairCounts:
        """(chunks, parts, filters, positions)."""
        chunks, _, parts, filters, _ = self.filters.shape
        positions = self.windows.shape[4]
        step = max(1, BLOCK_OUTPUTS // (parts * filters))
        kind = next(self._counted(slice(1))).dtype
        table = np.empty((chunks, parts, filters, positions), dtype=kind)
        for first in range(0, positions, step):
            block = slice(first, first + step)
            for place, counts in zip(table[..., block], self._counted(block), strict=True):
                place[:] = counts
        return table

    def _counted(self, block: slice) -> Iterator[PairCounts]:
        windows = self.windows[..., block]
        scratch = np.empty((*self.filters.shape[2:4], windows.shape[4]), dtype=np.uint64)
        for filters, taken in zip(self.filters, windows, strict=True):
            yield pairs_of_chunks(filters, taken, scratch)


@dataclass(frozen=True, eq=False)
class ChunkedLayer:
    """The chunks of all images.

    Attributes:
        trace: the layer and its masks.
        filters: (chunks, words, parts, filters).
        chunk_bits: positions of a chunk.
        keeps: whether what is counted is kept for the designs that follow.
    """

    trace: LayerTrace
    filters: Words
    chunk_bits: int
    keeps: bool

    @property
    def filter_nonzeros(self) -> Counts:
        """Nonzero weights of each chunk, (parts, filters, chunks)."""
        nonzeros: Counts = np.bitwise_count(self.filters).sum(axis=1, dtype=np.int64)
        return np.moveaxis(nonzeros, 0, 2)

    def pairs(self, image: int) -> ChunkPairs:
        """Pairs of one image."""
        return _kept_pairs(self, image) if self.keeps else self._pairs(image)

    def _pairs(self, image: int) -> ChunkPairs:
        layer, parts = self.trace.layer, self.filters.shape[2]
        windows = window_words(self.trace.activation[image], layer, parts, self.chunk_bits)
        return ChunkPairs(self.filters[..., np.newaxis], windows[:, :, :, np.newaxis], self.keeps)


@shared
def _kept_pairs(chunked: ChunkedLayer, image: int) -> ChunkPairs:
    return chunked._pairs(image)


@shared
def chunked_layer(trace: LayerTrace, bundled: int, chunk_bits: int) -> ChunkedLayer:
    """Cut filters and windows into chunks.

    Args:
        trace: layer and masks.
        bundled: convolution groups of a part. Its chunks hold the channels of all of them, and each
            of its filters has zeros where another group's channels are.
        chunk_bits: positions of a chunk.
    """
    words = _filter_words(trace.weight, trace.layer, bundled, chunk_bits)
    filters = np.ascontiguousarray(words.transpose(2, 3, 0, 1))
    chunks, words_of_chunk, parts, _ = filters.shape
    of_position = chunks * (trace.layer.out_channels + WORD_BYTES * words_of_chunk * parts)
    kept = trace.images * trace.layer.output_pixels * of_position
    return ChunkedLayer(trace, filters, chunk_bits, is_sharing() and kept <= KEPT_BYTES)


def _filter_words(weight: Mask, layer: Layer, bundled: int, chunk_bits: int) -> Words:
    """Weight mask (K, C/g, R, S) as chunks, (parts, filters, chunks, words)."""
    parts, filters, channels = layer.groups // bundled, layer.group_filters, layer.group_channels
    if bundled == 1:
        ordered = weight.transpose(0, 2, 3, 1)
        return chunk_words(ordered.reshape(parts, filters, layer.window), chunk_bits)
    channel_weights = weight.reshape(parts, bundled, filters, channels, *layer.kernel)
    shape = (parts, bundled, filters, *layer.kernel, bundled, channels)
    block = np.zeros(shape, dtype=np.bool_)
    diagonal = np.arange(bundled)
    block[:, diagonal, :, :, :, diagonal] = channel_weights.transpose(1, 0, 2, 4, 5, 3)
    return chunk_words(block.reshape(parts, bundled * filters, -1), chunk_bits)
