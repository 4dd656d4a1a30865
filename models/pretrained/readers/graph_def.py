"""Constants of a frozen TensorFlow graph (GraphDef), read without TensorFlow.

Source: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto; only the
fields that a float constant needs are declared, protobuf skips all others.
"""

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError
from torch import Tensor

from sim.errors import UserError

FLOAT = 1
"""TensorFlow's number of the data type float32 (DT_FLOAT)."""

_Field = descriptor_pb2.FieldDescriptorProto
_MESSAGES: dict[str, tuple[tuple[str, int, Any, bool, str | None], ...]] = {
    "Dim": (("size", 1, _Field.TYPE_INT64, False, None),),
    "Shape": (("dim", 2, _Field.TYPE_MESSAGE, True, "Dim"),),
    "TensorProto": (
        ("dtype", 1, _Field.TYPE_INT32, False, None),
        ("shape", 2, _Field.TYPE_MESSAGE, False, "Shape"),
        ("content", 4, _Field.TYPE_BYTES, False, None),
        ("float_val", 5, _Field.TYPE_FLOAT, True, None),
    ),
    "AttrValue": (("tensor", 8, _Field.TYPE_MESSAGE, False, "TensorProto"),),
    "Attr": (
        ("key", 1, _Field.TYPE_STRING, False, None),
        ("value", 2, _Field.TYPE_MESSAGE, False, "AttrValue"),
    ),
    "NodeDef": (
        ("name", 1, _Field.TYPE_STRING, False, None),
        ("op", 2, _Field.TYPE_STRING, False, None),
        ("attr", 5, _Field.TYPE_MESSAGE, True, "Attr"),
    ),
    "GraphDef": (("node", 1, _Field.TYPE_MESSAGE, True, "NodeDef"),),
}
"""Fields of each message: name, number, type, whether repeated, message of that name."""


@cache
def _graph_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="graph.proto", package="tf", syntax="proto3")
    for message, fields in _MESSAGES.items():
        declared = file.message_type.add(name=message)
        for name, number, kind, repeated, type_name in fields:
            label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            qualified = None if type_name is None else f".tf.{type_name}"
            declared.field.add(
                name=name, number=number, type=kind, label=label, type_name=qualified
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tf.GraphDef"))


def read_graph_def(path: Path) -> dict[str, Tensor]:
    """The float32 constants of a frozen graph by node name, in TensorFlow's layout.

    Raises:
        UserError: not a whole GraphDef, or a constant whose values do not fill its shape.
    """
    try:
        graph = _graph_class().FromString(path.read_bytes())
    except DecodeError as error:
        raise UserError(f"{path}: not a whole frozen graph ({error}); fetch it again") from error
    constants = {}
    for node in graph.node:
        values = {attr.key: attr.value.tensor for attr in node.attr}
        if node.op == "Const" and "value" in values and values["value"].dtype == FLOAT:
            constants[node.name] = _tensor(path, node.name, values["value"])
    if not constants:
        raise UserError(f"{path}: holds no float constants; expected a frozen TensorFlow graph")
    return constants


def _tensor(path: Path, name: str, stored: Any) -> Tensor:
    shape = tuple(dim.size for dim in stored.shape.dim)
    values = np.array(stored.float_val, np.float32)
    if stored.content:
        values = np.frombuffer(stored.content[: len(stored.content) // 4 * 4], "<f4")
    if min(shape, default=0) < 0 or math.prod(shape) != len(values):
        raise UserError(f"{path}: constant {name} holds {len(values)} values, its shape is {shape}")
    return torch.from_numpy(values.astype(np.float32).reshape(shape))
