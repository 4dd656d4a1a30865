"""Zero blocks of the im2col matrix, value by value in plain loops."""

import numpy as np

from sim import LayerTrace
from tests.reference.windows import dot_product


def value_kept(trace: LayerTrace, image: int, group: int, pixel: int, column: int) -> bool:
    """Whether one value of a group's im2col matrix is nonzero and in no block that is zeroed."""
    layer = trace.layer
    row, position = divmod(pixel, layer.output_size[1])
    first_filter = group * (layer.out_channels // layer.groups)
    values = dot_product(trace, image, first_filter, row, position)
    nonzero = values[column][-1]
    given = trace.block_map
    if given is None or not nonzero:
        return nonzero
    blocks_of_a_group = -(-len(values) // given.width)
    bit = given.zero[
        image, pixel // given.height, group * blocks_of_a_group + column // given.width
    ]
    return not bit


def zero_blocks(trace: LayerTrace, width: int, height: int) -> np.ndarray:
    """(N, pixel blocks, groups x column blocks), True where no value is kept."""
    layer = trace.layer
    pixels = layer.output_size[0] * layer.output_size[1]
    columns = (layer.in_channels // layer.groups) * layer.kernel[0] * layer.kernel[1]
    images = []
    for image in range(len(trace.activation)):
        lines = []
        for top in range(0, pixels, height):
            line = []
            for group in range(layer.groups):
                for left in range(0, columns, width):
                    zero = True
                    for pixel in range(top, min(top + height, pixels)):
                        for column in range(left, min(left + width, columns)):
                            zero = zero and not value_kept(trace, image, group, pixel, column)
                    line.append(zero)
            lines.append(line)
        images.append(lines)
    return np.array(images, dtype=bool)


def block_macs(trace: LayerTrace) -> int:
    """Multiplications of a nonzero weight with a value that is kept, one by one."""
    layer = trace.layer
    height, width = layer.output_size
    total = 0
    for image in range(len(trace.activation)):
        for filter_ in range(layer.out_channels):
            group = filter_ // (layer.out_channels // layer.groups)
            for pixel in range(height * width):
                pairs = dot_product(trace, image, filter_, *divmod(pixel, width))
                for column, (*_, weight, _) in enumerate(pairs):
                    total += weight and value_kept(trace, image, group, pixel, column)
    return total
