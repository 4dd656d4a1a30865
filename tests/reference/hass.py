"""Plain-loop dataflow engines: every dot product, stream and folding stepped one by one."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product

from sim import LayerTrace
from tests.reference.windows import operand_pairs, padded_lines


def vector_length(trace: LayerTrace, cluster: int) -> int:
    """Operand pairs of one vector."""
    layer = trace.layer
    window = layer.kernel[0] * layer.kernel[1]
    if window == 1 and not layer.is_depthwise:
        return min(cluster, layer.group_channels)
    return window


def vector_count(trace: LayerTrace, cluster: int) -> int:
    """Vectors of one filter: its channels, or its clusters of channels."""
    layer = trace.layer
    if layer.kernel != (1, 1) or layer.is_depthwise:
        return layer.group_channels
    return len(range(0, layer.group_channels, vector_length(trace, cluster)))


def folding(
    trace: LayerTrace, cluster: int, offered: tuple[int, int, int, int], sparse: bool
) -> tuple[int, int, int, int]:
    """What a layer uses of offered hardware: no engine may be left without equal work."""

    def largest(value: int, limit: int) -> int:
        while value % limit:
            limit -= 1
        return limit

    length = vector_length(trace, cluster)
    shared_out = (trace.layer.groups, vector_count(trace, cluster), trace.layer.group_filters)
    group, vector, out = map(largest, shared_out, offered)
    return group, vector, out, min(length, offered[3]) if sparse else largest(length, offered[3])


def dot_products(trace: LayerTrace, cluster: int) -> Iterator[tuple[int, int, int, int, int]]:
    """(position, group, vector, filter in group, nonzero pairs) of every dot product."""
    layer = trace.layer
    length = vector_length(trace, cluster)
    windowed = layer.kernel != (1, 1) or layer.is_depthwise
    height, width = layer.output_size
    places = list(product(range(trace.images), range(height), range(width)))
    for position, (image, row, column) in enumerate(places):
        for filter_ in range(layer.out_channels):
            group, local = divmod(filter_, layer.group_filters)
            count = Counter()
            for c, _, _, weight, activation in operand_pairs(trace, image, filter_, row, column):
                vector = c if windowed else c // length
                count[vector] += weight and activation
            for vector in sorted(count):
                yield position, group, vector, local, count[vector]


def histogram(trace: LayerTrace, cluster: int) -> Counter[tuple[int, int, int]]:
    """How many dot products of (group, vector) have so many nonzero pairs."""
    return Counter(
        (group, vector, pairs) for _, group, vector, _, pairs in dot_products(trace, cluster)
    )


def sparse_engine(pairs: int, multipliers: int, empty: int) -> int:
    """Take the nonzero pairs away, `multipliers` at a time, and count the turns."""
    if pairs == 0:
        return empty
    turns = 0
    while pairs > 0:
        pairs -= multipliers
        turns += 1
    return turns


def deal_to_streams(work: list[int], streams: int, interleave: bool) -> list[int]:
    """Stream of each item: dealt like cards, to and fro if the heaviest go first."""
    order = list(range(len(work)))
    if interleave:
        order.sort(key=lambda item: -work[item])  # stable: of equals the first stays first
    seats = list(range(streams))
    result = [0] * len(work)
    while order:
        for seat in seats:
            result[order.pop(0)] = seat
        if interleave:
            seats.reverse()
    return result


def streams_of(
    trace: LayerTrace, cluster: int, folding: tuple[int, int, int, int], interleave: bool
) -> dict[tuple[int, int], int]:
    """Stream of every (group, vector)."""
    coarse_group, coarse_in, _, _ = folding
    load: Counter[tuple[int, int]] = Counter()
    for _, group, vector, _, pairs in dot_products(trace, cluster):
        load[group, vector] += pairs
    groups = trace.layer.groups
    vectors = vector_count(trace, cluster)
    totals = [sum(load[g, v] for v in range(vectors)) for g in range(groups)]
    group_stream = deal_to_streams(totals, coarse_group, interleave)
    result = {}
    for g in range(groups):
        within = deal_to_streams([load[g, v] for v in range(vectors)], coarse_in, interleave)
        for v in range(vectors):
            result[g, v] = group_stream[g] * coarse_in + within[v]
    return result


def running_cycles(
    trace: LayerTrace,
    cluster: int,
    folding: tuple[int, int, int, int],
    engine: Callable[[int], int],
    fifo: int,
    interleave: bool,
) -> int:
    """Cycles with waiting: engines meet at every vector, streams at every `fifo` positions."""
    streams = streams_of(trace, cluster, folding, interleave)
    each = trace.layer.group_filters // folding[2]
    per_engine: Counter[tuple[int, int, int, int]] = Counter()
    for position, group, vector, filter_, pairs in dot_products(trace, cluster):
        per_engine[position, group, vector, filter_ // each] += engine(pairs)
    positions = trace.images * trace.layer.output_pixels
    total = 0
    for start in range(0, positions, fifo):
        busy: Counter[int] = Counter()
        for position in range(start, min(start + fifo, positions)):
            for (group, vector), stream in streams.items():
                busy[stream] += max(
                    per_engine[position, group, vector, out] for out in range(folding[2])
                )
        total += max(busy.values())
    return total


def busy_turns(trace: LayerTrace, cluster: int, engine: Callable[[int], int]) -> int:
    """Cycles of all engines in which they do not wait, each counted for itself."""
    return sum(engine(pairs) for *_, pairs in dot_products(trace, cluster))


def average_cycles(
    trace: LayerTrace,
    cluster: int,
    folding: tuple[int, int, int, int],
    engine: Callable[[int], int],
    interleave: bool,
) -> int:
    """Cycles of the slowest stream if nothing waits and its filters share out evenly."""
    streams = streams_of(trace, cluster, folding, interleave)
    busy: Counter[int] = Counter()
    for _, group, vector, _, pairs in dot_products(trace, cluster):
        busy[streams[group, vector]] += engine(pairs)
    slowest = max(busy.values())
    turns = 0
    while slowest > 0:
        slowest -= folding[2]
        turns += 1
    return turns


def port_cycles(
    trace: LayerTrace, cluster: int, folding: tuple[int, int, int, int]
) -> tuple[int, int]:
    """Step padded input and output values through their streams, one each per cycle."""
    layer = trace.layer
    coarse_group, coarse_in, coarse_out, _ = folding
    vectors = vector_count(trace, cluster)
    rows, columns = padded_lines(layer, 0), padded_lines(layer, 1)
    entering = leaving = 0
    for _ in range(trace.images):
        for _ in product(rows, columns):
            entering += (layer.groups // coarse_group) * (vectors // coarse_in)
        for _ in range(layer.output_pixels):
            leaving += (layer.groups // coarse_group) * (layer.group_filters // coarse_out)
    return entering, leaving
