"""Blockwise pruning in plain loops: the im2col matrix value by value, block by block."""

from dataclasses import dataclass

Image = list[list[list[float]]]
"""Channel, row, column."""


@dataclass(frozen=True)
class Shape:
    """A convolution; (height, width) pairs."""

    filters: int
    groups: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


def matrix(image: Image, shape: Shape, group: int) -> list[list[float]]:
    """Rows: output pixels in raster order. Columns: channel of the group, kernel row, column."""
    rows, columns = len(image[0]), len(image[0][0])
    channels = len(image) // shape.groups
    found = []
    for top in range(-shape.padding[0], rows + shape.padding[0] - shape.kernel[0] + 1):
        if (top + shape.padding[0]) % shape.stride[0]:
            continue
        for left in range(-shape.padding[1], columns + shape.padding[1] - shape.kernel[1] + 1):
            if (left + shape.padding[1]) % shape.stride[1]:
                continue
            line = []
            for channel in range(group * channels, (group + 1) * channels):
                for r in range(shape.kernel[0]):
                    for s in range(shape.kernel[1]):
                        y, x = top + r, left + s
                        inside = 0 <= y < rows and 0 <= x < columns
                        line.append(image[channel][y][x] if inside else 0.0)
            found.append(line)
    return found


def statistic(values: list[float], criterion: str) -> float:
    if criterion == "signed_mean":
        return abs(sum(values) / len(values))
    if criterion == "mean_magnitude":
        return sum(abs(value) for value in values) / len(values)
    return max(abs(value) for value in values)


def prune(
    values: list[list[float]], width: int, height: int, criterion: str, threshold: float
) -> tuple[list[list[bool]], list[list[bool]]]:
    """Zero the blocks below the threshold, in place.

    Returns:
        For each block, by block row and block column: is it zero now, was it zero before.
    """
    zero, present = [], []
    for top in range(0, len(values), height):
        zero_row, present_row = [], []
        for left in range(0, len(values[0]), width):
            places = [
                (y, x)
                for y in range(top, min(top + height, len(values)))
                for x in range(left, min(left + width, len(values[0])))
            ]
            block = [values[y][x] for y, x in places]
            was_zero = all(value == 0 for value in block)
            pruned = was_zero or statistic(block, criterion) < threshold
            if pruned:
                for y, x in places:
                    values[y][x] = 0.0
            zero_row.append(pruned)
            present_row.append(was_zero)
        zero.append(zero_row)
        present.append(present_row)
    return zero, present


def convolve(
    image: Image,
    weights: list[list[float]],
    bias: list[float],
    shape: Shape,
    width: int,
    height: int,
    criterion: str,
    threshold: float,
) -> tuple[list[list[float]], list[list[bool]], list[list[bool]]]:
    """Output (filter, pixel) of one image, and its zero and present blocks, groups side by side.

    `weights` has a row per filter, in the order of the matrix's columns.
    """
    per_group = shape.filters // shape.groups
    output: list[list[float]] = []
    zero: list[list[bool]] = []
    present: list[list[bool]] = []
    for group in range(shape.groups):
        rows = matrix(image, shape, group)
        zero_of_group, present_of_group = prune(rows, width, height, criterion, threshold)
        zero = [
            a + b for a, b in zip(zero or [[]] * len(zero_of_group), zero_of_group, strict=True)
        ]
        present = [
            a + b
            for a, b in zip(present or [[]] * len(present_of_group), present_of_group, strict=True)
        ]
        for filter_ in range(group * per_group, (group + 1) * per_group):
            output.append(
                [
                    sum(w * v for w, v in zip(weights[filter_], row, strict=True)) + bias[filter_]
                    for row in rows
                ]
            )
    return output, zero, present
