"""Plain-loop access to the operands of a layer, for the slow reference models.

Shares no code with sim/: the references follow the papers step by step on top of this.
"""

from collections.abc import Iterator

from sim import LayerTrace


def operand_pairs(
    trace: LayerTrace, image: int, filter_: int, row: int, column: int
) -> Iterator[tuple[int, int, int, bool, bool]]:
    """(channel in group, r, s, weight nonzero, activation nonzero) of one dot product, in order."""
    layer = trace.layer
    group = filter_ // layer.group_filters
    for c in range(layer.group_channels):
        for r in range(layer.kernel[0]):
            for s in range(layer.kernel[1]):
                y = row * layer.stride[0] + r - layer.padding[0]
                x = column * layer.stride[1] + s - layer.padding[1]
                inside = 0 <= y < layer.input_size[0] and 0 <= x < layer.input_size[1]
                channel = group * layer.group_channels + c
                activation = inside and bool(trace.activation[image, channel, y, x])
                yield c, r, s, bool(trace.weight[filter_, c, r, s]), activation


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
