"""One product as PyTorch runs it, as a layer with the zeros of its two operands.

Everything here belongs to one image: the network runs image by image, so that all rows of a
matrix are the image's own, whatever axis the network keeps its images on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from torch import Tensor

from sim import Layer, conv_transpose, matmul
from sim.errors import UserError
from sim.layer import Mask
from sim.sizes import Sides, token_grid

MATRIX_PRODUCTS = {"mm": 0, "bmm": 0, "mv": 0, "dot": 0, "vdot": 0, "addmm": 1, "addmv": 1}
MATRIX_PRODUCTS |= {"baddbmm": 1}
"""Operations on matrices, with the place of their first operand."""
Operand = Literal["activation", "weight"]


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of PyTorch on one image.

    Attributes:
        name: of the layer that it makes.
        operands: the two tensors.
        known: for each, whether it is the same for every image: made of parameters alone.
        settings: what else a convolution is called with, from its stride on.
        zeros: zeros put around the first operand beforehand, ((top, bottom), (left, right)).
    """

    name: str
    operands: tuple[Tensor, Tensor]
    known: tuple[bool, bool]
    settings: Sequence[Any] = ()
    zeros: Sides = ((0, 0), (0, 0))


@dataclass(frozen=True, eq=False)
class Product:
    """A layer and the nonzeros of one image.

    Attributes:
        layer: the shape.
        weight: (K, C/groups, R, S).
        activation: (C, H, W).
        places: which of the layer's operands each tensor of the operation is.
    """

    layer: Layer
    weight: Mask
    activation: Mask
    places: tuple[Operand, Operand]


def nonzeros(tensor: Tensor) -> Mask:
    """Where a tensor is not zero."""
    mask: Mask = (tensor.detach() != 0).cpu().numpy()
    return mask


def matrix_product(operation: Operation) -> Product:
    """A product of two matrices, or of as many pairs of them as the first axis says.

    With one operand known it is a linear layer, over as many tokens as the other has rows; of
    several pairs, a grouped one. With none known it is a product of activations.
    """
    first, second = (nonzeros(tensor) for tensor in operation.operands)
    if first.ndim == 1:
        first = first[None]
    if second.ndim == 1:
        second = second[:, None]
    if operation.known[0]:  # the weights stand on the left: the same product, turned
        first, second = second.swapaxes(-1, -2), first.swapaxes(-1, -2)
    first, second = (matrix if matrix.ndim == 3 else matrix[None] for matrix in (first, second))
    batch, rows, inner = first.shape
    columns = second.shape[2]
    name, grid = operation.name, token_grid(f"{operation.name}: rows", rows)
    if not any(operation.known):
        layer = matmul(name, rows, inner, columns, batch)
    elif batch == 1:
        layer = Layer.linear(name, inner, columns, grid)
    else:
        layer = Layer.conv(name, batch * inner, batch * columns, 1, 1, 0, grid, batch)
    activation = first.swapaxes(1, 2).reshape(layer.input_shape)
    weight = second.swapaxes(1, 2).reshape(layer.weight_shape)
    turned: tuple[Operand, Operand] = ("weight", "activation")
    return Product(layer, weight, activation, turned if operation.known[0] else turned[::-1])


def convolutions(operation: Operation) -> Iterator[Product]:
    """A convolution, for each map of the image that it is called with.

    Raises:
        UserError: its kernel is made of activations, or it is 3-D and does not map onto a plane.
    """
    x, kernel = operation.operands
    if not operation.known[1]:
        raise UserError(
            f"{operation.name}: convolves with a kernel that is made of activations, which has no "
            "row in a table of layers; expected a kernel of parameters"
        )
    maps, weight = nonzeros(x), nonzeros(kernel)
    stride, padding, dilation, transposed, more, groups = operation.settings
    steps = [list(stride), list(padding), list(dilation), list(more)]
    if weight.ndim == 5:
        maps, weight = _flattened(operation.name, maps, weight, steps, transposed)
    if weight.ndim == 3:  # 1-D: a map of one row
        maps, weight = maps[:, :, None], weight[:, :, None]
        steps = [[neutral, *axis] for neutral, axis in zip((1, 0, 1, 0), steps, strict=True)]
    pairs = [axis * 2 if len(axis) == 1 else axis for axis in steps]
    for channels in maps:
        layer, turned = _shape(operation, channels, weight, pairs, transposed, groups)
        yield Product(layer, turned, channels, ("activation", "weight"))


def _shape(
    operation: Operation,
    channels: Mask,
    weight: Mask,
    steps: Sequence[Sequence[int]],
    transposed: bool,
    groups: int,
) -> tuple[Layer, Mask]:
    (down, right), (height, width), (spread_y, spread_x), (below, beside) = steps
    name, kernel, size = operation.name, weight.shape[2:], channels.shape[1:]
    if transposed:
        return conv_transpose(
            name,
            len(channels),
            weight.shape[1] * groups,
            (kernel[0], kernel[1]),
            (down, right),
            (height, width),
            (size[0], size[1]),
            groups,
            (spread_y, spread_x),
            (below, beside),
        ), transposed_weight(weight, groups)
    (top, bottom), (left, after) = operation.zeros
    sides = (height + top, height + bottom), (width + left, width + after)
    return Layer.conv(
        name,
        len(channels),
        len(weight),
        (kernel[0], kernel[1]),
        (down, right),
        sides,
        (size[0], size[1]),
        groups,
        (spread_y, spread_x),
    ), weight


def transposed_weight(weight: Mask, groups: int) -> Mask:
    """Weights of a transposed convolution (C, K/groups, R, S) as those of the convolution it is."""
    grouped = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    return np.ascontiguousarray(grouped.reshape(-1, *grouped.shape[2:])[..., ::-1, ::-1])


def _flattened(
    name: str, maps: Mask, weight: Mask, steps: list[list[int]], transposed: bool
) -> tuple[Mask, Mask]:
    """A 3-D convolution as a plane: one whose kernel is as deep as its input.

    Its layers are then channels. `steps` loses the axis of the depth.

    Raises:
        UserError: the kernel slides along the depth.
    """
    depth = weight.shape[2]
    if transposed or maps.shape[2] != depth or steps[1][0]:
        raise UserError(
            f"{name}: a 3-D convolution whose kernel slides along the depth does not map onto "
            f"a plane; expected a kernel as deep as its input ({maps.shape[2]}), not padded there"
        )
    for axis in steps:
        del axis[0]
    maps = maps.reshape(len(maps), -1, *maps.shape[3:])
    return maps, weight.reshape(len(weight), -1, *weight.shape[3:])
