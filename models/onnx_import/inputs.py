"""A user's arrays as what a network takes, image by image."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.helper

from models.onnx_import.files import Array, read_model
from sim.errors import UserError
from sim.validation import shown, unknown

Inputs = Any
"""An array, or arrays by the names of the network's inputs; tensors of PyTorch are arrays too."""


def by_image(inputs: Sequence[onnx.ValueInfoProto], given: Inputs) -> list[dict[str, Array]]:
    """What the network takes for each image.

    The first axis counts the images; a network exported for a batch of another size than 1 is run
    with 1. Sizes that the file leaves open are those of the arrays.

    Args:
        inputs: of the network; a fixed batch is changed to 1 in place.
        given: one array for a network of one input, or arrays by name.

    Raises:
        UserError: an input is missing, too many, of another type, rank or size, or not finite.
    """
    arrays = _named(inputs, given)
    checked = {x.name: _checked(x, arrays[x.name]) for x in inputs}
    _check_open_sizes(inputs, checked)
    counts = {len(array) for array in checked.values()}
    if len(counts) != 1 or not min(counts):
        raise UserError(
            f"the inputs hold {sorted(counts) or 'no'} images; expected one number of at least 1"
        )
    return [
        {name: array[image : image + 1] for name, array in checked.items()}
        for image in range(counts.pop())
    ]


def fixed_batch(inputs: Sequence[onnx.ValueInfoProto]) -> int:
    """The images that a file is made for at once; 1 if it leaves that open."""
    first = (_sizes(x) or [1] for x in inputs)
    return max((size for size, *_ in first if isinstance(size, int)), default=1)


def picture_axes(path: Path) -> tuple[tuple[int, int, int], bool]:
    """What pictures a network takes: (C, H, W), and whether the channels come last.

    Raises:
        UserError: several inputs, no real numbers, or sizes that the file leaves open.
    """
    graph = read_model(path).graph
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [x for x in graph.input if x.name not in stored]
    sizes = _sizes(inputs[0]) if len(inputs) == 1 else None
    kind = _kind(inputs[0]) if len(inputs) == 1 else None
    fixed = [size for size in (sizes or [])[1:] if isinstance(size, int)]
    if len(fixed) != 3 or len(sizes or []) != 4 or kind is None or kind.kind != "f":
        raise UserError(
            f"{path} takes {described(inputs)}; expected one input of real numbers with fixed "
            "sizes for pictures, otherwise give an .npy or .npz file"
        )
    first, second, third = fixed
    if third in (1, 3) and first not in (1, 3):
        return (third, first, second), True
    return (first, second, third), False


def described(inputs: Sequence[onnx.ValueInfoProto]) -> str:
    """The inputs of a network with their types and sizes, for messages."""
    return ", ".join(
        f"{shown(x.name)} ({kind.name if (kind := _kind(x)) is not None else 'no tensor'}"
        f"{_sizes_text(x)})"
        for x in inputs
    )


def _named(inputs: Sequence[onnx.ValueInfoProto], given: Inputs) -> dict[str, Array]:
    names = [x.name for x in inputs]
    if isinstance(given, Mapping):
        arrays = {str(name): _array(str(name), value) for name, value in given.items()}
        for name in arrays:
            if name not in names:
                raise unknown("input", name, names)
        missing = [name for name in names if name not in arrays]
        if missing:
            raise UserError(
                f"the input {shown(missing[0])} is missing; the network takes {described(inputs)}"
            )
        return arrays
    array = _array("inputs", given)
    if len(names) != 1:
        raise UserError(
            f"the network takes {len(names)} inputs, {described(inputs)}; expected arrays by name"
        )
    return {names[0]: array}


def _array(name: str, value: Any) -> Array:
    if hasattr(value, "detach"):  # a tensor of PyTorch, which need not be installed
        try:
            value = value.detach().cpu().numpy()
        except TypeError as error:
            raise UserError(f"{shown(name)}: {error}") from error
    if not isinstance(value, np.ndarray):
        raise UserError(
            f"{shown(name)} is a {type(value).__name__}; expected an array, a tensor, or arrays "
            "by the names of the network's inputs"
        )
    return value


def _kind(x: onnx.ValueInfoProto) -> np.dtype[Any] | None:
    """The type of a tensor's numbers; None of what is no tensor of numbers."""
    if not x.type.HasField("tensor_type"):
        return None
    try:
        kind = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(x.type.tensor_type.elem_type))
    except (KeyError, ValueError, TypeError):
        return None
    return None if kind.kind in "OUS" else kind


def _sizes(x: onnx.ValueInfoProto) -> list[int | str | None] | None:
    """A number for each fixed axis, a name or None for an open one; None if no rank is stated."""
    if not x.type.tensor_type.HasField("shape"):
        return None
    return [
        axis.dim_value if axis.dim_value > 0 else (axis.dim_param or None)
        for axis in x.type.tensor_type.shape.dim
    ]


def _sizes_text(x: onnx.ValueInfoProto) -> str:
    sizes = _sizes(x)
    return "" if sizes is None else " " + " x ".join(str(size or "any") for size in sizes)


def _checked(x: onnx.ValueInfoProto, array: Array) -> Array:
    name, kind, sizes = shown(x.name), _kind(x), _sizes(x)
    if kind is None:
        raise UserError(f"the input {name} is no tensor of numbers; expected a network of tensors")
    if array.ndim < 1 or (sizes is not None and len(sizes) != array.ndim):
        raise UserError(
            f"the input {name} has shape {array.shape}; expected {described([x])}, images first"
        )
    for axis, size in enumerate(sizes or []):
        if axis and isinstance(size, int) and size != array.shape[axis]:
            raise UserError(
                f"the input {name} has shape {array.shape}; expected {described([x])}, and axis "
                f"{axis} is {array.shape[axis]}"
            )
    if sizes and x.type.tensor_type.shape.dim[0].HasField("dim_value"):
        x.type.tensor_type.shape.dim[0].dim_value = 1
    return _converted(name, kind, array)


def _converted(name: str, kind: np.dtype[Any], array: Array) -> Array:
    """The same numbers in the network's type, real ones for real ones and whole for whole."""
    real = kind.kind == "f" or kind.name.startswith(("bfloat", "float"))
    if real != (array.dtype.kind == "f") or (kind.kind == "b") != (array.dtype.kind == "b"):
        raise UserError(
            f"the input {name} is {array.dtype}; the network takes {kind.name}"
            + (", scaled as in training" if real else "")
        )
    with np.errstate(over="ignore"):
        converted = array.astype(kind)
    plain = converted if converted.dtype.kind == "f" else converted.astype(np.float32)
    if real and not np.isfinite(plain).all():
        raise UserError(f"the input {name} holds values that are not finite numbers in {kind.name}")
    if not real and not np.array_equal(converted, array):
        raise UserError(f"the input {name} holds values that {kind.name} does not hold")
    return np.ascontiguousarray(converted)


def _check_open_sizes(inputs: Sequence[onnx.ValueInfoProto], arrays: Mapping[str, Array]) -> None:
    """Refuse two sizes for one open axis; the first axis counts images and is run with 1."""
    meant: dict[str, tuple[int, str]] = {}
    for x in inputs:
        for axis, size in enumerate(_sizes(x) or []):
            if not axis or not isinstance(size, str):
                continue
            actual = arrays[x.name].shape[axis]
            first = meant.setdefault(size, (actual, x.name))
            if first[0] != actual:
                raise UserError(
                    f"the open size {shown(size)} is {first[0]} in the input {shown(first[1])} "
                    f"and {actual} in {shown(x.name)}"
                )
