"""From the tensors of a published file to the state dict of the project's network.

Every tensor of the network comes from the file; what a file holds beyond that (a background class,
a layer put on top later) is left out here and nowhere else.
"""

import re
from pathlib import Path

import torch
from torch import Tensor

from models.imagenet.weight_files import read_weights
from models.networks.mobilenet_v1 import BLOCKS
from models.networks.resnet import RESNET50
from models.pretrained.readers.graph_def import read_graph_def
from models.pretrained.readers.onnx_file import OnnxLayer, read_onnx
from sim.errors import UserError

NORM = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
"""TensorFlow's names in a batch norm, and torch's."""


def mobilenet_v1_relu6(path: Path) -> dict[str, Tensor]:
    """TensorFlow's MobileNetV1 in a frozen graph, without its first class, the background.

    Raises:
        UserError: not such a graph.
    """
    constants = read_graph_def(path)

    def constant(name: str) -> Tensor:
        if name not in constants:
            raise UserError(f"{path}: lacks constant {name}; expected TensorFlow's MobileNetV1")
        return constants[name]

    state: dict[str, Tensor] = {}

    def add(scope: str, weights: str, layer: str, norm: str) -> None:
        order = (2, 3, 0, 1) if weights == "depthwise_weights" else (3, 2, 0, 1)
        state[f"{layer}.weight"] = constant(f"{scope}/{weights}").permute(order)
        for source, target in NORM.items():
            state[f"{norm}.{target}"] = constant(f"{scope}/BatchNorm/{source}")

    add("MobilenetV1/Conv2d_0", "weights", "conv1", "bn1")
    for index in range(len(BLOCKS)):
        for part, weights in (("depthwise", "depthwise_weights"), ("pointwise", "weights")):
            layer = f"blocks.{index}.{part}"
            add(f"MobilenetV1/Conv2d_{index + 1}_{part}", weights, layer, f"{layer}_bn")
    logits = "MobilenetV1/Logits/Conv2d_1c_1x1"
    state["fc.weight"] = constant(f"{logits}/weights")[0, 0, :, 1:].T
    state["fc.bias"] = constant(f"{logits}/biases")[1:]
    return state


LITE0_NAMES = (
    (r"^_conv_stem", "conv_stem"),
    (r"^_conv_head", "conv_head"),
    (r"^_fc", "fc"),
    (r"^_bn(\d)", r"bn\1"),
    (r"^_blocks", "blocks"),
    (r"\._expand_conv", ".expand.conv"),
    (r"\._bn0", ".expand.bn"),
    (r"\._depthwise_conv", ".depthwise"),
    (r"\._bn1", ".depthwise_bn"),
    (r"\._project_conv", ".project"),
    (r"\._bn2", ".project_bn"),
)
"""Parts of the file's names, and of the network's."""


def efficientnet_lite0(path: Path) -> dict[str, Tensor]:
    """EfficientNet-Lite0 in a PyTorch file.

    Raises:
        UserError: not a whole file, more than tensors in it, or no names with tensors.
    """
    content = read_weights(path)
    if not isinstance(content, dict) or not all(isinstance(v, Tensor) for v in content.values()):
        raise UserError(f"{path}: holds no state dict; expected names with tensors")
    state = {}
    for name, value in content.items():
        for pattern, replacement in LITE0_NAMES:
            name = re.sub(pattern, replacement, name)
        state[name] = value
    return state


def resnet50_half(path: Path) -> dict[str, Tensor]:
    """open_nsfw's ResNet-50 in an ONNX file; the first layer's colours turned from BGR to RGB.

    Raises:
        UserError: not such a graph.
    """
    layers = {_half_name(layer.output): layer for layer in read_onnx(path)}
    state: dict[str, Tensor] = {}
    for name in _half_names():
        layer = layers.get(name)
        if layer is None or layer.bias is None:
            raise UserError(f"{path}: lacks layer {name} or its bias; expected open_nsfw")
        state[f"{name}.weight"] = _half_weight(name, layer)
        state[f"{name}.bias"] = layer.bias
    return state


def _half_weight(name: str, layer: OnnxLayer) -> Tensor:
    if name == "conv1":
        return torch.flip(layer.weight, (1,))
    return layer.weight.T if name == "fc" else layer.weight


HALF_BRANCHES = {
    "branch2a": "conv1",
    "branch2b": "conv2",
    "branch2c": "conv3",
    "proj_shortcut": "downsample",
}
"""open_nsfw's names of the convolutions in a block, and the network's."""


def _half_name(output: str) -> str:
    """The network's name of the layer that makes a value of the graph; "" if it has none."""
    match = re.match(r"bn_stage(\d)_block(\d)_(\w+)/", output)
    if match is not None and match[3] in HALF_BRANCHES:
        return f"layer{int(match[1]) + 1}.{match[2]}.{HALF_BRANCHES[match[3]]}"
    return {"bn_1": "conv1", "fc_nsfw": "fc"}.get(output.partition("/")[0], "")


def _half_names() -> list[str]:
    blocks = [(stage, block) for stage, n in enumerate(RESNET50, start=1) for block in range(n)]
    return [
        "conv1",
        *(f"layer{stage}.{block}.conv{i}" for stage, block in blocks for i in (1, 2, 3)),
        *(f"layer{stage}.0.downsample" for stage, _ in enumerate(RESNET50, start=1)),
        "fc",
    ]
