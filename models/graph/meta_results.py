"""Results on the meta device, where PyTorch would load its compiler to tell their shapes.

PyTorch's own rules for most operations import symbolic algebra and the compiler: more than a second
of processor time in each of a hundred jobs. The shapes of products follow from sizes here, every
other operation runs on zeros on the processor, and what is not plain is left to PyTorch.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_map_only

LARGEST_ELEMENTS = 2**24
"""Of the inputs of an operation that runs on zeros: 64 MB, the first map of VGG-16 at 512 x 512."""
NOT_OF_SHAPES = frozenset(
    {
        torch.Tag.data_dependent_output,
        torch.Tag.dynamic_output_shape,
        torch.Tag.nondeterministic_seeded,
        torch.Tag.out,
    }
)
"""Marks of operations whose result follows from more than shapes, or goes elsewhere."""


def result_without_compiler(function: Any, operation: str, arguments: Sequence[Any]) -> Any:
    """What one of torch's operations returns on the meta device; None = ask torch.

    Args:
        function: the operation, as torch dispatches it.
        operation: its name, without namespace.
        arguments: by position.
    """
    tensors = [x for x in tree_leaves(arguments) if isinstance(x, Tensor)]
    if not tensors or not all(x.is_meta for x in tensors):
        return None
    if operation in PRODUCTS:
        return PRODUCTS[operation](arguments)
    elements = sum(x.numel() for x in tensors)
    if NOT_OF_SHAPES.intersection(function.tags) or elements > LARGEST_ELEMENTS:
        return None
    return _on_zeros(function, arguments)


def _on_zeros(function: Any, arguments: Sequence[Any]) -> Any:
    """What an operation returns for zeros, without them; errors are left to PyTorch to tell."""
    first, *others = [argument.alias_info for argument in function._schema.arguments]
    in_place = torch.Tag.inplace in function.tags
    if (first is not None and not in_place) or any(alias is not None for alias in others):
        return None  # a view, which the meta device has without the compiler
    try:
        result = function(*tree_map_only(Tensor, _zeros, tuple(arguments)))
    except (RuntimeError, ValueError, IndexError, TypeError, ArithmeticError):
        return None
    return arguments[0] if in_place else tree_map_only(Tensor, _on_meta, result)


def _zeros(x: Tensor) -> Tensor:
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype).zero_()


def _on_meta(x: Tensor) -> Tensor:
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device="meta")


def _convolution(arguments: Sequence[Any]) -> Tensor | None:
    """Sizes as the documentation of torch.nn.Conv2d gives them."""
    x, weight, bias, stride, padding, dilation, transposed, _, groups = arguments
    fits = (
        x.dim() == weight.dim() == 4
        and x.shape[1] == weight.shape[1] * groups
        and weight.shape[0] % groups == 0
        and (bias is None or bias.shape == weight.shape[:1])
    )
    if transposed or not fits or not len(stride) == len(padding) == len(dilation) == 2:
        return None
    rows, columns = (
        (size + 2 * zeros - step * (kernel - 1) - 1) // jump + 1
        for size, kernel, jump, zeros, step in zip(
            x.shape[2:], weight.shape[2:], stride, padding, dilation, strict=True
        )
    )
    some = rows > 0 and columns > 0
    return x.new_empty(x.shape[0], weight.shape[0], rows, columns) if some else None


def _fully_connected(arguments: Sequence[Any]) -> Tensor | None:
    """Rows of the first factor by columns of the second; the bias fits them."""
    bias, x, weight = arguments[:3]
    fits = x.dim() == weight.dim() == 2 and x.shape[1] == weight.shape[0]
    return x.new_empty(x.shape[0], weight.shape[1]) if fits and bias.dim() == 1 else None


PRODUCTS: Mapping[str, Callable[[Sequence[Any]], Tensor | None]] = MappingProxyType(
    {"convolution": _convolution, "addmm": _fully_connected}
)
