"""Products of matrices, of weights or of two activations."""

import numpy as np

from models.products.product import Operand, Operation, Product
from sim import Layer, matmul
from sim.layer import Mask
from sim.sizes import token_grid


def matrix_product(operation: Operation) -> Product:
    """A product of two matrices, or of as many pairs of them as the first axis says.

    With one operand known it is a linear layer, over as many tokens as the other has rows; of
    several pairs, a grouped one. With none known it is a product of activations.
    """
    first, second = operation.operands
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
        layer = Layer.conv(name, batch * inner, batch * columns, 1, input_size=grid, groups=batch)
    activation = first.swapaxes(1, 2).reshape(layer.input_shape)
    weight = second.swapaxes(1, 2).reshape(layer.weight_shape)
    turned: tuple[Operand, Operand] = ("weight", "activation")
    return Product(layer, weight, activation, turned if operation.known[0] else turned[::-1])


def stacked(first: Mask, second: Mask, known: tuple[bool, bool]) -> tuple[Mask, Mask]:
    """Operands of any rank, as NumPy's `matmul` takes them, as matrices or stacks of as many.

    A matrix of weights that multiplies a whole stack multiplies all of its rows at once.
    """
    if first.ndim == 1:
        first = first[None]
    if second.ndim == 1:
        second = second[:, None]
    if _is_matrix(second) and (known[1] or second.ndim == 2):
        inner, columns = second.shape[-2:]
        return first.reshape(-1, first.shape[-1]), second.reshape(inner, columns)
    if _is_matrix(first) and known[0]:
        return first.reshape(first.shape[-2:]), np.moveaxis(second, -2, 0).reshape(
            second.shape[-2], -1
        )
    batch = np.broadcast_shapes(first.shape[:-2], second.shape[:-2])
    first, second = (
        np.broadcast_to(matrix, (*batch, *matrix.shape[-2:])).reshape(-1, *matrix.shape[-2:])
        for matrix in (first, second)
    )
    return first, second


def _is_matrix(mask: Mask) -> bool:
    return all(size == 1 for size in mask.shape[:-2])
