"""Weights of the convolutions and the fully connected layer of an ONNX graph, in running order."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from torch import Tensor

from models.onnx_import.files import read_model, tensor_values
from sim.errors import UserError


@dataclass(frozen=True)
class OnnxLayer:
    """One layer with weights.

    Attributes:
        output: name of the value that it makes.
        weight: (K, C, R, S) of a convolution, (C, K) of a matrix product.
        bias: (K,), or None.
    """

    output: str
    weight: Tensor
    bias: Tensor | None


def read_onnx(path: Path) -> tuple[OnnxLayer, ...]:
    """The layers of a graph.

    Raises:
        UserError: not a whole ONNX file, weights outside its folder, or no layers.
    """
    model = read_model(path)
    layers = tuple(_layers(path, model.graph))
    if not layers:
        raise UserError(f"{path}: holds no layers with weights; expected an ONNX network")
    return layers


def _layers(path: Path, graph: onnx.GraphProto) -> Iterator[OnnxLayer]:
    stored = {tensor.name: tensor for tensor in graph.initializer}
    biases = {
        node.input[0]: node.input[1]
        for node in graph.node
        if node.op_type == "Add" and len(node.input) == 2 and node.input[1] in stored
    }
    for node in graph.node:
        if node.op_type not in ("Conv", "MatMul") or len(node.input) < 2:
            continue
        bias = node.input[2] if len(node.input) > 2 else biases.get(node.output[0])
        yield OnnxLayer(
            node.output[0],
            _tensor(path, stored, node.input[1]),
            None if bias is None else _tensor(path, stored, bias),
        )


def _tensor(path: Path, stored: dict[str, onnx.TensorProto], name: str) -> Tensor:
    if name not in stored:
        raise UserError(f"{path}: weights {name} are not constants of the graph")
    return torch.from_numpy(tensor_values(path, stored[name]).copy())
