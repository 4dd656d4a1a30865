"""Row-stationary mappings of one layer and what each costs.

Terms and the roles of the parameters: Y.-H. Chen et al., IEEE JSSC 52(1), 2017, and ISCA 2016.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim.arithmetic import Counts
from sim.layer import Layer

Count = Any
"""A whole number, or an array of them over many mappings; arrays broadcast."""


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """Sizes of the chip that limit a mapping.

    Attributes:
        pe_rows, pe_columns: the array; a set of filter-height x strip-rows PEs computes one
            two-dimensional convolution.
        buffer_bytes: global buffer for input maps and partial sums.
        value_bytes: bytes of a value, a partial sum included.
        filter_words, activation_words, psum_words: scratch pads of a PE, in values.
        dram_cost, buffer_cost: energy of moving one value, relative to a multiplication.
    """

    pe_rows: int
    pe_columns: int
    buffer_bytes: int
    value_bytes: int
    filter_words: int
    activation_words: int
    psum_words: int
    dram_cost: int
    buffer_cost: int


@dataclass(frozen=True)
class Workload:
    """What is stored of a layer for one batch, in bytes.

    Attributes:
        images: images of the batch.
        activation_bytes: compressed input maps.
        output_bytes: compressed output maps.
    """

    images: int
    activation_bytes: int
    output_bytes: int


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A row-stationary mapping: (m, n, e, p, q, r, t) in the notation of the papers.

    Attributes:
        filters: output channels whose partial sums are in the global buffer (m).
        images: images whose data are in the global buffer (n).
        output_rows: rows of an output strip, the width of a PE set (e).
        pe_filters: filters that one PE interleaves (p).
        pe_channels: channels that one PE interleaves (q).
        channel_sets: PE sets that work on different channels (r).
        filter_sets: PE sets that work on different filters (t).
    """

    filters: Count
    images: Count
    output_rows: Count
    pe_filters: Count
    pe_channels: Count
    channel_sets: Count
    filter_sets: Count


@dataclass(frozen=True)
class MappingCost:
    """Costs of a mapping for a batch.

    Attributes:
        activation_bytes, weight_bytes: DRAM reads.
        buffer_activation_bytes, buffer_psum_bytes: global buffer accesses; the weights pass through
            it once per DRAM read, too.
        cycles: time of the PE array alone.
    """

    activation_bytes: Count
    weight_bytes: Count
    buffer_activation_bytes: Count
    buffer_psum_bytes: Count
    cycles: Count

    @property
    def buffer_bytes(self) -> Count:
        """All accesses to the global buffer."""
        return self.buffer_activation_bytes + self.buffer_psum_bytes + self.weight_bytes


