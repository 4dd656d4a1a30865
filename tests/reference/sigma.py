"""Plain-loop SIGMA: multipliers filled one by one, vectors streamed one by one, a tree walked up.

Shares nothing with sim/.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from math import ceil

from sim import LayerTrace
from tests.reference.windows import operand_pairs

Place = tuple[int, tuple[int, int, int]]
"""(group, position in the dot product)."""
Vector = set[Place]


@dataclass
class Unit:
    multipliers: int
    values_per_cycle: int
    sums_per_cycle: int
    stationary: str


@dataclass
class Filling:
    """Leaves: what each multiplier holds, (row, place), or (row, None) for the sum so far."""

    leaves: list[tuple[int, Place | None]]


@dataclass
class Tally:
    cycles: int = 0
    products: int = 0
    idle: Counter[str] = field(default_factory=Counter)
    kept_bytes: int = 0
    sent_bytes: int = 0
    psum_bytes: int = 0
    values_held: int = 0
    weights_stay: bool = True


def operands(trace: LayerTrace, image: int) -> tuple[dict, dict]:
    """{(group, filter): places with a weight}, {(group, pixel): places with an activation}."""
    layer = trace.layer
    filters: dict[tuple[int, int], Vector] = {}
    windows: dict[tuple[int, int], Vector] = {}
    width = layer.output_size[1]
    for filter_, pixel in product(range(layer.out_channels), range(layer.output_pixels)):
        group = filter_ // layer.group_filters
        ours = filters.setdefault((group, filter_), set())
        theirs = windows.setdefault((group, pixel), set())
        for c, r, s, weight, activation in operand_pairs(
            trace, image, filter_, pixel // width, pixel % width
        ):
            if weight:
                ours.add((group, (c, r, s)))
            if activation:
                theirs.add((group, (c, r, s)))
    return filters, windows


def fillings(rows: list[Vector], multipliers: int) -> list[Filling]:
    """Whole rows in order while the next one fits; a longer row takes fillings of its own."""
    made: list[Filling] = []
    open_: list[tuple[int, Place | None]] = []
    for number, row in enumerate(rows):
        places = sorted(row)
        if not places:
            continue
        if len(open_) + len(places) > multipliers and open_:
            made.append(Filling(open_))
            open_ = []
        while len(open_) + len(places) > multipliers:
            room = multipliers - len(open_)
            made.append(Filling(open_ + [(number, place) for place in places[:room]]))
            places, open_ = places[room:], [(number, None)]
        open_ += [(number, place) for place in places]
        if open_[0][1] is None:
            made.append(Filling(open_))
            open_ = []
    return made + ([Filling(open_)] if open_ else [])


def climb(first: int, last: int) -> int:
    """Levels of a binary tree of adders until two leaves meet."""
    levels = 0
    while first != last:
        first, last, levels = first // 2, last // 2, levels + 1
    return levels


def run(trace: LayerTrace, unit: Unit) -> list[Tally]:
    """One tally per image, of the role that the unit takes."""
    roles = {"weight": [True], "activation": [False], "faster": [True, False]}[unit.stationary]
    tallies = []
    for image in range(trace.images):
        both = [_role(trace, image, unit, weights_stay) for weights_stay in roles]
        tallies.append(min(both, key=lambda tally: tally.cycles))
    return tallies


def _role(trace: LayerTrace, image: int, unit: Unit, weights_stay: bool) -> Tally:
    filters, windows = operands(trace, image)
    stationary, streaming = (filters, windows) if weights_stay else (windows, filters)
    keys = sorted(stationary)
    vectors = {
        group: [streaming[key] for key in sorted(streaming) if key[0] == group]
        for group in range(trace.layer.groups)
    }
    count = len(vectors[0])
    tally = Tally(weights_stay=weights_stay)
    tally.kept_bytes = sum(len(stationary[key]) for key in keys)
    tally.kept_bytes += ceil(len(keys) * trace.layer.window / 8)
    share = ceil(unit.multipliers / unit.values_per_cycle)
    bits = 0
    for filling in fillings([stationary[key] for key in keys], unit.multipliers):
        bits += _stream(filling, vectors, count, share, unit, tally)
    tally.sent_bytes += ceil(bits / 8)
    return tally


def _stream(
    filling: Filling,
    vectors: dict[int, list[Vector]],
    count: int,
    share: int,
    unit: Unit,
    tally: Tally,
) -> int:
    """One filling; returns the bits of bitmaps that are read."""
    leaves = filling.leaves
    ports = Counter(index // share for index in range(len(leaves)))
    rows = {row for row, _ in leaves}
    per_vector = max(max(ports.values()), ceil(len(rows) / unit.sums_per_cycle))
    levels = 0
    for row in rows:
        members = [index for index, (owner, _) in enumerate(leaves) if owner == row]
        levels = max(levels, climb(members[0], members[-1]))
    filling_up = 1 + max(ports.values()) + 2 + levels + (share > 1)
    tally.cycles += filling_up + per_vector * count
    tally.idle["fill"] += unit.multipliers * filling_up
    needed = {place for _, place in leaves if place is not None}
    tally.values_held += sum(place is not None for _, place in leaves)
    for index in range(count):
        tally.idle["port"] += unit.multipliers * (per_vector - 1)
        tally.idle["fragmentation"] += unit.multipliers - len(leaves)
        for _, place in leaves:
            if place is None:
                tally.idle["fragmentation"] += 1
                tally.psum_bytes += 4
            elif place in vectors[place[0]][index]:
                tally.products += 1
            else:
                tally.idle["zero_operand"] += 1
        tally.sent_bytes += sum(place in vectors[place[0]][index] for place in needed)
    return len(needed) * count
