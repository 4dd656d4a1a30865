"""Plain-loop tensor core: every step, pixel, filter and multiplier; shares nothing with sim/."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from math import ceil, inf

from sim import LayerTrace
from tests.reference.windows import operand_pairs

Pair = tuple[bool, bool]
"""(weight nonzero, activation nonzero)."""


@dataclass
class Core:
    subpartitions: int
    filters_per_subpartition: int
    lanes: int
    tile_pixels: int
    kept: int
    largest_block: int
    operand_bytes_per_cycle: float = inf


@dataclass
class Tally:
    array_cycles: int = 0
    cycles: int = 0
    effectual_macs: int = 0
    operand_bytes: Counter[str] = field(default_factory=Counter)
    idle: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    psum: Counter[str] = field(default_factory=Counter)
    stored_weight_bytes: int = 0


def dot_product(trace: LayerTrace, image: int, filter_: int, pixel: int) -> list[list[Pair]]:
    """Per kernel position, the pairs of its channels in order."""
    row, column = divmod(pixel, trace.layer.output_size[1])
    positions: dict[tuple[int, int], list[Pair]] = {
        at: [] for at in product(range(trace.layer.kernel[0]), range(trace.layer.kernel[1]))
    }
    for _, r, s, weight, activation in operand_pairs(trace, image, filter_, row, column):
        positions[r, s].append((weight, activation))
    return list(positions.values())


def cut(channels: list[Pair], block: int) -> list[list[Pair]]:
    return [channels[start : start + block] for start in range(0, len(channels), block)]


def satisfies(trace: LayerTrace, kept: int, block: int) -> bool:
    layer = trace.layer
    for filter_, r, s in product(
        range(layer.out_channels), range(layer.kernel[0]), range(layer.kernel[1])
    ):
        for start in range(0, layer.group_channels, block):
            nonzeros = 0
            for channel in range(start, min(start + block, layer.group_channels)):
                nonzeros += bool(trace.weight[filter_, channel, r, s])
            if nonzeros > kept:
                return False
    return True


def places(trace: LayerTrace, image: int, filter_: int, pixel: int, block: int, kept: int) -> list:
    """What a filter's places hold in turn: a pair, or None where a block has fewer nonzeros."""
    found: list[Pair | None] = []
    for channels in dot_product(trace, image, filter_, pixel):
        if block == 1:
            found += channels
            continue
        for lanes in cut(channels, block):
            taken: list[Pair | None] = [pair for pair in lanes if pair[0]]
            found += taken + [None] * (kept - len(taken))
    return found


def pattern_of(trace: LayerTrace, core: Core) -> tuple[int, int]:
    """(kept, block) of the fewest steps; dense is (1, 1) and wins ties, then small blocks."""
    best, fewest = (1, 1), len(cut(places(trace, 0, 0, 0, 1, 1), core.lanes))
    for block in range(2 * core.kept, core.largest_block + 1, core.kept):
        if satisfies(trace, core.kept, block):
            steps = len(cut(places(trace, 0, 0, 0, block, core.kept), core.lanes))
            if steps < fewest:
                best, fewest = (core.kept, block), steps
    return best


def index_bits(block: int) -> int:
    bits = 0
    while 2**bits < block:
        bits += 1
    return bits


def packed_bytes(places_: int, block: int) -> int:
    """Values of a byte each, then their indices, as many whole ones to a byte as fit."""
    if block == 1:
        return places_
    return places_ + ceil(places_ / (8 // index_bits(block)))


def run(trace: LayerTrace, core: Core) -> Tally:
    """One image after the other; a run of pixels over all steps for one set of filters."""
    layer = trace.layer
    tally = Tally()
    kept, block = pattern_of(trace, core)
    filters_at_once = core.subpartitions * core.filters_per_subpartition
    multipliers = filters_at_once * core.lanes
    for image in range(trace.images):
        before = tally.array_cycles
        loaded = streamed = 0
        for group in range(layer.groups):
            first, last = group * layer.group_filters, (group + 1) * layer.group_filters
            for start in range(first, last, filters_at_once):
                filters = range(start, min(start + filters_at_once, last))
                for tile in range(0, layer.output_pixels, core.tile_pixels):
                    pixels = range(tile, min(tile + core.tile_pixels, layer.output_pixels))
                    held = {
                        (f, p): cut(places(trace, image, f, p, block, kept), core.lanes)
                        for f, p in product(filters, pixels)
                    }
                    for step in range(len(held[filters[0], pixels[0]])):
                        loaded += len(filters) * core.lanes
                        for pixel in pixels:
                            tally.array_cycles += 1
                            streamed += core.lanes // kept * block
                            used = 0
                            for filter_ in filters:
                                tally.psum["read"] += 4
                                tally.psum["write"] += 4
                                for place in held[filter_, pixel][step]:
                                    used += 1
                                    _multiply(tally, place)
                            tally.idle["edge"] += multipliers - used
        operands = streamed + packed_bytes(loaded, block)
        tally.operand_bytes["activation"] += streamed
        tally.operand_bytes["weight"] += packed_bytes(loaded, block)
        array = tally.array_cycles - before
        busy = max(array, ceil(operands / core.operand_bytes_per_cycle))
        tally.idle["buffer_bandwidth"] += multipliers * (busy - array)
        tally.cycles += busy
        tally.actions["register_bit"] += loaded * (8 + index_bits(block))
        tally.actions["register_bit"] += streamed * core.subpartitions * 8
        per_filter = len(places(trace, image, 0, 0, block, kept))
        tally.stored_weight_bytes += packed_bytes(layer.out_channels * per_filter, block)
    return tally


def _multiply(tally: Tally, place: Pair | None) -> None:
    tally.actions["mac_int8"] += 1
    if place is None:
        tally.idle["unfilled_bound"] += 1
    elif all(place):
        tally.effectual_macs += 1
    else:
        tally.idle["zero_operand"] += 1
