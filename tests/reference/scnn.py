"""SCNN stepped as the paper tells it: queues of nonzeros, vectors of F and I, barriers, halos."""

from dataclasses import dataclass
from math import ceil

from sim import LayerTrace


@dataclass
class Tally:
    cycles: int = 0
    busy: int = 0
    pairs: int = 0
    products: int = 0


def owner(position: int, size: int, pes: int, tiling: str) -> int:
    """The PE whose tile holds this position along one axis."""
    if tiling == "ceiling":
        return position // ceil(size / pes)
    for pe in range(pes):
        if ceil(pe * size / pes) <= position < ceil((pe + 1) * size / pes):
            return pe
    raise AssertionError("position outside the plane")


def pe_of(trace: LayerTrace, c: int, y: int, x: int, parameters: dict) -> tuple[int, int]:
    layer = trace.layer
    rows, columns = parameters["pe_rows"], parameters["pe_columns"]
    if layer.input_size == (1, 1) and layer.kernel == (1, 1) and layer.groups == 1:
        pe = c // ceil(layer.in_channels / (rows * columns))
        return pe // columns, pe % columns
    tiling = parameters["plane_tiles"]
    return (
        owner(y, layer.input_size[0], rows, tiling),
        owner(x, layer.input_size[1], columns, tiling),
    )


def activation_queues(trace: LayerTrace, image: int, parameters: dict, steps: tuple) -> dict:
    """(pe, channel, parity) -> number of nonzeros."""
    layer, queues = trace.layer, {}
    for c in range(layer.in_channels):
        for y in range(layer.input_size[0]):
            for x in range(layer.input_size[1]):
                if trace.activation[image, c, y, x]:
                    parity = (
                        (y + layer.padding[0]) % steps[0],
                        (x + layer.padding[1]) % steps[1],
                    )
                    key = pe_of(trace, c, y, x, parameters), c, parity
                    queues[key] = queues.get(key, 0) + 1
    return queues


def weight_queue(trace: LayerTrace, filters: range, c: int, parity: tuple, steps: tuple) -> int:
    count = 0
    for k in filters:
        for r in range(trace.layer.kernel[0]):
            for s in range(trace.layer.kernel[1]):
                if (r % steps[0], s % steps[1]) == parity:
                    count += bool(trace.weight[k, c, r, s])
    return count


def multiply(weights: int, activations: int, parameters: dict, tally: Tally) -> int:
    """Cycles of one PE for one pair of queues: vectors of weights stream past each activations."""
    cycles = 0
    while activations > 0:
        now = min(activations, parameters["activation_vector"])
        activations -= now
        left = weights
        while left > 0:
            vector = min(left, parameters["weight_vector"])
            left -= vector
            cycles += ceil(vector * now / parameters["accumulator_banks"])
            tally.pairs += 1
            tally.products += vector * now
    return cycles


def filter_groups(trace: LayerTrace, size: int) -> list[tuple[int, range]]:
    """(convolution group, filters) in the order they are computed."""
    per = trace.layer.group_filters
    return [
        (group, range(group * per + first, group * per + min(first + size, per)))
        for group in range(trace.layer.groups)
        for first in range(0, per, size)
    ]


def run(trace: LayerTrace, size: int, parameters: dict, steps: tuple) -> Tally:
    """All images through the array, filter groups of at most `size`; exchange not included."""
    tally = Tally()
    pes = [
        (row, column)
        for row in range(parameters["pe_rows"])
        for column in range(parameters["pe_columns"])
    ]
    parities = [(y, x) for y in range(steps[0]) for x in range(steps[1])]
    for image in range(trace.images):
        activations = activation_queues(trace, image, parameters, steps)
        for group, filters in filter_groups(trace, size):
            per_pe = dict.fromkeys(pes, 0)
            for c in range(trace.layer.group_channels):
                channel = group * trace.layer.group_channels + c
                step = dict.fromkeys(pes, 0)
                for parity in parities:
                    weights = weight_queue(trace, filters, c, parity, steps)
                    for pe in pes:
                        count = activations.get((pe, channel, parity), 0)
                        step[pe] += multiply(weights, count, parameters, tally)
                for pe in pes:
                    per_pe[pe] += step[pe]
                if parameters["barrier"] == "channel":
                    tally.cycles += max(step.values())
            if parameters["barrier"] == "filter_group":
                tally.cycles += max(per_pe.values())
            tally.busy += sum(per_pe.values())
    return tally
