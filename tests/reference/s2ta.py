"""Plain-loop S2TA: every tile, block and cycle of the tensor PEs; shares nothing with sim/."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import product

from sim import LayerTrace
from tests.reference.systolic import blocks
from tests.reference.windows import operand_pairs

Lane = list[tuple[bool, bool]]
"""(weight nonzero, activation nonzero) of successive channels."""


@dataclass
class Shape:
    """A grid of tensor PEs."""

    rows: int
    columns: int
    tpe_pixels: int
    tpe_filters: int
    weight_slots: int
    overlap: bool
    residual: float
    gate_operands: bool
    max_nonzeros: int = 5


@dataclass
class Tally:
    """What the loops counted."""

    cycles: int = 0
    effectual_macs: int = 0
    idle: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)


def bound_of(lanes: list[list[bool]]) -> int:
    return max(sum(block) for lane in lanes for block in in_eights(lane))


def in_eights(lane: list) -> list[list]:  # type: ignore[type-arg]
    return [lane[start : start + 8] for start in range(0, len(lane), 8)]


def stored_bytes(channels: int, bound: int) -> int:
    """A block takes a mask byte and `bound` values, unless all channels together are shorter."""
    sizes = [len(block) for block in in_eights(list(range(channels)))]
    return min(channels, sum(1 + min(max(bound, 1), size) for size in sizes))


class Window:
    """The operands of the dot products of one image and group."""

    def __init__(self, trace: LayerTrace, image: int, group: int) -> None:
        layer = trace.layer
        self.positions = list(product(range(layer.kernel[0]), range(layer.kernel[1])))
        self.lanes: dict[tuple[int, int], dict[tuple[int, int], Lane]] = {}
        for pixel, filter_ in product(range(layer.output_pixels), range(layer.group_filters)):
            row, column = divmod(pixel, layer.output_size[1])
            lanes: dict[tuple[int, int], Lane] = {at: [] for at in self.positions}
            whole = group * layer.group_filters + filter_
            for _, r, s, weight, activation in operand_pairs(trace, image, whole, row, column):
                lanes[r, s].append((weight, activation))
            self.lanes[pixel, filter_] = lanes

    def blocks(self, pixel: int, filter_: int) -> list[Lane]:
        return [
            block for at in self.positions for block in in_eights(self.lanes[pixel, filter_][at])
        ]

    def flat(self, pixel: int, filter_: int) -> Lane:
        return [pair for at in self.positions for pair in self.lanes[pixel, filter_][at]]


def weight_bound(trace: LayerTrace) -> int:
    return bound_of(
        [
            [bool(trace.weight[k, c, r, s]) for c in range(trace.layer.group_channels)]
            for k, r, s in product(
                range(trace.layer.out_channels),
                range(trace.layer.kernel[0]),
                range(trace.layer.kernel[1]),
            )
        ]
    )


def _registers(tally: Tally, shape: Shape, values: list[bool], other_bits: int) -> None:
    for value in values:
        stopped = shape.gate_operands and not value
        tally.actions["register_bit"] += 8 * (shape.residual if stopped else 1.0)
    tally.actions["register_bit"] += other_bits


def _multiply(tally: Tally, shape: Shape, unrolled: bool, other: bool) -> bool:
    """One slot of a multiplier; `unrolled` is the operand that the schedule bounds."""
    works = unrolled and other
    tally.effectual_macs += works
    tally.actions["mac_int8"] += 1.0 if works else shape.residual
    if not unrolled:
        tally.idle["unfilled_bound"] += 1
    elif not other:
        tally.idle["zero_operand"] += 1
    return works


def _fill(tally: Tally, shape: Shape, first: bool, multipliers: int) -> None:
    if first or not shape.overlap:
        hops = shape.rows - 1 + shape.columns - 1
        tally.cycles += hops
        tally.idle["fill"] += multipliers * hops


def _store(tally: Tally, trace: LayerTrace, weights: int) -> None:
    layer = trace.layer
    bound = weights if weights <= 8 else 8
    per_position = stored_bytes(layer.group_channels, bound)
    tally.stored["weight"] += (
        trace.images * layer.out_channels * layer.kernel[0] * layer.kernel[1] * per_position
    )


def dot_product(trace: LayerTrace, shape: Shape) -> Tally:
    """S2TA-W: a weight block, or `weight_slots` dense positions, per cycle."""
    layer, tally = trace.layer, Tally()
    bound = weight_bound(trace)
    native = bound <= shape.weight_slots
    multipliers = (
        shape.rows * shape.columns * shape.tpe_pixels * shape.tpe_filters * shape.weight_slots
    )
    _store(tally, trace, bound if native else 8)
    for image in range(trace.images):
        first = True
        for group in range(layer.groups):
            window = Window(trace, image, group)
            for pixels, filters in product(
                blocks(layer.output_pixels, shape.rows * shape.tpe_pixels),
                blocks(layer.group_filters, shape.columns * shape.tpe_filters),
            ):
                cycles = _dot_product_tile(tally, shape, window, (pixels, filters), native)
                tally.cycles += cycles
                unused = multipliers - len(pixels) * len(filters) * shape.weight_slots
                tally.idle["edge"] += unused * cycles
                _fill(tally, shape, first, multipliers)
                first = False
                tally.reads["activation"] += len(pixels) * layer.window
                per_filter = stored_bytes(layer.group_channels, bound if native else 8)
                tally.reads["weight"] += len(filters) * len(window.positions) * per_filter
    return tally


def _dot_product_tile(
    tally: Tally, shape: Shape, window: Window, tile: tuple[range, range], native: bool
) -> int:
    schedules = {}
    for pixel, filter_ in product(*tile):
        dense = window.flat(pixel, filter_)
        slots = shape.weight_slots
        steps = [dense[start : start + slots] for start in range(0, len(dense), slots)]
        lanes = slots
        if native and len(window.blocks(pixel, filter_)) <= len(steps):
            steps, lanes = window.blocks(pixel, filter_), 8
        schedules[pixel, filter_] = steps
        for step in steps:
            picked = [pair for pair in step if pair[0]][:slots]
            for weight, activation in picked + [(False, False)] * (slots - len(picked)):
                _multiply(tally, shape, weight, activation)
            tally.actions["register_bit"] += 32
    _shared_registers(tally, shape, schedules, tile, lanes)
    return len(schedules[tile[0][0], tile[1][0]])


def _shared_registers(
    tally: Tally,
    shape: Shape,
    schedules: dict[tuple[int, int], list[Lane]],
    tile: tuple[range, range],
    lanes: int,
) -> None:
    """A TPE holds a filter's weights once for its pixels, a pixel's inputs once for its filters."""
    pixels, filters = tile
    for pixel, filter_ in product(pixels[:: shape.tpe_pixels], filters):
        for step in schedules[pixel, filter_]:
            values = sorted((weight for weight, _ in step), reverse=True)[: shape.weight_slots]
            values += [False] * (shape.weight_slots - len(values))
            _registers(tally, shape, values, 8)
    for pixel, filter_ in product(pixels, filters[:: shape.tpe_filters]):
        for step in schedules[pixel, filter_]:
            values = [activation for _, activation in step]
            _registers(tally, shape, values + [False] * (lanes - len(values)), 0)


def time_unrolled(trace: LayerTrace, shape: Shape) -> Tally:
    """S2TA-AW: one activation of a block per cycle."""
    layer, tally = trace.layer, Tally()
    weights = weight_bound(trace)
    native = weights <= shape.weight_slots
    stated = max(1, trace.activation_bound or 0)
    pruned = stated <= shape.max_nonzeros
    aligned = layer.groups == 1 or layer.group_channels % 8 == 0
    bound = stated if pruned and aligned else 8
    multipliers = shape.rows * shape.columns * shape.tpe_pixels * shape.tpe_filters
    _store(tally, trace, weights if native else 8)
    pixel_bytes = stored_bytes(layer.in_channels, stated if pruned else 8)
    tally.stored["input"] = trace.images * layer.input_size[0] * layer.input_size[1] * pixel_bytes
    _write_back(tally, trace, shape)
    for image in range(trace.images):
        first = True
        for group in range(layer.groups):
            window = Window(trace, image, group)
            for pixels, filters in product(
                blocks(layer.output_pixels, shape.rows * shape.tpe_pixels),
                blocks(layer.group_filters, shape.columns * shape.tpe_filters),
            ):
                part = 8 if native else shape.weight_slots
                cycles = _time_unrolled_tile(tally, shape, window, (pixels, filters), part, bound)
                tally.cycles += cycles
                tally.idle["edge"] += (multipliers - len(pixels) * len(filters)) * cycles
                _fill(tally, shape, first, multipliers)
                first = False
                per_window = len(window.positions) * stored_bytes(layer.group_channels, bound)
                tally.reads["activation"] += len(pixels) * per_window
                per_filter = stored_bytes(layer.group_channels, weights if native else 8)
                tally.reads["weight"] += len(filters) * len(window.positions) * per_filter
    return tally


def _parts(window: Window, pixel: int, filter_: int, size: int) -> list[Lane]:
    return [
        block[start : start + size]
        for block in window.blocks(pixel, filter_)
        for start in range(0, len(block), size)
    ]


def _time_unrolled_tile(
    tally: Tally, shape: Shape, window: Window, tile: tuple[range, range], size: int, bound: int
) -> int:
    pixels, filters = tile
    cycles = 0
    for pixel, filter_ in product(pixels, filters):
        cycles = 0
        for part in _parts(window, pixel, filter_, size):
            # The index of an activation selects its weight; an empty step selects none.
            valid = [pair for pair in part if pair[1]]
            steps = min(bound, len(part))
            assert len(valid) <= steps
            for weight, activation in valid + [(False, False)] * (steps - len(valid)):
                works = _multiply(tally, shape, activation, weight)
                tally.actions["register_bit"] += 32 * (1.0 if works else shape.residual)
            first_of_tpe = filter_ in filters[:: shape.tpe_filters]
            if first_of_tpe:
                values = [True] * len(valid) + [False] * (steps - len(valid))
                _registers(tally, shape, values, 3 * steps)
            if pixel in pixels[:: shape.tpe_pixels]:
                held = sorted((weight for weight, _ in part), reverse=True)[: shape.weight_slots]
                held += [False] * (shape.weight_slots - len(held))
                _registers(tally, shape, held, 8)
            cycles += steps
    return cycles


def _write_back(tally: Tally, trace: LayerTrace, shape: Shape) -> None:
    """Outputs pass the pruner, which finds the largest of a block n times, and are compressed."""
    layer = trace.layer
    if trace.output is None:
        tally.stored["output"] = trace.images * layer.out_channels * layer.output_pixels
        return
    images, channels, height, width = trace.output.shape
    bound = bound_of(
        [
            [bool(trace.output[n, k, y, x]) for k in range(channels)]
            for n, y, x in product(range(images), range(height), range(width))
        ]
    )
    for _ in product(range(images), range(height), range(width)):
        if bound > shape.max_nonzeros:
            tally.stored["output"] += channels
            continue
        tally.stored["output"] += stored_bytes(channels, bound)
        for block in in_eights(list(range(channels))):
            tally.actions["comparator_int8"] += max(1, bound) * (len(block) - 1)
