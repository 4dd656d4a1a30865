"""ONNX files as data: whole, with every constant where the file says and as large as it says.

Nothing is unpickled or run, and no file outside the network's folder is opened.
"""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnx.helper
import onnx.numpy_helper
from google.protobuf.message import DecodeError, Message

from sim.errors import UserError
from sim.sizes import LARGEST
from sim.validation import shown

Array = npt.NDArray[Any]
EXTERNAL = onnx.TensorProto.EXTERNAL
LARGEST_FILE = 2**31 - 1
"""Bytes of one message of Protocol Buffers."""
FIELDS = ("float", "int32", "int64", "double", "uint64", "string")
PACKED = {"int4": 2, "uint4": 2, "float4_e2m1fn": 2, "int2": 4, "uint2": 4}
"""Types of which several values share a byte."""


def read_model(path: Path) -> onnx.ModelProto:
    """The network of a file; data in other files stay there.

    Raises:
        UserError: no such file, not a whole ONNX network, or a constant that lies outside the
            folder or does not fill its shape.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    if path.stat().st_size > LARGEST_FILE:
        raise UserError(
            f"{path}: larger than the 2 GB that ONNX holds in one file; expected its weights in "
            "files beside it"
        )
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except DecodeError as error:
        raise UserError(
            f"{path}: not a whole ONNX file ({shown(str(error))}); fetch or export it again"
        ) from error
    _check_texts(path, model)
    if not model.graph.node:
        raise UserError(f"{path}: holds no layers with weights; expected an ONNX network")
    for graph in graphs(model.graph):
        for tensor in constants(graph):
            _check(path, tensor)
    for function in model.functions:
        for tensor in _constants_of_nodes(function.node):
            _check(path, tensor)
    return model


def _check_texts(path: Path, message: Message) -> None:
    """Refuse names that are no text, which protobuf hands on as bytes."""
    if isinstance(message, onnx.TensorProto):  # whose values would be copied
        message = onnx.TensorProto(name=message.name, external_data=message.external_data)
    for field, value in message.ListFields():
        if field.type == field.TYPE_STRING:
            if any(isinstance(text, bytes) for text in _listed(value)):
                raise UserError(f"{path}: not a whole ONNX file (a name in it is no text)")
        elif field.type == field.TYPE_MESSAGE:
            for inner in _listed(value):
                _check_texts(path, inner)


def _listed(value: Any) -> Iterable[Any]:
    """The values of a field, be it one or a list."""
    return (value,) if isinstance(value, str | bytes | Message) else value


def graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """A graph and all graphs inside its nodes (branches and loops)."""
    yield graph
    for node in graph.node:
        for inner in bodies(node):
            yield from graphs(inner)


def bodies(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """The graphs inside one node."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def constants(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Every tensor that a graph stores, without those of graphs inside it."""
    yield from graph.initializer
    yield from _constants_of_nodes(graph.node)


def _constants_of_nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.TensorProto]:
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def tensor_values(path: Path, tensor: onnx.TensorProto) -> Array:
    """The values of a stored tensor.

    Args:
        path: of the network's file; other files lie beside it.
        tensor: of the network that `read_model` gave.

    Raises:
        UserError: it does not fill its shape, or has a type that NumPy has not.
    """
    try:
        values: Array = onnx.numpy_helper.to_array(tensor, base_dir=str(path.parent))
    except (ValueError, TypeError, KeyError, OSError, onnx.checker.ValidationError) as error:
        raise UserError(
            f"{path}: weights {tensor.name} do not fill their shape ({first_line(error)})"
        ) from error
    return values


def first_line(error: Exception) -> str:
    """What a library says of an error, in one line."""
    lines = str(error).strip().splitlines()
    return shown(lines[0]) if lines else type(error).__name__


def _check(path: Path, tensor: onnx.TensorProto) -> None:
    what = f"{path}: weights {shown(tensor.name)}"
    dims = tuple(tensor.dims)
    if min(dims, default=1) < 0 or math.prod(dims) > LARGEST:
        raise UserError(f"{what} have shape {dims}; expected at most {LARGEST} values")
    if tensor.data_location == EXTERNAL:
        _check_external(path, what, tensor)
    elif tensor.HasField("raw_data"):
        _check_bytes(what, tensor, len(tensor.raw_data))
    else:
        _check_field(what, tensor)


def _check_field(what: str, tensor: onnx.TensorProto) -> None:
    """Refuse a list of values that is longer or shorter than the shape, before it is spread."""
    stored = max(len(getattr(tensor, f"{field}_data")) for field in FIELDS)
    values = math.prod(tensor.dims)
    if stored not in {-(-2 * values // parts) for parts in (1, 2, 4, 8)}:  # complex to int2
        raise UserError(
            f"{what} hold {stored} values, not those of shape {tuple(tensor.dims)}; fetch or "
            "export the file again"
        )


def _check_bytes(what: str, tensor: onnx.TensorProto, stored: int) -> None:
    try:
        kind = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"{what} have the unknown type {tensor.data_type}") from error
    values = math.prod(tensor.dims)
    needed = -(-values // PACKED.get(kind.name, 1)) * np.dtype(kind).itemsize
    if stored != needed:
        raise UserError(
            f"{what} hold {stored} bytes but shape {tuple(tensor.dims)} takes {needed}; fetch or "
            "export the file again"
        )


def _check_external(path: Path, what: str, tensor: onnx.TensorProto) -> None:
    """Refuse data that are not whole, or not in the network's folder."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    folder = path.parent.resolve()
    file = (folder / location).resolve()
    if not location or not file.is_relative_to(folder):
        raise UserError(
            f"{what} lie at {shown(location)!r}; expected a file in the folder of the network"
        )
    if not file.is_file():
        raise UserError(f"{what} lie in {shown(location)}, which is missing beside the network")
    try:
        offset = int(entries.get("offset", 0))
        length = int(entries.get("length", file.stat().st_size - offset))
    except ValueError as error:
        raise UserError(f"{what}: offset or length in {shown(location)} are no numbers") from error
    if offset < 0 or length < 0 or offset + length > file.stat().st_size:
        raise UserError(
            f"{what} take bytes {offset} to {offset + length} of {shown(location)}, which has "
            f"{file.stat().st_size}; fetch or export it again"
        )
    _check_bytes(what, tensor, length)
