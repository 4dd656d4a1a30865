"""Row-stationary mappings of one layer, what each costs, and the search for the best.

Terms and the roles of the parameters: Y.-H. Chen et al., IEEE JSSC 52(1), 2017, and ISCA 2016.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sim.arithmetic import Counts
from sim.errors import UserError
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
    height, strips = layer.input_size[0], -(-layer.output_size[0] // mapping.output_rows)
    chunks = -(-layer.group_filters // mapping.filters)
    passes = -(-mapping.filters // (mapping.pe_filters * mapping.filter_sets))
    channel_passes = -(-layer.group_channels // (mapping.pe_channels * mapping.channel_sets))
    read = rows_read(layer, mapping.output_rows)
    values = work.images * layer.in_channels * layer.input_size[1] * hardware.value_bytes
    psums = work.images * layer.out_channels * layer.output_pixels * hardware.value_bytes
    weights = layer.out_channels * layer.window * hardware.value_bytes
    row_time = layer.output_size[1] * layer.kernel[1] * -(-layer.kernel[0] // hardware.pe_rows)
    per_set = -(-mapping.filters // mapping.filter_sets)
    channels = -(-layer.group_channels // mapping.channel_sets)
    return MappingCost(
        activation_bytes=-(-work.activation_bytes * read // height) * chunks,
        weight_bytes=weights * -(-work.images // mapping.images) * strips,
        buffer_activation_bytes=values * read * chunks * (1 + passes),
        buffer_psum_bytes=2 * psums * channel_passes,
        cycles=layer.groups * work.images * strips * row_time * chunks * per_set * channels,
    )


def best_mapping(layer: Layer, hardware: Hardware, work: Workload) -> Mapping:
    """The mapping of least data-movement energy that fits; the fastest among equals.

    Filters are cut into chunks of near-equal size. Energy = DRAM values x dram_cost + buffer values
    x buffer_cost.

    Raises:
        UserError: not even one output row of one filter fits the global buffer.
    """
    best = _search(
        replace(layer, name="any", residual_elements=0), hardware, replace(work, output_bytes=0)
    )
    if best is None:
        raise UserError(
            f"{layer.name}: one output row of one filter needs more than the global buffer of "
            f"{hardware.buffer_bytes} bytes; give the accelerator a larger buffer_kib"
        )
    return best


@lru_cache(maxsize=64)  # blocks of a transformer repeat; names and output bytes choose nothing
def _search(layer: Layer, hardware: Hardware, work: Workload) -> Mapping | None:
    most = max(1, min(hardware.activation_words // layer.extent[1], layer.group_channels))
    candidates = _candidates(layer, hardware, work)
    best_of_rows = [
        entry
        for pe_channels in range(1, most + 1)
        if (entry := _best_of(layer, hardware, work, candidates, pe_channels)) is not None
    ]
    return min(best_of_rows, key=lambda entry: entry[0])[1] if best_of_rows else None


Candidates = tuple[Counts, Counts, Counts, Counts, Counts]


def _best_of(
    layer: Layer, hardware: Hardware, work: Workload, candidates: Candidates, pe_channels: int
) -> tuple[tuple[int, int], Mapping] | None:
    """((energy, cycles), mapping) of the best mapping that interleaves so many channels in a PE."""
    m, n, r, e, t = candidates
    p = pe_interleaving(layer, hardware, pe_channels)
    mapping = Mapping(
        filters=m,
        images=n,
        output_rows=e,
        pe_filters=p,
        pe_channels=pe_channels,
        channel_sets=r,
        filter_sets=t,
    )
    inputs = n * pe_channels * r * strip_rows(layer, e) * layer.input_size[1]
    need = (inputs + n * m * e * layer.output_size[1]) * hardware.value_bytes
    fits = need <= hardware.buffer_bytes
    if not fits.any():
        return None
    spent = cost(layer, hardware, work, mapping)
    dram = spent.activation_bytes + spent.weight_bytes
    energy = hardware.dram_cost * dram + hardware.buffer_cost * spent.buffer_bytes
    worst = np.iinfo(np.int64).max
    energy = np.where(fits, energy, worst)
    cycles = np.where(energy == energy.min(), spent.cycles, worst)
    best = int(cycles.min())
    chunk, image, shared = np.nonzero(cycles == best)
    # Of equals the one with the fewest sets on channels, then the smallest of each axis.
    axes = r[shared], m[chunk, 0, 0], n[image, 0], e[shared], t[shared]
    channel_sets, filters, images, rows, filter_sets = min(
        zip(*map(np.ndarray.tolist, axes), strict=True)
    )
    mapping = replace(
        mapping,
        filters=filters,
        images=images,
        output_rows=rows,
        channel_sets=channel_sets,
        filter_sets=filter_sets,
    )
    return (int(energy.min()), best), mapping


def _candidates(layer: Layer, hardware: Hardware, work: Workload) -> Candidates:
    """Chunks of filters, images in the buffer, and on a third axis all ways to share the array.

    These are sets on channels, rows of a strip, and sets on filters: as many as the others leave.
    """
    filters = layer.group_filters
    m = np.unique(-(-filters // np.arange(1, filters + 1)))
    n = np.arange(1, work.images + 1)
    widest = hardware.pe_columns * max(1, hardware.pe_rows // layer.kernel[0])
    rows = np.arange(1, min(layer.output_size[0], widest) + 1)
    sets = sets_that_fit(layer, hardware, rows)
    most = np.minimum(sets, layer.group_channels)
    r = np.arange(most.sum()) - np.repeat(most.cumsum() - most, most) + 1
    return m[:, None, None], n[:, None], r, np.repeat(rows, most), np.repeat(sets, most) // r
