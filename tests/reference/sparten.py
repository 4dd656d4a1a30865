"""SparTen stepped by hand: every cluster, every broadcast chunk, every compute unit in turn."""

from collections import Counter
from dataclasses import dataclass, field

from sim import LayerTrace
from tests.reference.windows import activation_at

Bits = frozenset[int]


@dataclass
class Steps:
    """What was counted."""

    cycles: int = 0
    macs: int = 0
    joins: int = 0
    idle: Counter[str] = field(default_factory=Counter)
    broadcast_mask_bytes: int = 0
    broadcast_value_bytes: int = 0
    filter_mask_bytes: int = 0
    filter_value_bytes: int = 0


@dataclass
class Hardware:
    """As in configs.yaml; `balancing` is "none", "filter" or "chunk"."""

    clusters: int
    units: int
    chunk_bits: int
    positions_per_filter_chunk: int
    barrier: str
    balancing: str


def _cut(bits: list[bool], chunk_bits: int) -> list[Bits]:
    """Positions of the ones in each chunk."""
    return [
        frozenset(i for i, one in enumerate(bits[start : start + chunk_bits]) if one)
        for start in range(0, len(bits), chunk_bits)
    ]


def _bundles(trace: LayerTrace, units: int) -> list[list[int]]:
    """Groups that run together: as many as leave a unit for each filter, all bundles alike."""
    groups = list(range(trace.layer.groups))
    together = max(1, units // trace.layer.group_filters)
    while len(groups) % together:
        together -= 1
    return [groups[start : start + together] for start in range(0, len(groups), together)]


def _operands(trace: LayerTrace, bundle: list[int]) -> list[tuple[int, int, int, int]]:
    """(r, s, group, channel in group) of a bundle's window, in the order of its bits."""
    height, width = trace.layer.kernel
    return [
        (r, s, group, c)
        for r in range(height)
        for s in range(width)
        for group in bundle
        for c in range(trace.layer.group_channels)
    ]


def _filter_chunks(trace: LayerTrace, bundle: list[int], chunk_bits: int) -> dict[int, list[Bits]]:
    per_group = trace.layer.group_filters
    return {
        k: _cut(
            [
                group == k // per_group and bool(trace.weight[k, c, r, s])
                for r, s, group, c in _operands(trace, bundle)
            ],
            chunk_bits,
        )
        for group in bundle
        for k in range(group * per_group, (group + 1) * per_group)
    }


def _window_chunks(
    trace: LayerTrace, bundle: list[int], image: int, y: int, x: int, chunk_bits: int
) -> list[Bits]:
    layer = trace.layer
    bits = []
    for r, s, group, c in _operands(trace, bundle):
        channel = group * layer.group_channels + c
        bits.append(activation_at(trace, image, channel, (y, x), (r, s)))
    return _cut(bits, chunk_bits)


def _fold(ranking: list[int]) -> list[list[int]]:
    """First with last, second with second last; the middle one alone."""
    ranking = list(ranking)
    pairs = []
    while ranking:
        first = ranking.pop(0)
        pairs.append([first, ranking.pop()] if ranking else [first])
    return pairs


Assignment = list[list[int]]
"""For each unit of a cluster, the filters it works off on one chunk."""


def _rounds(
    chunks: dict[int, list[Bits]], hardware: Hardware, pairing: bool
) -> list[list[Assignment]]:
    """[round][chunk] assignments of one bundle."""
    count = len(next(iter(chunks.values())))
    filters = sorted(chunks)
    if not pairing:
        groups = [filters[i : i + hardware.units] for i in range(0, len(filters), hardware.units)]
        return [[[[k] for k in group]] * count for group in groups]
    ranking = sorted(filters, key=lambda k: -sum(len(chunk) for chunk in chunks[k]))
    pairs = _fold(ranking)
    rounds = [pairs[i : i + hardware.units] for i in range(0, len(pairs), hardware.units)]
    if hardware.balancing == "filter":
        return [[pairs_of_round] * count for pairs_of_round in rounds]
    result = []
    for pairs_of_round in rounds:
        # firsts before seconds: the order in which equally dense chunks are taken
        members = [pair[0] for pair in pairs_of_round]
        members += [pair[1] for pair in pairs_of_round if len(pair) == 2]
        result.append(
            [_fold(sorted(members, key=lambda k: -len(chunks[k][j]))) for j in range(count)]
        )
    return result


def _runs(items: int, parts: int) -> list[range]:
    return [range(i * items // parts, (i + 1) * items // parts) for i in range(parts)]


def sparten(trace: LayerTrace, hardware: Hardware) -> Steps:
    """All images of a layer, one after the other."""
    layer = trace.layer
    positions = [(y, x) for y in range(layer.output_size[0]) for x in range(layer.output_size[1])]
    by_position = min(hardware.clusters, len(positions))
    by_filter = hardware.clusters // by_position
    bundles = _bundles(trace, hardware.units)
    weights = [_filter_chunks(trace, bundle, hardware.chunk_bits) for bundle in bundles]
    widest = len(weights[0])
    rounds_if_paired = -(-widest // (2 * hardware.units)) * len(bundles)
    pairing = (
        hardware.balancing != "none"
        and widest >= 2 * hardware.units
        and rounds_if_paired >= by_filter
    )
    rounds = [_rounds(chunks, hardware, pairing) for chunks in weights]
    # (bundle, round) in the order in which clusters that share positions take them
    work = [(b, n) for n in range(max(map(len, rounds))) for b in range(len(bundles))]
    filter_runs = _runs(len(work), min(by_filter, len(work)))

    steps = Steps()
    chunk_bytes = -(-hardware.chunk_bits // 8)
    for image in range(trace.images):
        finish = []
        for position_run in _runs(len(positions), by_position):
            held = -(-len(position_run) // hardware.positions_per_filter_chunk)
            for chunks in weights:
                for filter_chunks in chunks.values():
                    steps.filter_mask_bytes += held * chunk_bytes * len(filter_chunks)
                    steps.filter_value_bytes += held * sum(map(len, filter_chunks))
            for filter_run in filter_runs:
                busy = 0
                for stretch in _stretches(position_run, hardware):
                    for b, n in (work[i] for i in filter_run):
                        windows = [
                            _window_chunks(
                                trace, bundles[b], image, *positions[p], hardware.chunk_bits
                            )
                            for p in stretch
                        ]
                        busy += _stretch(
                            windows, rounds[b][n], weights[b], hardware, chunk_bytes, steps
                        )
                finish.append(busy)
        slowest = max(finish)
        steps.cycles += slowest
        waiting = hardware.clusters * slowest - sum(finish)
        steps.idle["cluster_imbalance"] += waiting * hardware.units
    return steps


def _stretches(positions: range, hardware: Hardware) -> list[range]:
    """Positions between which no unit waits for another."""
    length = {
        "input_chunk": 1,
        "filter_chunk": hardware.positions_per_filter_chunk,
        "round": max(1, len(positions)),
    }[hardware.barrier]
    return [positions[first : first + length] for first in range(0, len(positions), length)]


def _stretch(
    windows: list[list[Bits]],
    assignments: list[Assignment],
    filters: dict[int, list[Bits]],
    hardware: Hardware,
    chunk_bytes: int,
    steps: Steps,
) -> int:
    """Each filter chunk on the windows of a stretch in turn; the cycles until all have finished."""
    busy = 0
    clocks = [0] * len(assignments[0])
    for j, assignment in enumerate(assignments):
        for window in windows:
            steps.broadcast_mask_bytes += chunk_bytes
            steps.broadcast_value_bytes += len(window[j])
            _broadcast(window[j], assignment, filters, j, clocks, steps)
        if hardware.barrier != "round" or j == len(assignments) - 1:
            slowest = max(clocks)
            steps.idle["barrier"] += sum(slowest - clock for clock in clocks)
            steps.idle["fragmentation"] += slowest * (hardware.units - len(assignment))
            busy += slowest
            clocks = [0] * len(assignment)
    return busy


def _broadcast(
    window: Bits,
    assignment: Assignment,
    filters: dict[int, list[Bits]],
    chunk: int,
    clocks: list[int],
    steps: Steps,
) -> None:
    """One chunk of a window to all units of a cluster; each takes its time."""
    for unit, held in enumerate(assignment):
        for k in held:
            matches = len(window & filters[k][chunk])
            steps.macs += matches
            steps.joins += max(1, matches)
            if not matches:
                steps.idle["empty_chunk"] += 1
            clocks[unit] += max(1, matches)
