"""Results on the meta device, where PyTorch would load its compiler to tell their shapes.

PyTorch's own rules for most operations import symbolic algebra and the compiler: more than a second
of processor time in each of a hundred jobs. The shapes of products follow from sizes here, every
other operation runs on zeros on the processor, and what is not plain is left to PyTorch.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_map_only

from sim import Layer
from sim.errors import UserError

LARGEST_ELEMENTS = 2**24
"""Of an operation that runs on zeros: 64 MB, the first map of VGG-16 at 512 x 512."""
NOT_OF_SHAPES = frozenset(
    {
        torch.Tag.data_dependent_output,
        torch.Tag.dynamic_output_shape,
        torch.Tag.inplace_view,
        torch.Tag.nondeterministic_seeded,
        torch.Tag.out,
    }
)
"""Marks of operations whose result follows from more than shapes, goes elsewhere, or is a view."""


def result_without_compiler(function: Any, operation: str, arguments: Sequence[Any]) -> Any:
    """What one of torch's operations returns on the meta device; None = ask torch.

    Args:
        function: the operation, as torch dispatches it.
        operation: its name, without namespace.
        arguments: by position.
    """
    tensors = [x for x in tree_leaves(arguments) if isinstance(x, Tensor)]
    if not tensors or not all(x.is_meta for x in tensors) or function.namespace != "aten":
        return None
    if operation in PRODUCTS:
        return PRODUCTS[operation](arguments)
    if NOT_OF_SHAPES.intersection(function.tags) or _elements(function, tensors) > LARGEST_ELEMENTS:
        return None
    return _on_zeros(function, arguments)


def _elements(function: Any, tensors: Sequence[Tensor]) -> int:
    """Of the inputs, and of what they are broadcast to."""
    elements = sum(x.numel() for x in tensors)
    if torch.Tag.pointwise not in function.tags:
        return elements
    try:
        # NumPy's, for PyTorch's imports symbolic algebra, too
        return max(elements, math.prod(np.broadcast_shapes(*(tuple(x.shape) for x in tensors))))
    except ValueError:  # they do not fit, which the operation itself tells
        return elements


def _on_zeros(function: Any, arguments: Sequence[Any]) -> Any:
    """What an operation returns for zeros, without them; errors are left to PyTorch to tell."""
    first, *others = [argument.alias_info for argument in function._schema.arguments]
    in_place = torch.Tag.inplace in function.tags and isinstance(arguments[0], Tensor)
    if (first is not None and not in_place) or any(alias is not None for alias in others):
        return None  # a view, which the meta device has without the compiler
    try:
        result = function(*tree_map_only(Tensor, _zeros, tuple(arguments)))
        return arguments[0] if in_place else tree_map_only(Tensor, _on_meta, result)
    except (RuntimeError, ValueError, IndexError, TypeError, ArithmeticError):
        return None


def _zeros(x: Tensor) -> Tensor:
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype).zero_()


def _on_meta(x: Tensor) -> Tensor:
    if x.layout != torch.strided or x.is_quantized:
        raise TypeError(f"a tensor of layout {x.layout} and type {x.dtype} has more than a shape")
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="meta")


def _convolution(arguments: Sequence[Any]) -> Tensor | None:
    """Sizes as the simulator's layers have them."""
    x, weight, bias, stride, padding, dilation, transposed, _, groups = arguments
    fits = (
        x.dim() == weight.dim() == 4
        and x.shape[1] == weight.shape[1] * groups
        and (bias is None or bias.shape == weight.shape[:1])
    )
    if transposed or not fits:
        return None
    try:
        layer = Layer.conv(
            "convolution",
            x.shape[1],
            weight.shape[0],
            tuple(weight.shape[2:]),
            stride=tuple(stride),
            padding=tuple(padding),
            input_size=tuple(x.shape[2:]),
            groups=groups,
            dilation=tuple(dilation),
        )
    except UserError:
        return None
    result: Tensor = x.new_empty(x.shape[0], weight.shape[0], *layer.output_size)
    return result


def _fully_connected(arguments: Sequence[Any]) -> Tensor | None:
    """Rows of the first factor by columns of the second; the bias fits them."""
    bias, x, weight = arguments[:3]
    fits = x.dim() == weight.dim() == 2 and x.shape[1] == weight.shape[0]
    usual = bias.shape == weight.shape[1:]
    return x.new_empty(x.shape[0], weight.shape[1]) if fits and usual else None


PRODUCTS: Mapping[str, Callable[[Sequence[Any]], Tensor | None]] = MappingProxyType(
    {"convolution": _convolution, "addmm": _fully_connected}
)
