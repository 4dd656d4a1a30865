"""Plain-loop dual-side sparse tensor core: every block, unit, position and step of outer products.

Shares nothing with sim/.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from math import ceil, inf

from sim import LayerTrace
from tests.reference.windows import operand_pairs


@dataclass
class Core:
    units: int
    unit_pixels: int
    unit_filters: int
    tile_pixels: int
    tile_filters: int
    merge_sums_per_cycle: int
    operand_bytes_per_cycle: float = inf

    @property
    def unit_multipliers(self) -> int:
        return self.unit_pixels * self.unit_filters


@dataclass
class Tally:
    cycles: int = 0
    products: int = 0
    idle: Counter[str] = field(default_factory=Counter)
    input_bytes: int = 0
    weight_bytes: int = 0
    register_bits: int = 0


def runs(first: int, count: int, size: int) -> list[range]:
    """Successive numbers in runs of `size`."""
    end = first + count
    return [range(start, min(start + size, end)) for start in range(first, end, size)]


def operands(trace: LayerTrace, image: int) -> tuple[dict, dict]:
    """{(group, position): pixels with a nonzero}, {...: filters with one}."""
    layer = trace.layer
    pixels: dict[tuple[int, tuple[int, int, int]], set[int]] = {}
    filters: dict[tuple[int, tuple[int, int, int]], set[int]] = {}
    width = layer.output_size[1]
    for filter_, pixel in product(range(layer.out_channels), range(layer.output_pixels)):
        group = filter_ // layer.group_filters
        for c, r, s, weight, activation in operand_pairs(
            trace, image, filter_, pixel // width, pixel % width
        ):
            pixels.setdefault((group, (c, r, s)), set()).update({pixel} if activation else ())
            filters.setdefault((group, (c, r, s)), set()).update({filter_} if weight else ())
    return pixels, filters


def condensed(members: set[int], tile: range, unit: int) -> list[list[int]]:
    """The nonzeros of a vector over a tile, `unit` at a time."""
    kept = sorted(members & set(tile))
    return [kept[start : start + unit] for start in range(0, len(kept), unit)]


def best_sides(trace: LayerTrace, core: Core) -> tuple[int, int]:
    """Of all rectangles of units that of the fewest blocks, dense operands read, longest side."""
    layer = trace.layer
    down = len(runs(0, layer.output_pixels, core.tile_pixels))
    across = len(runs(0, layer.group_filters, core.tile_filters))
    best, least = (1, core.units), (inf, inf, inf)
    for rows in range(1, core.units + 1):
        if core.units % rows:
            continue
        blocks_down, blocks_across = ceil(down / rows), ceil(across / (core.units // rows))
        read = blocks_across * down * core.tile_pixels + blocks_down * across * core.tile_filters
        price = (blocks_down * blocks_across, read, max(rows, core.units // rows))
        if price < least:
            best, least = (rows, core.units // rows), price
    return best


def vector_bits(vectors: list[set[int]], tile: range, width: int) -> tuple[int, int]:
    """(nonzeros, bits of bitmaps) of all vectors of a tile."""
    counts = [len(vector & set(tile)) for vector in vectors]
    return sum(counts), sum(1 + (width if count else 0) for count in counts)


def run(trace: LayerTrace, core: Core) -> Tally:
    tally = Tally()
    for image in range(trace.images):
        _image(trace, image, core, tally)
    return tally


def _image(trace: LayerTrace, image: int, core: Core, tally: Tally) -> None:
    layer = trace.layer
    pixels, filters = operands(trace, image)
    rows, columns = best_sides(trace, core)
    array = 0
    stored = Counter[str]()
    reads = Counter[str]()
    for group in range(layer.groups):
        positions = sorted(position for owner, position in pixels if owner == group)
        down = runs(0, layer.output_pixels, core.tile_pixels)
        across = runs(group * layer.group_filters, layer.group_filters, core.tile_filters)
        inputs = [pixels[group, position] for position in positions]
        weights = [filters[group, position] for position in positions]
        for tile in down:
            values, bits = vector_bits(inputs, tile, core.tile_pixels)
            stored["input"] += values
            stored["input_bits"] += bits
            tally.register_bits += (8 * values + bits) * len(across)
        for tile in across:
            values, bits = vector_bits(weights, tile, core.tile_filters)
            stored["weight"] += values
            stored["weight_bits"] += bits
            tally.register_bits += (8 * values + bits) * len(down)
        reads["input"], reads["weight"] = ceil(len(across) / columns), ceil(len(down) / rows)
        for top, left in product(range(0, len(down), rows), range(0, len(across), columns)):
            times: list[int | None] = []
            for row, column in product(range(top, top + rows), range(left, left + columns)):
                if row >= len(down) or column >= len(across):
                    times.append(None)
                else:
                    times.append(_tile(inputs, weights, down[row], across[column], core, tally))
            slowest = max(time for time in times if time is not None)
            array += slowest
            for time in times:
                cause = "edge" if time is None else "imbalance"
                tally.idle[cause] += core.unit_multipliers * (slowest - (time or 0))
    input_bytes = (stored["input"] + ceil(stored["input_bits"] / 8)) * reads["input"]
    weight_bytes = (stored["weight"] + ceil(stored["weight_bits"] / 8)) * reads["weight"]
    tally.input_bytes += input_bytes
    tally.weight_bytes += weight_bytes
    busy = max(array, ceil((input_bytes + weight_bytes) / core.operand_bytes_per_cycle))
    tally.idle["buffer_bandwidth"] += core.units * core.unit_multipliers * (busy - array)
    tally.cycles += busy


def _tile(
    inputs: list[set[int]],
    weights: list[set[int]],
    pixels: range,
    filters: range,
    core: Core,
    tally: Tally,
) -> int:
    """One unit, one tile: position by position, each pair of parts a step."""
    steps = products = 0
    for vector, weight in zip(inputs, weights, strict=True):
        for part, others in product(
            condensed(vector, pixels, core.unit_pixels),
            condensed(weight, filters, core.unit_filters),
        ):
            steps += 1
            products += len(part) * len(others)
            tally.idle["fragmentation"] += core.unit_multipliers - len(part) * len(others)
    cycles = max(steps, ceil(products / core.merge_sums_per_cycle))
    tally.idle["accumulator_banks"] += core.unit_multipliers * (cycles - steps)
    tally.products += products
    return cycles
