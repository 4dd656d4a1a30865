"""The search for the best row-stationary mapping of a layer."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from sim.accelerators.eyeriss.mapping import (
    Hardware,
    Mapping,
    Workload,
    array_cycles,
    bytes_of_a_pass,
    dram_bytes,
    passes_of,
    pe_interleaving,
    sets_that_fit,
    strip_rows,
)
from sim.arithmetic import Counts
from sim.errors import UserError
from sim.layer import Layer


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
    """The best mapping; None if none fits. Only the passes depend on a PE's channels."""
    ways = _ways(layer, hardware, work)
    dram, weights = dram_bytes(layer, hardware, work, ways)
    once, round_trip = bytes_of_a_pass(layer, hardware, work, ways)
    fixed = hardware.dram_cost * (dram + weights) + hardware.buffer_cost * (once + weights)
    cycles = array_cycles(layer, hardware, work, ways)
    rows = strip_rows(layer, ways.output_rows) * layer.input_size[1]
    inputs = ways.images * ways.channel_sets * rows  # in the buffer, for each channel of a PE
    psums = ways.images * ways.filters * ways.output_rows * layer.output_size[1]
    worst = np.iinfo(np.int64).max
    best, winners = (worst, worst), None
    most = max(1, min(hardware.activation_words // layer.extent[1], layer.group_channels))
    for pe_channels in range(1, most + 1):
        pe_filters = pe_interleaving(layer, hardware, pe_channels)
        mapping = replace(ways, pe_channels=pe_channels, pe_filters=pe_filters)
        passes, channel_passes = passes_of(layer, mapping)
        energy = fixed + hardware.buffer_cost * (once * passes + round_trip * channel_passes)
        energy[psums + pe_channels * inputs > hardware.buffer_bytes // hardware.value_bytes] = worst
        least = int(energy.min())
        if least > best[0] or least == worst:
            continue
        fastest = np.where(energy == least, cycles, worst)
        if (least, int(fastest.min())) < best:
            best = (least, int(fastest.min()))
            winners = mapping, np.nonzero(fastest == best[1])
    return None if winners is None else _smallest(*winners)


def _smallest(ways: Mapping, equals: tuple[Counts, ...]) -> Mapping:
    """Of equals the one with the fewest sets on channels, then the smallest of each axis."""
    chunk, image, shared = equals
    axes = (
        ways.channel_sets[shared],
        ways.filters[chunk, 0, 0],
        ways.images[image, 0],
        ways.output_rows[shared],
        ways.filter_sets[shared],
    )
    channel_sets, filters, images, rows, filter_sets = min(
        zip(*map(np.ndarray.tolist, axes), strict=True)
    )
    return replace(
        ways,
        filters=filters,
        images=images,
        output_rows=rows,
        channel_sets=channel_sets,
        filter_sets=filter_sets,
    )


def _ways(layer: Layer, hardware: Hardware, work: Workload) -> Mapping:
    """All mappings with one channel and one filter in a PE, as arrays over three axes.

    They are chunks of filters, images in the buffer, and all ways to share the array: sets on
    channels, rows of a strip, and sets on filters, as many as the others leave.
    """
    filters = layer.group_filters
    m = np.unique(-(-filters // np.arange(1, filters + 1)))
    n = np.arange(1, work.images + 1)
    widest = hardware.pe_columns * max(1, hardware.pe_rows // layer.kernel[0])
    rows = np.arange(1, min(layer.output_size[0], widest) + 1)
    sets = sets_that_fit(layer, hardware, rows)
    most = np.minimum(sets, layer.group_channels)
    r = np.arange(most.sum()) - np.repeat(most.cumsum() - most, most) + 1
    return Mapping(
        filters=m[:, None, None],
        images=n[:, None],
        output_rows=np.repeat(rows, most),
        pe_filters=1,
        pe_channels=1,
        channel_sets=r,
        filter_sets=np.repeat(sets, most) // r,
    )
