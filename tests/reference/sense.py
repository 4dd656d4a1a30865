"""Sense, stepped pass by pass with plain loops."""

from collections import Counter
from dataclasses import dataclass

from sim import LayerTrace
from tests.reference.windows import dot_product


@dataclass(frozen=True)
class Array:
    rows: int
    columns: int
    tile: int
    sync_interval: int
    clustered: bool


def kernel_work(trace: LayerTrace, image: int, filter_: int, channel: int, pixels: list) -> int:
    """Pairs of nonzeros that one kernel meets in one channel, over the pixels of a tile."""
    return sum(
        weight and activation
        for row, column in pixels
        for c, _, _, weight, activation in dot_product(trace, image, filter_, row, column)
        if c == channel
    )


def chunks(items: list, size: int) -> list[list]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def output_tiles(trace: LayerTrace, edge: int) -> list[list[tuple[int, int]]]:
    height, width = trace.layer.output_size
    tiles: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row in range(height):
        for column in range(width):
            tiles.setdefault((row // edge, column // edge), []).append((row, column))
    return list(tiles.values())


def channel_sequence(trace: LayerTrace, image: int, group: int, clustered: bool) -> list[int]:
    per_group = trace.layer.group_channels
    channels = list(range(per_group))
    if clustered:
        channels.sort(
            key=lambda c: sum(
                bool(value) for value in trace.activation[image, group * per_group + c].flat
            )
        )
    return channels


def compute(trace: LayerTrace, image: int, array: Array) -> Counter:
    """Cycles and idle multiplier-cycles of one image without fill and without waiting for DRAM."""
    layer, count = trace.layer, Counter()
    tiles = output_tiles(trace, array.tile)
    for group in range(layer.groups):
        filters = [group * layer.group_filters + k for k in range(layer.group_filters)]
        sequence = channel_sequence(trace, image, group, array.clustered)
        together = 1
        while (together + 1) * layer.group_channels <= array.rows:
            together += 1
        for members in chunks(sequence, array.rows):
            for tile_set in chunks(tiles, together):
                for barrier in chunks(filters, array.columns * array.sync_interval):
                    lanes = [(c, tile) for tile in tile_set for c in members]
                    assert len(lanes) <= array.rows
                    _pass(trace, image, lanes, barrier, array, count)
    return count


def _pass(
    trace: LayerTrace, image: int, lanes: list, filters: list[int], array: Array, count: Counter
) -> None:
    busy: dict[tuple[int, int], int] = {}
    for lane, (channel, pixels) in enumerate(lanes):
        for position, filter_ in enumerate(filters):
            place = lane, position % array.columns
            busy.setdefault(place, 0)
            busy[place] += kernel_work(trace, image, filter_, channel, pixels)
    duration = max(busy.values())
    count["cycles"] += duration
    for row in range(array.rows):
        slowest = max((time for (r, _), time in busy.items() if r == row), default=0)
        for column in range(array.columns):
            if (row, column) in busy:
                count["effectual"] += busy[row, column]
                count["kernel_imbalance"] += slowest - busy[row, column]
                count["channel_imbalance"] += duration - slowest
            else:
                count["edge"] += duration


def stores(trace: LayerTrace, array: Array, value_bytes: int) -> Counter:
    """Bytes that go into and out of the stores of the PEs, multiplier by multiplier."""
    layer, moved = trace.layer, Counter()
    for image in range(trace.images):
        for filter_ in range(layer.out_channels):
            group = filter_ // layer.group_filters
            for c in range(layer.group_channels):
                channel = group * layer.group_channels + c
                moved["activation write"] += value_bytes * sum(
                    bool(value) for value in trace.activation[image, channel].flat
                )
                for pixels in output_tiles(trace, array.tile):
                    moved["weight write"] += value_bytes * sum(
                        bool(value) for value in trace.weight[filter_, c].flat
                    )
                    pairs = kernel_work(trace, image, filter_, c, pixels)
                    moved["weight read"] += value_bytes * pairs
                    moved["activation read"] += value_bytes * pairs
    return moved


def bitmap_bytes(values: list[bool], value_bits: int) -> int:
    bits = 0
    for value in values:
        bits += 1
        if value:
            bits += value_bits
    while bits % 8:
        bits += 1
    return bits // 8


def group_bytes(trace: LayerTrace, group: int, value_bits: int) -> tuple[int, int]:
    """Compressed bytes of the inputs (all images) and of the weights of one group."""
    layer = trace.layer
    channels = range(group * layer.group_channels, (group + 1) * layer.group_channels)
    filters = range(group * layer.group_filters, (group + 1) * layer.group_filters)
    inputs = 0
    for image in range(trace.images):
        values = [bool(v) for c in channels for v in trace.activation[image, c].flat]
        inputs += bitmap_bytes(values, value_bits)
    weights = [bool(v) for k in filters for v in trace.weight[k].flat]
    return inputs, bitmap_bytes(weights, value_bits)


def stream(kept: int, kept_buffer: int, passing: int, passing_buffer: int) -> tuple[int, int]:
    """Bytes read of (kept, passing): fill the buffer, let the other pass by, until all is done."""
    kept_read = passing_read = 0
    while True:
        part = min(kept_buffer, kept - kept_read)
        kept_read += part
        if passing_read == 0 or passing > passing_buffer:
            passing_read += passing
        if kept_read >= kept:
            return kept_read, passing_read


def dram_reads(
    trace: LayerTrace, order: str, value_bits: int, input_buffer: int, weight_buffer: int
) -> tuple[int, int]:
    """Bytes of inputs and weights read from DRAM for all images as one batch."""
    inputs_first, weights_first = [0, 0], [0, 0]
    for group in range(trace.layer.groups):
        inputs, weights = group_bytes(trace, group, value_bits)
        kept, passing = stream(inputs, input_buffer, weights, weight_buffer)
        inputs_first[0] += kept
        inputs_first[1] += passing
        kept, passing = stream(weights, weight_buffer, inputs, input_buffer)
        weights_first[0] += passing
        weights_first[1] += kept
    if order == "activations_first":
        return tuple(inputs_first)
    if order == "weights_first":
        return tuple(weights_first)
    return tuple(inputs_first if sum(inputs_first) <= sum(weights_first) else weights_first)
