"""Files as their frameworks would write them, made from random weights for the readers' tests."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor

from models.pretrained.readers.graph_def import FLOAT, _graph_class
from models.pretrained.state_dicts import HALF_BRANCHES

NORM = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}


def write_graph_def(path: Path, constants: dict[str, Tensor]) -> None:
    """A frozen graph of these constants, and a node that is none."""
    graph = _graph_class()()
    graph.node.add(name="input", op="Placeholder")
    for name, value in constants.items():
        node = graph.node.add(name=name, op="Const")
        stored = node.attr.add(key="value").value.tensor
        stored.dtype = FLOAT
        for size in value.shape:
            stored.shape.dim.add(size=size)
        stored.content = value.numpy().astype("<f4").tobytes()
    path.write_bytes(graph.SerializeToString())


def mobilenet_constants(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The project's MobileNetV1 in TensorFlow's names and layout, with a background class."""
    constants: dict[str, Tensor] = {}
    layers = {"conv1": ("Conv2d_0", "bn1", "weights")}
    for block in range(13):
        for part, name in (("depthwise", "depthwise_weights"), ("pointwise", "weights")):
            layer = f"blocks.{block}.{part}"
            layers[layer] = (f"Conv2d_{block + 1}_{part}", f"{layer}_bn", name)
    for layer, (scope, norm, name) in layers.items():
        value = state[f"{layer}.weight"]
        order = (2, 3, 0, 1) if name == "depthwise_weights" else (2, 3, 1, 0)
        constants[f"MobilenetV1/{scope}/{name}"] = value.permute(order).contiguous()
        for torch_name, tf_name in NORM.items():
            constants[f"MobilenetV1/{scope}/BatchNorm/{tf_name}"] = state[f"{norm}.{torch_name}"]
    logits = "MobilenetV1/Logits/Conv2d_1c_1x1"
    background = torch.full((1024, 1), 7.0)
    weights = torch.cat([background, state["fc.weight"].T], dim=1)
    constants[f"{logits}/weights"] = weights[None, None].contiguous()
    constants[f"{logits}/biases"] = torch.cat([torch.tensor([9.0]), state["fc.bias"]])
    return constants


def write_open_nsfw(path: Path, state: dict[str, Tensor]) -> None:
    """The project's half ResNet-50 as an ONNX file in open_nsfw's names; edges are not drawn."""
    branches = {ours: theirs for theirs, ours in HALF_BRANCHES.items()}
    nodes, tensors = [], []
    for key, value in state.items():
        name, _, part = key.rpartition(".")
        if part != "weight":
            continue
        array = value.numpy()
        if name == "conv1":
            array, output = np.ascontiguousarray(array[:, ::-1]), "bn_1/FusedBatchNormV3:0"
        elif name == "fc":
            array, output = np.ascontiguousarray(array.T), "fc_nsfw/MatMul:0"
        else:
            stage, block, ours = name.split(".")
            output = f"bn_stage{int(stage[5]) - 1}_block{block}_{branches[ours]}/Norm:0"
        weight, bias = f"{name}_w", f"{name}_b"
        tensors.append(numpy_helper.from_array(array, weight))
        tensors.append(numpy_helper.from_array(state[f"{name}.bias"].numpy(), bias))
        if name == "fc":
            nodes.append(helper.make_node("MatMul", ["x", weight], [output]))
            nodes.append(helper.make_node("Add", [output, bias], ["fc_nsfw/BiasAdd:0"]))
        else:
            nodes.append(helper.make_node("Conv", ["x", weight, bias], [output]))
    graph = helper.make_graph(nodes, "open_nsfw", [], [], tensors)
    path.write_bytes(helper.make_model(graph).SerializeToString())


def write_single_layer(path: Path, tensor: onnx.TensorProto) -> None:
    """An ONNX file with one convolution of this weight."""
    node = helper.make_node("Conv", ["x", tensor.name], ["y"])
    graph = helper.make_graph([node], "one", [], [], [tensor])
    path.write_bytes(helper.make_model(graph).SerializeToString())
