"""Sparse-Blox in plain loops: every pass, every block, every pixel, every multiplier.

Which value is zero comes from the loops of blocks.py; the designs know nothing but the zero map.
"""

from collections import Counter
from dataclasses import dataclass, field

from sim import LayerTrace
from tests.reference import blocks
from tests.reference.windows import dot_product


@dataclass
class Tally:
    """What the loops counted, over all images."""

    cycles: int = 0
    effectual_macs: int = 0
    idle: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    weight_reads: int = 0
    activation_reads: int = 0
    map_reads_bits: int = 0
    gathered_once: int = 0
    sums_read: int = 0


@dataclass
class Design:
    """A design: block sizes, and whether it has a map."""

    width: int
    height: int
    skips: bool


def chunks(total: int, size: int) -> list[range]:
    return [range(start, min(start + size, total)) for start in range(0, total, size)]


class Image:
    """One image of a layer: its blocks and its operands."""

    def __init__(self, trace: LayerTrace, image: int, design: Design) -> None:
        layer = trace.layer
        self.trace, self.image, self.design = trace, image, design
        self.filters = layer.out_channels // layer.groups
        window = layer.in_channels // layer.groups * layer.kernel[0] * layer.kernel[1]
        pixels = layer.output_size[0] * layer.output_size[1]
        self.pixel_blocks = chunks(pixels, design.height)
        self.column_blocks = chunks(window, design.width)
        self.zero = blocks.zero_blocks(trace, design.width, design.height)[image]

    def skipped(self, group: int, down: int, across: int) -> bool:
        at = group * len(self.column_blocks) + across
        return self.design.skips and bool(self.zero[down, at])

    def effectual(self, group: int, filter_: int, pixel: int, column: int) -> bool:
        number = group * self.filters + filter_
        row, position = divmod(pixel, self.trace.layer.output_size[1])
        pair = dot_product(self.trace, self.image, number, row, position)[column]
        weight = pair[3]
        return weight and blocks.value_kept(self.trace, self.image, group, pixel, column)

    def make_map(self, tally: Tally) -> None:
        for group in range(self.trace.layer.groups):
            for down in self.pixel_blocks:
                for across in self.column_blocks:
                    if self.design.skips:
                        tally.actions["comparator_int8"] += 1
                        tally.actions["add_int16"] += len(down) * len(across)
                    at = self.pixel_blocks.index(down), self.column_blocks.index(across)
                    if not self.skipped(group, *at):
                        tally.gathered_once += len(down) * len(across)


def systolic(trace: LayerTrace, design: Design, columns: int, overlap: bool) -> Tally:
    """A weight-stationary array with as many rows as a block is wide."""
    tally, rows = Tally(), design.width
    for number in range(len(trace.activation)):
        image = Image(trace, number, design)
        image.make_map(tally)
        passes = []
        for group in range(trace.layer.groups):
            sums: Counter[tuple[int, int]] = Counter()
            for across in range(len(image.column_blocks)):
                for filters in chunks(image.filters, columns):
                    length = _pass(image, tally, group, across, filters, columns, sums)
                    if length:
                        passes.append(length)
            # All additions to an output but the first take up a sum that waited.
            tally.sums_read += sum(additions - 1 for additions in sums.values())
        cycles = _time(passes, rows, columns, overlap)
        tally.cycles += cycles
        tally.idle["fill"] += rows * columns * (cycles - sum(passes))
    return tally


def _pass(
    image: Image,
    tally: Tally,
    group: int,
    across: int,
    filters: range,
    columns: int,
    sums: Counter[tuple[int, int]],
) -> int:
    """One pass: the map decides, the pixels that are left stream through."""
    held = image.column_blocks[across]
    length = 0
    for down, pixels in enumerate(image.pixel_blocks):
        tally.map_reads_bits += image.design.skips
        if image.skipped(group, down, across):
            continue
        for pixel in pixels:
            length += 1
            for row in range(image.design.width):
                tally.activation_reads += row < len(held)
                for column in range(columns):
                    if row >= len(held) or column >= len(filters):
                        tally.idle["edge"] += 1
                        continue
                    useful = image.effectual(group, filters[column], pixel, held[row])
                    tally.effectual_macs += useful
                    tally.idle["zero_operand"] += not useful
                    tally.actions["mac_int8"] += 1
                    tally.actions["register_bit"] += 8 + 32
            for filter_ in filters:
                sums[pixel, filter_] += 1
    if length:
        for row in range(len(held)):
            tally.weight_reads += len(filters)
            tally.actions["register_bit"] += 8 * (row + 1) * len(filters)
    return length


def _time(passes: list[int], rows: int, columns: int, overlap: bool) -> int:
    """Step the weights and the pixels of one image cycle by cycle."""
    clock = 0
    skew = rows - 1 + columns - 1
    if not overlap:
        for length in passes:
            clock += rows + length + skew
        return clock
    if not passes:
        return 0
    clock = rows  # the first weights
    for number, length in enumerate(passes):
        next_weights = rows if number + 1 < len(passes) else 0
        streamed = loaded = 0
        while streamed < length or loaded < next_weights:
            clock += 1
            streamed += streamed < length
            loaded += loaded < next_weights
    return clock + skew


def vector(trace: LayerTrace, design: Design, accumulators: int, transfer: int) -> Tally:
    """A vector unit with as many lanes as a block is high; blocks are one column wide."""
    tally, lanes = Tally(), design.height
    for number in range(len(trace.activation)):
        image = Image(trace, number, design)
        image.make_map(tally)
        for group in range(trace.layer.groups):
            for down, pixels in enumerate(image.pixel_blocks):
                for filters in chunks(image.filters, accumulators):
                    for column in range(len(image.column_blocks)):
                        tally.map_reads_bits += design.skips
                        if image.skipped(group, down, column):
                            continue
                        tally.activation_reads += len(pixels)
                        tally.actions["register_bit"] += 8 * len(pixels)
                        _move(tally, lanes, transfer)
                        for filter_ in filters:
                            _multiply(image, tally, (group, filter_, column), pixels)
                    for _ in filters:
                        _move(tally, lanes, transfer)
    return tally


def _move(tally: Tally, lanes: int, transfer: int) -> None:
    tally.cycles += transfer
    tally.idle["transfer"] += lanes * transfer


def _multiply(image: Image, tally: Tally, operand: tuple[int, int, int], pixels: range) -> None:
    group, filter_, column = operand
    tally.cycles += 1
    tally.weight_reads += 1
    tally.idle["edge"] += image.design.height - len(pixels)
    for pixel in pixels:
        useful = image.effectual(group, filter_, pixel, column)
        tally.effectual_macs += useful
        tally.idle["zero_operand"] += not useful
        tally.actions["mac_int8"] += 1
        tally.actions["register_bit"] += 32
