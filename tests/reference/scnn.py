"""SCNN stepped as the paper tells it: queues of nonzeros, vectors of F and I, barriers, halos."""

from dataclasses import dataclass
from math import ceil

from sim import LayerTrace
from tests.reference.windows import operand_pairs


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
    if tiling == "large_first":
        ends = [sum(size // pes + (i < size % pes) for i in range(pe + 1)) for pe in range(pes)]
        return next(pe for pe in range(pes) if position < ends[pe])
    for pe in range(pes):
        if ceil(pe * size / pes) <= position < ceil((pe + 1) * size / pes):
            return pe
    raise AssertionError("position outside the plane")


def pe_of(trace: LayerTrace, c: int, y: int, x: int, parameters: dict) -> tuple[int, int]:
    layer = trace.layer
    rows, columns = parameters["pe_rows"], parameters["pe_columns"]
    if is_single_pixel(trace):
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
                        (y * layer.input_dilation[0] + layer.padding[0]) % steps[0],
                        (x * layer.input_dilation[1] + layer.padding[1]) % steps[1],
                    )
                    key = pe_of(trace, c, y, x, parameters), c, parity
                    queues[key] = queues.get(key, 0) + 1
    return queues


def output_queues(trace: LayerTrace, image: int, parameters: dict) -> dict:
    """pe -> nonzeros of the output map in its tile; without a known mask, all values."""
    layer, queues = trace.layer, {}
    shape = (layer.out_channels, *layer.output_size)
    if trace.output is not None:
        shape = trace.output.shape[1:]
    rows, columns = parameters["pe_rows"], parameters["pe_columns"]
    for k in range(shape[0]):
        for y in range(shape[1]):
            for x in range(shape[2]):
                if trace.output is not None and not trace.output[image, k, y, x]:
                    continue
                if shape[1:] == (1, 1):
                    pe = k // ceil(shape[0] / (rows * columns))
                    place = pe // columns, pe % columns
                else:
                    tiling = parameters["plane_tiles"]
                    place = owner(y, shape[1], rows, tiling), owner(x, shape[2], columns, tiling)
                queues[place] = queues.get(place, 0) + 1
    return queues


def weight_queue(trace: LayerTrace, filters: range, c: int, parity: tuple, steps: tuple) -> int:
    count = 0
    for k in filters:
        for r in range(trace.layer.kernel[0]):
            for s in range(trace.layer.kernel[1]):
                at = r * trace.layer.dilation[0], s * trace.layer.dilation[1]
                if (at[0] % steps[0], at[1] % steps[1]) == parity:
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


def is_single_pixel(trace: LayerTrace) -> bool:
    layer = trace.layer
    return layer.input_size == (1, 1) and layer.kernel == (1, 1) and layer.groups == 1


def reach(trace: LayerTrace, axis: int) -> int:
    """Outputs beyond the side of a tile that its inputs still contribute to."""
    steps = 0
    spanned = trace.layer.dilation[axis] * (trace.layer.kernel[axis] - 1) + 1
    while steps * trace.layer.stride[axis] < spanned // 2:
        steps += 1
    return steps


def owned(trace: LayerTrace, axis: int, parameters: dict) -> int:
    """Outputs along one axis of the largest tile."""
    pes = parameters["pe_rows" if axis == 0 else "pe_columns"]
    share = [0] * pes
    for position in range(trace.layer.output_size[axis]):
        share[position % pes] += 1
    return max(share)


def filters_in_group(trace: LayerTrace, parameters: dict) -> int:
    """Filters are added to a group while the accumulators of a PE hold all their outputs."""
    held = 1
    if not is_single_pixel(trace):
        for axis in range(2):
            span = owned(trace, axis, parameters) + 2 * reach(trace, axis)
            held *= sum(position < span for position in range(trace.layer.output_size[axis]))
    limit = parameters["filters_per_group"] or trace.layer.group_filters
    late = parameters["late_pointwise_filters_per_group"]
    if late and trace.layer.kernel == (1, 1) and not is_single_pixel(trace):
        height, width = trace.layer.output_size
        if height <= parameters["pe_rows"] and width <= parameters["pe_columns"]:
            limit = min(limit, late)
    count = 1
    while (
        count < min(limit, trace.layer.group_filters)
        and (count + 1) * held <= parameters["accumulator_entries"]
    ):
        count += 1
    return count


def exchange(trace: LayerTrace, size: int, parameters: dict) -> int:
    """Cycles of one image in which neighbours trade partial sums after each filter group."""
    pes = parameters["pe_rows"] * parameters["pe_columns"]
    if pes == 1:
        return 0
    cycles = 0
    for _, filters in filter_groups(trace, size):
        if is_single_pixel(trace):
            own = [0] * pes
            for place, _ in enumerate(filters):
                own[place % pes] += 1
            received = max(own) * (pes - 1)
        else:
            sides = (
                reach(trace, 0) * owned(trace, 1, parameters),
                reach(trace, 1) * owned(trace, 0, parameters),
            )
            received = sum(max(sides) for _ in filters)
        cycles += ceil(received / parameters["exchange_values_per_cycle"])
    return cycles


def traffic(trace: LayerTrace, image: int, size: int, parameters: dict, steps: tuple) -> dict:
    """Bytes of one image by (memory, operand, direction), with entries that are zero."""
    bits = parameters["operand_bits"] + parameters["index_bits"]
    pes = parameters["pe_rows"] * parameters["pe_columns"]
    layer, ram = trace.layer, parameters["activation_ram_bytes"]
    queues = activation_queues(trace, image, parameters, steps)
    in_pe: dict = {}
    for (pe, _, _), count in queues.items():
        in_pe[pe] = in_pe.get(pe, 0) + count
    passes = 1
    while passes * ram < ceil(max(in_pe.values(), default=0) * bits / 8):
        passes += 1
    read_activations = read_weights = 0
    for group, filters in filter_groups(trace, size):
        for (_, channel, parity), count in queues.items():
            c = channel - group * layer.group_channels
            if not 0 <= c < layer.group_channels:
                continue
            weights = weight_queue(trace, filters, c, parity, steps)
            for first in range(0, count, parameters["activation_vector"]):
                if weights:
                    read_activations += min(parameters["activation_vector"], count - first)
                read_weights += weights
    results = layer.out_channels * layer.output_size[0] * layer.output_size[1]
    written = results if trace.output is None else int(trace.output[image].sum())
    sums = 0
    for k in range(layer.out_channels):
        for row in range(layer.output_size[0]):
            for column in range(layer.output_size[1]):
                for *_, weight, activation in operand_pairs(trace, image, k, row, column):
                    sums += weight and activation
    inputs, outputs = ceil(sum(queues.values()) * bits / 8), ceil(written * bits / 8)
    fetched = ceil(int(trace.weight.sum()) * bits / 8) * passes
    fullest = max(output_queues(trace, image, parameters).values(), default=0)
    spilled = outputs if ceil(fullest * bits / 8) > ram or trace.ends_network else 0
    fetched_inputs = inputs if passes > 1 or trace.reads_image else 0
    memory = "sram_8kib" if ram <= 8192 else "sram_16kib"
    added, returned, evicted = layer.residual_elements * parameters["operand_bits"] // 8, 0, 0
    if is_single_pixel(trace):
        share = ceil(layer.residual_elements / pes)
    else:
        tile = owned(trace, 0, parameters) * owned(trace, 1, parameters)
        positions = layer.output_size[0] * layer.output_size[1]
        share = ceil(layer.residual_elements * tile / positions)
    share *= parameters["operand_bits"] // 8
    maps = ceil(max(in_pe.values(), default=0) * bits / 8) + ceil(fullest * bits / 8)
    if share > ram or share + maps > 2 * ram:
        returned = added
    if returned and share <= ram:
        evicted = added
    fetched_inputs += returned
    spilled += evicted
    return {
        ("dram", "weight", "read"): fetched,
        ("dram", "activation", "read"): fetched_inputs,
        ("dram", "output", "write"): spilled,
        (memory, "activation", "write"): fetched_inputs,
        (memory, "activation", "read"): ceil(read_activations * bits / 8) + added,
        (memory, "output", "write"): outputs,
        (memory, "output", "read"): spilled,
        ("spad_448b", "weight", "write"): fetched * pes,
        ("spad_448b", "weight", "read"): ceil(read_weights * bits / 8),
        ("spad_80b", "psum", "read"): 3 * (sums + results),
        ("spad_80b", "psum", "write"): 3 * sums,
    }
