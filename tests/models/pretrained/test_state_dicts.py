import re
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from models.imagenet.full_size import full_size_network
from models.imagenet.settings import FullSizeSettings
from models.pretrained import state_dicts
from sim.errors import UserError
from tests.models.pretrained.files import mobilenet_constants, write_graph_def, write_open_nsfw


def network(name: str) -> nn.Module:
    module = full_size_network(name, FullSizeSettings(seed=3), weights=True)
    for child in module.modules():
        if isinstance(child, nn.BatchNorm2d):
            child.running_mean.normal_()  # type: ignore[union-attr]
            child.running_var.uniform_(0.5, 2.0)  # type: ignore[union-attr]
    return module


def state(module: nn.Module) -> dict[str, Tensor]:
    return {
        name: value
        for name, value in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def assert_equal(actual: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    assert set(actual) == set(expected)
    for name, value in expected.items():
        assert torch.equal(actual[name], value), name


def test_mobilenet_comes_back_from_a_frozen_graph(tmp_path: Path) -> None:
    expected = state(network("mobilenet_v1_relu6"))
    path = tmp_path / "graph.pb"
    write_graph_def(path, mobilenet_constants(expected))
    assert_equal(state_dicts.mobilenet_v1_relu6(path), expected)


def test_a_graph_that_is_no_mobilenet(tmp_path: Path) -> None:
    path = tmp_path / "graph.pb"
    write_graph_def(path, {"other": torch.zeros(2)})
    with pytest.raises(UserError, match="lacks constant MobilenetV1/Conv2d_0/weights"):
        state_dicts.mobilenet_v1_relu6(path)


def lite0_key(name: str) -> str:
    """The name of a tensor in the published file."""
    block = re.fullmatch(r"blocks\.(\d+)\.(\w+?)(_bn)?(?:\.(conv|bn))?\.(\w+)", name)
    if block is None:
        return f"_{name}"
    index, part, norm, inner, tensor = block.groups()
    order = {"expand": 0, "depthwise": 1, "project": 2}[part]
    is_norm = norm is not None or inner == "bn"
    return f"_blocks.{index}.{f'_bn{order}' if is_norm else f'_{part}_conv'}.{tensor}"


def test_lite0_comes_back_from_a_torch_file(tmp_path: Path) -> None:
    expected = state(network("efficientnet_lite0"))
    path = tmp_path / "lite0.pth"
    published = {lite0_key(name): value for name, value in expected.items()}
    assert {"_conv_stem.weight", "_blocks.1._bn0.bias", "_bn1.running_var"} <= set(published)
    torch.save(published, path)
    assert_equal(state_dicts.efficientnet_lite0(path), expected)


def test_half_resnet_comes_back_from_an_onnx_file(tmp_path: Path) -> None:
    expected = state(network("resnet50_half"))
    path = tmp_path / "net.onnx"
    write_open_nsfw(path, expected)
    assert_equal(state_dicts.resnet50_half(path), expected)


def test_an_onnx_file_without_a_layer(tmp_path: Path) -> None:
    tensors = state(network("resnet50_half"))
    del tensors["layer3.4.conv2.weight"]
    path = tmp_path / "net.onnx"
    write_open_nsfw(path, tensors)
    with pytest.raises(UserError, match=r"lacks layer layer3\.4\.conv2"):
        state_dicts.resnet50_half(path)
