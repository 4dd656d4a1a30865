"""The described accelerator stepped by hand: group by group, turn by turn, chunk by chunk."""

from collections import Counter
from dataclasses import dataclass

from sim import LayerTrace
from tests.reference.windows import activation_at

Pair = tuple[bool, bool]


@dataclass
class Description:
    """As in configs.yaml."""

    groups: int
    units: int
    lanes: int
    chunk: int
    least: int
    skips: str
    gates: str
    barrier: str


def _window(trace: LayerTrace, image: int, filter_: int, place: tuple[int, int]) -> list[Pair]:
    """(weight, activation) of a dot product; rows, then columns, then channels."""
    layer = trace.layer
    channels = range(layer.in_channels // layer.groups)
    first = filter_ // (layer.out_channels // layer.groups) * len(channels)
    return [
        (
            bool(trace.weight[filter_, c, r, s]),
            activation_at(trace, image, first + c, place, (r, s)),
        )
        for r in range(layer.kernel[0])
        for s in range(layer.kernel[1])
        for c in channels
    ]


def _is_left(pair: Pair, operands: str) -> bool:
    """Whether a pair is neither skipped nor gated on account of the operands named."""
    weight, activation = pair
    if operands in ("weights", "both") and not weight:
        return False
    return not (operands in ("activations", "both") and not activation)


def _time(left: int, design: Description) -> int:
    cycles = 0
    while left > 0:
        left -= design.lanes
        cycles += 1
    return max(cycles, design.least)


def image(trace: LayerTrace, image: int, design: Description) -> Counter[str]:
    """Cycles, idle causes and multiplications of one image."""
    layer, total = trace.layer, Counter[str]()
    per_group = layer.out_channels // layer.groups
    places = [(y, x) for y in range(layer.output_size[0]) for x in range(layer.output_size[1])]
    busy = min(design.groups, len(places))
    finished = []
    for group in range(busy):
        mine = places[group * len(places) // busy : (group + 1) * len(places) // busy]
        clock = 0
        for conv_group in range(layer.groups):
            for turn in range(0, per_group, design.units):
                held = range(turn, min(turn + design.units, per_group))
                filters = [conv_group * per_group + number for number in held]
                clock += _turn(trace, image, filters, mine, design, total)
        finished.append(clock)
    slots = design.units * design.lanes
    total["cycles"] = max(finished)
    total["cluster_imbalance"] = sum(
        (total["cycles"] - clock) * slots for clock in finished
    ) + total["cycles"] * slots * (design.groups - busy)
    return total


def _turn(
    trace: LayerTrace,
    image: int,
    filters: list[int],
    places: list[tuple[int, int]],
    design: Description,
    total: Counter[str],
) -> int:
    """Cycles of one turn of filters over the positions of a group."""
    stretches: list[list[list[int]]] = []  # between two barriers: for each unit its chunks' times
    whole: list[list[int]] = [[] for _ in filters]
    for place in places:
        units = []
        for filter_ in filters:
            pairs = _window(trace, image, filter_, place)
            times = []
            for start in range(0, len(pairs), design.chunk):
                part = pairs[start : start + design.chunk]
                left = [pair for pair in part if _is_left(pair, design.skips)]
                useful = sum(1 for pair in left if all(pair))
                total["multiplications"] += sum(1 for p in left if _is_left(p, design.gates))
                total["zero_operand"] += len(left) - useful
                total["fragmentation"] += _time(len(left), design) * design.lanes - len(left)
                times.append(_time(len(left), design))
            units.append(times)
        if design.barrier == "chunk":
            stretches += [[[unit[c]] for unit in units] for c in range(len(units[0]))]
        elif design.barrier == "position":
            stretches.append(units)
        for unit, times in zip(whole, units, strict=True):
            unit += times
    if design.barrier == "filters":
        stretches.append(whole)
    clock = 0
    for stretch in stretches:
        slowest = max(sum(unit) for unit in stretch)
        clock += slowest
        total["barrier"] += sum((slowest - sum(unit)) * design.lanes for unit in stretch)
        total["edge"] += slowest * (design.units - len(stretch)) * design.lanes
    return clock