def sets_that_fit(layer: Layer, hardware: Hardware, output_rows: Count) -> Count:
    """PE sets of this width that fit on the array at once; 0 where not even one does."""
    down = max(1, hardware.pe_rows // layer.kernel[0])
    bands = -(-output_rows // hardware.pe_columns)
    side_by_side = np.maximum(1, hardware.pe_columns // output_rows)
    return down // bands * side_by_side


def pe_interleaving(layer: Layer, hardware: Hardware, pe_channels: int) -> int:
    """Filters that a PE can interleave: limited by its filter and partial-sum scratch pads."""
    held = hardware.filter_words // (pe_channels * layer.kernel[1])
    return max(1, min(held, hardware.psum_words, layer.group_filters))


def strip_rows(layer: Layer, output_rows: Count) -> Count:
    """Input rows that one strip needs at most."""
    spanned = (output_rows - 1) * layer.stride[0] + layer.extent[0]
    rows = -(-spanned // layer.input_dilation[0])
    return np.minimum(rows, layer.input_size[0])


def rows_read(layer: Layer, output_rows: Count) -> Count:
    """Input rows that all strips together read; overlaps are read again, padding is not."""
    return _rows_read(layer)[np.minimum(output_rows, layer.output_size[0])]


@lru_cache(maxsize=64)
def _rows_read(layer: Layer) -> Counts:
    """What `rows_read` is for strips of 0 rows, which read nothing, to as many as there are."""
    height = layer.output_size[0]
    width = np.arange(height + 1)[:, None]
    first = np.minimum(np.arange(height) * width, height)
    after = np.minimum(first + width, height)
    begin = np.maximum(first * layer.stride[0] - layer.padding[0], 0)
    end = (after - 1) * layer.stride[0] - layer.padding[0] + layer.extent[0]
    # in rows of the map of the windows; the input has one of `between` of them
    between = layer.input_dilation[0]
    end = np.minimum(-(-end // between), layer.input_size[0])
    rows = np.maximum(end - -(-begin // between), 0)
    read: Counts = (rows * (after > first)).sum(axis=-1)
    return read


def cost(layer: Layer, hardware: Hardware, work: Workload, mapping: Mapping) -> MappingCost:
    """Cycles, bytes and energy that a mapping costs.

    Input maps are read from DRAM once per chunk of filters and strip; weights once per chunk of
    images and strip. In the buffer, each input map is written and then read once per group of
    filters that the array handles, and each partial sum makes one round trip per group of channels.
    """
    activation_bytes, weight_bytes = dram_bytes(layer, hardware, work, mapping)
    once, round_trip = bytes_of_a_pass(layer, hardware, work, mapping)
    passes, channel_passes = passes_of(layer, mapping)
    return MappingCost(
        activation_bytes=activation_bytes,
        weight_bytes=weight_bytes,
        buffer_activation_bytes=once * (1 + passes),
        buffer_psum_bytes=round_trip * channel_passes,
        cycles=array_cycles(layer, hardware, work, mapping),
    )


def dram_bytes(
    layer: Layer, hardware: Hardware, work: Workload, mapping: Mapping
) -> tuple[Count, Count]:
    """Bytes of activations and of weights that a mapping reads from DRAM."""
    read, chunks = rows_read(layer, mapping.output_rows), _chunks(layer, mapping)
    weights = layer.out_channels * layer.window * hardware.value_bytes
    return (
        -(-work.activation_bytes * read // layer.input_size[0]) * chunks,
        weights * -(-work.images // mapping.images) * _strips(layer, mapping),
    )


def bytes_of_a_pass(
    layer: Layer, hardware: Hardware, work: Workload, mapping: Mapping
) -> tuple[Count, Count]:
    """Bytes in the buffer of the input maps that a pass reads, and of one round trip of sums."""
    values = work.images * layer.in_channels * layer.input_size[1] * hardware.value_bytes
    psums = work.images * layer.out_channels * layer.output_pixels * hardware.value_bytes
    return values * rows_read(layer, mapping.output_rows) * _chunks(layer, mapping), 2 * psums


def passes_of(layer: Layer, mapping: Mapping) -> tuple[Count, Count]:
    """How many groups of filters, and of channels, the array handles one after another."""
    return (
        -(-mapping.filters // (mapping.pe_filters * mapping.filter_sets)),
        -(-layer.group_channels // (mapping.pe_channels * mapping.channel_sets)),
    )


def array_cycles(layer: Layer, hardware: Hardware, work: Workload, mapping: Mapping) -> Count:
    """Cycles of the PE array alone."""
    row_time = layer.output_size[1] * layer.kernel[1] * -(-layer.kernel[0] // hardware.pe_rows)
    per_set = -(-mapping.filters // mapping.filter_sets) * _chunks(layer, mapping)
    channels = -(-layer.group_channels // mapping.channel_sets)
    strips = _strips(layer, mapping)
    return layer.groups * work.images * row_time * (strips * channels) * per_set


def _strips(layer: Layer, mapping: Mapping) -> Count:
    return -(-layer.output_size[0] // mapping.output_rows)


def _chunks(layer: Layer, mapping: Mapping) -> Count:
    return -(-layer.group_filters // mapping.filters)
