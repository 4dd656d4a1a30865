"""Plain-loop access to the operands of a layer, for the slow reference models.

Shares no code with sim/: the references follow the papers step by step on top of this.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

from sim import Layer, LayerTrace


@cache
def stored_line(layer: Layer, axis: int, output: int, tap: int) -> int | None:
    """The row (axis 0) or column of the input that a weight reads at an output; None = zero."""
    line = -layer.padding[axis]
    for _ in range(output):
        line += layer.stride[axis]
    for _ in range(tap):
        line += layer.dilation[axis]
    for stored in range(layer.input_size[axis]):
        if stored * layer.input_dilation[axis] == line:
            return stored
    return None


def padded_lines(layer: Layer, axis: int) -> range:
    """Rows (axis 0) or columns of the map that windows slide over, padding from below 0."""
    values = range(layer.input_size[axis] * layer.input_dilation[axis])
    last = values[:: layer.input_dilation[axis]][-1]
    after = layer.padding[axis] + layer.extra_padding[axis]
    return range(-layer.padding[axis], last + 1 + after)


def activation_at(
    trace: LayerTrace, image: int, channel: int, output: tuple[int, int], tap: tuple[int, int]
) -> bool:
    """What a weight at (r, s) of the kernel meets at an output (row, column)."""
    y = stored_line(trace.layer, 0, output[0], tap[0])
    x = stored_line(trace.layer, 1, output[1], tap[1])
    return y is not None and x is not None and bool(trace.activation[image, channel, y, x])


def operand_pairs(
    trace: LayerTrace, image: int, filter_: int, row: int, column: int
) -> Iterator[tuple[int, int, int, bool, bool]]:
    """(channel in group, r, s, weight nonzero, activation nonzero) of one dot product, in order."""
    layer = trace.layer
    group = filter_ // layer.group_filters
    for c in range(layer.group_channels):
        for r in range(layer.kernel[0]):
            for s in range(layer.kernel[1]):
                channel = group * layer.group_channels + c
                activation = activation_at(trace, image, channel, (row, column), (r, s))
                weight = trace.weight[image] if trace.weight.ndim == 5 else trace.weight
                yield c, r, s, bool(weight[filter_, c, r, s]), activation


@lru_cache(maxsize=2048)
def dot_product(
    trace: LayerTrace, image: int, filter_: int, row: int, column: int
) -> tuple[tuple[int, int, int, bool, bool], ...]:
    """The pairs of one dot product, kept for references that take them up one by one."""
    return tuple(operand_pairs(trace, image, filter_, row, column))


def effectual_macs(trace: LayerTrace) -> int:
    """Multiplications whose operands are both nonzero, counted one by one."""
    height, width = trace.layer.output_size
    return sum(
        weight and activation
        for image in range(trace.images)
        for filter_ in range(trace.layer.out_channels)
        for row in range(height)
        for column in range(width)
        for *_, weight, activation in operand_pairs(trace, image, filter_, row, column)
    )
