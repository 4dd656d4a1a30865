"""Eyeriss with plain loops: the run-length code written out, every mapping tried."""

from dataclasses import dataclass
from itertools import product

from sim import Layer, LayerTrace


def run_length_code(values: list[bool], run_bits: int) -> list[tuple[int, bool]]:
    """(zeros before, value) pairs; a full run ends in a zero value."""
    pairs, zeros = [], 0
    longest = 2**run_bits - 1
    for value in values:
        if value or zeros == longest:
            pairs.append((zeros, value))
            zeros = 0
        else:
            zeros += 1
    if zeros:
        pairs.append((zeros - 1, False))
    return pairs


def decoded(pairs: list[tuple[int, bool]]) -> list[bool]:
    values: list[bool] = []
    for zeros, value in pairs:
        values += [False] * zeros + [value]
    return values


def stored_bytes(values: list[bool], value_bits: int, run_bits: int, word_bits: int) -> int:
    words, free = 0, 0
    for _ in run_length_code(values, run_bits):
        if free < run_bits + value_bits:
            words, free = words + 1, word_bits - 1
        free -= run_bits + value_bits
    return min(words * word_bits // 8, len(values) * value_bits // 8)


@dataclass(frozen=True)
class Chip:
    pe_rows: int
    pe_columns: int
    buffer_bytes: int
    value_bytes: int
    filter_words: int
    activation_words: int
    psum_words: int


def strips(layer: Layer, height: int) -> list[range]:
    rows = layer.output_size[0]
    return [range(start, min(start + height, rows)) for start in range(0, rows, height)]


def input_rows(layer: Layer, strip: range) -> set[int]:
    spanned = layer.dilation[0] * (layer.kernel[0] - 1) + 1
    rows = range(
        strip[0] * layer.stride[0] - layer.padding[0],
        strip[-1] * layer.stride[0] - layer.padding[0] + spanned,
    )
    return {row for row in range(layer.input_size[0]) if row * layer.input_dilation[0] in rows}


def pe_sets(layer: Layer, chip: Chip, height: int) -> int:
    """PE sets of kernel height x strip height placed on the array, folded into bands if wide."""
    bands = 1
    while bands * chip.pe_columns < height:
        bands += 1
    per_row = max(1, chip.pe_columns // height)
    kernel = min(layer.kernel[0], chip.pe_rows)
    placed, free = 0, chip.pe_rows
    while free >= bands * kernel:
        placed, free = placed + per_row, free - bands * kernel
    return placed


@dataclass(frozen=True, order=True)
class Result:
    energy: int
    cycles: int
    activation_bytes: int
    weight_bytes: int
    buffer_bytes: int


def evaluate(
    layer: Layer, chip: Chip, images: int, input_bytes: int, m: int, n: int, e: int, q: int, r: int
) -> Result | None:
    sets = pe_sets(layer, chip, e) // r
    if sets < 1:
        return None
    p = min(chip.filter_words // (q * layer.kernel[1]), chip.psum_words, layer.group_filters)
    p = max(p, 1)
    width, value = layer.input_size[1], chip.value_bytes
    spanned = (layer.kernel[0] - 1) * layer.dilation[0] + 1
    window_rows = range((e - 1) * layer.stride[0] + spanned)
    tallest = min(len(window_rows[:: layer.input_dilation[0]]), layer.input_size[0])
    kept = n * q * r * tallest * width + n * m * e * layer.output_size[1]
    if kept * value > chip.buffer_bytes:
        return None
    filter_chunks = [min(m, layer.group_filters - at) for at in range(0, layer.group_filters, m)]
    rows = sum(len(input_rows(layer, strip)) for strip in strips(layer, e))
    from_dram = sum(-(-input_bytes * rows // layer.input_size[0]) for _ in filter_chunks)
    batches = len(range(0, images, n))
    whole_weights = layer.out_channels * layer.window * value
    weights = sum(whole_weights for _ in range(batches) for _ in strips(layer, e))
    line = images * layer.in_channels * width * value
    passes = len(range(0, m, p * sets))
    inputs_in_buffer = sum(line * rows * (1 + passes) for _ in filter_chunks)
    psum = images * layer.out_channels * layer.output_pixels * value
    psums = sum(2 * psum for _ in range(0, layer.group_channels, q * r))
    cycles = 0
    for _ in range(layer.groups):
        for _ in range(images):
            for _ in strips(layer, e):
                for _ in filter_chunks:
                    folded = len(range(0, layer.kernel[0], chip.pe_rows))
                    one = layer.output_size[1] * layer.kernel[1] * folded
                    filters = len(range(0, m, sets))
                    cycles += one * filters * len(range(0, layer.group_channels, r))
    buffer = inputs_in_buffer + psums + weights
    return Result(200 * (from_dram + weights) + 6 * buffer, cycles, from_dram, weights, buffer)


def best(layer: Layer, chip: Chip, images: int, input_bytes: int) -> Result | None:
    """The cheapest of all mappings, or None if none fits."""
    parts = sorted({-(-layer.group_filters // k) for k in range(1, layer.group_filters + 1)})
    heights = range(1, layer.output_size[0] + 1)
    spanned = layer.dilation[1] * (layer.kernel[1] - 1) + 1
    channels = range(1, max(1, chip.activation_words // spanned) + 1)
    choices = product(
        parts,
        range(1, images + 1),
        heights,
        [q for q in channels if q <= layer.group_channels],
        range(1, min(chip.pe_rows * chip.pe_columns, layer.group_channels) + 1),
    )
    results = [evaluate(layer, chip, images, input_bytes, *choice) for choice in choices]
    return min((result for result in results if result is not None), default=None)


def input_bytes(trace: LayerTrace, value_bits: int, run_bits: int, word_bits: int) -> int:
    return sum(
        stored_bytes([bool(v) for v in image.flat], value_bits, run_bits, word_bits)
        for image in trace.activation
    )
