"""Sizes of a layer in any form that a caller may state them in."""

import math
from typing import Literal

import numpy as np

from sim.errors import UserError
from sim.validation import described

Pair = tuple[int, int]
Sides = tuple[Pair, Pair]
"""((top, bottom), (left, right))."""
LARGEST = 2**33
"""Values that a layer's weights, padded input or output may hold: masks take a byte for each."""
Padding = int | Pair | Sides | Literal["same"]


def whole(name: str, value: object, minimum: int, expected: str = "a whole number") -> int:
    """Return a whole number, Python's or NumPy's, of at least `minimum` and at most `LARGEST`."""
    number = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if number and minimum <= value <= LARGEST:  # type: ignore[operator]  # a number
        return int(value)  # type: ignore[call-overload, no-any-return]
    limit = f" and <= {LARGEST}" if number and value > LARGEST else ""  # type: ignore[operator]
    raise UserError(f"{name} is {described(value)}; expected {expected} >= {minimum}{limit}")


def pair(name: str, value: object, minimum: int) -> Pair:
    """Return two whole numbers of at least `minimum`; one number stands for both."""
    expected = "one or two whole numbers"
    listed = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
    sizes = tuple(value) if listed else (value, value)  # type: ignore[arg-type]  # iterable
    if len(sizes) != 2:
        raise UserError(f"{name} is {described(value)}; expected {expected} >= {minimum}")
    height, width = (whole(name, size, minimum, expected) for size in sizes)
    return height, width


def sides(name: str, value: object) -> Sides:
    """Padding of four sides from one number, (height, width) or ((top, bottom), (left, right))."""
    nested = isinstance(value, tuple | list) and any(isinstance(v, tuple | list) for v in value)
    if not nested and not isinstance(value, str):
        height, width = pair(name, value, 0)
        return (height, height), (width, width)
    expected = "whole numbers >= 0, ((top, bottom), (left, right)) or 'same'"
    if isinstance(value, str) or not isinstance(value, tuple | list) or len(value) != 2:
        raise UserError(f"{name} is {described(value)}; expected {expected}")
    down, across = (pair(name, side, 0) for side in value)
    return down, across


def spread(size: Pair, step: Pair) -> Pair:
    """Length of each axis with `step` between its values."""
    return (size[0] - 1) * step[0] + 1, (size[1] - 1) * step[1] + 1


def token_grid(name: str, tokens: object) -> Pair:
    """Height and width of a map of tokens; a number gives the squarest one that it fills.

    The positions of a 1x1 convolution do not depend on each other, so any arrangement computes the
    same; designs that cut a map into tiles or bands use more of their array on a square one. A
    prime number of tokens is a single column.
    """
    if isinstance(tokens, tuple | list):
        return pair(name, tokens, 1)
    count = whole(name, tokens, 1)
    width = next(side for side in range(math.isqrt(count), 0, -1) if count % side == 0)
    return count // width, width


def same_padding(size: int, extent: int, stride: int) -> Pair:
    """Zeros before and after an axis for ceil(size / stride) outputs; an odd one comes after.

    Source: `SAME` of TensorFlow and ONNX's `SAME_UPPER`; at stride 1 also PyTorch's "same".
    """
    missing = max((-(-size // stride) - 1) * stride + extent - size, 0)
    return missing // 2, missing - missing // 2
