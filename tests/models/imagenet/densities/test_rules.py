from dataclasses import replace
from functools import cache

import pytest
import torch

from models.graph.dataflow import InputKind, LayerInput, layer_inputs
from models.imagenet.densities.places import MeasuredInput, ReluPlace
from models.imagenet.densities.rules import (
    activation_densities,
    weight_densities,
)
from models.imagenet.densities.tables import Density, published_densities
from models.networks import build
from sim.errors import UserError


@cache
def inputs(name: str, size: int = 224) -> dict[str, LayerInput]:
    with torch.device("meta"):
        network = build(name)
    return {row.layer.name: row for row in layer_inputs(network, (3, size, size))}


def weights(name: str, default: float = 0.5) -> dict[str, Density]:
    rows = inputs(name).values()
    return weight_densities(name, rows, published_densities(name, "weight"), default)


def activations(name: str) -> dict[str, Density]:
    rows = inputs(name).values()
    return activation_densities(rows, published_densities(name, "activation"))


def test_kinds_of_input_in_a_residual_network() -> None:
    rows = inputs("resnet50")
    assert rows["conv1"].kind is InputKind.IMAGE
    assert rows["layer1.0.conv1"].kind is InputKind.RELU  # behind the stem's pooling
    assert rows["layer1.1.conv1"].kind is InputKind.RESIDUAL
    assert rows["layer1.1.conv2"].kind is InputKind.RELU
    assert rows["fc"].kind is InputKind.POOLED
    assert rows["layer2.0.downsample.0"].tensor == "layer2.0.conv1"


def test_kinds_of_input_where_there_is_no_relu() -> None:
    v2, v3, yolo = inputs("mobilenet_v2"), inputs("mobilenet_v3_small"), inputs("yolov5s")
    assert v2["features.3.conv.0.0"].kind is InputKind.SIGNED  # after a linear bottleneck
    assert v2["features.3.conv.1.0"].kind is InputKind.RELU  # ReLU6
    assert v3["features.1.block.1.fc1"].kind is InputKind.POOLED
    assert v3["features.1.block.1.fc2"].kind is InputKind.RELU
    assert v3["features.1.block.2.0"].kind is InputKind.RELU  # ReLU map times gate
    assert v3["features.5.block.1.0"].kind is InputKind.SIGNED  # hard swish
    assert {row.kind for row in yolo.values()} == {InputKind.IMAGE, InputKind.SIGNED}


def test_kinds_of_input_behind_concatenation_and_addition_of_relus() -> None:
    assert inputs("googlenet")["inception3b.branch2.0.conv"].kind is InputKind.RELU
    yolo = inputs("yolov5s_relu")
    assert yolo["model.4.cv3.conv"].kind is InputKind.RELU
    assert yolo["model.4.m.1.cv1.conv"].kind is InputKind.SUM


def test_published_densities_stay_and_carry_their_source() -> None:
    made = weights("resnet50")
    assert made["conv1"].value == 0.4860
    assert made["conv1"].source.startswith("RAIVNLab/STR")
    assert {density.status for density in made.values()} == {"published"}


def test_rules_for_weights() -> None:
    stem = weights("googlenet")
    assert stem["conv1.conv"].value == 1.0
    assert stem["conv2.conv"].value == pytest.approx(0.392, abs=0.01)  # mean of 54 convolutions
    assert stem["conv2.conv"].source.startswith("modelled by rule: mean of the published conv")
    v2 = weights("mobilenet_v2")
    assert v2["features.3.conv.1.0"].value == 1.0  # depthwise
    assert v2["features.3.conv.0.0"].value == pytest.approx((3 + 10 * 0.5) / 13, abs=1e-3)
    assert v2["classifier.1"].value == 0.4
    assert weights("yolov5s", 0.37)["model.8.cv1.conv"].value == 0.37
    assert "assumed" in weights("yolov5s", 0.37)["model.8.cv1.conv"].source


def test_rules_for_activations() -> None:
    resnet = activations("resnet50")
    assert resnet["conv1"].value == pytest.approx(1.0, abs=0.01)
    assert resnet["layer2.0.downsample.0"] == replace(
        resnet["layer2.0.conv1"], layer="layer2.0.downsample.0"
    )  # reads the same tensor
    assert resnet["layer4.1.conv1"].status == "derived"  # measured at half width
    assert "half as wide" in resnet["layer4.1.conv1"].source
    vgg = activations("vgg16")
    assert (vgg["features.2"].value, vgg["features.2"].status) == (0.5062, "published")
    assert (vgg["classifier.3"].value, vgg["classifier.3"].status) == (0.45, "rule")
    assert activations("yolov5s_relu")["model.4.m.1.cv1.conv"].value == 1 - 0.44**2
    assert all(d.value == 1 for d in activations("yolov5s").values())


def test_a_layer_that_nobody_published_gets_the_mean_of_its_place_and_map_size() -> None:
    v2 = activations("mobilenet_v2")
    wide, narrow = v2["features.14.conv.1.0"], v2["features.14.conv.2"]  # 14x14, 7x7
    for density, place, halved in ((wide, "before", 4), (narrow, "after", 5)):
        assert density.status == "rule"
        assert f"relu {place} a depthwise convolution" in density.source
        assert f"maps halved {halved} times" in density.source
    assert activations("resnet18")["layer4.1.conv1"].value < 0.5  # after an addition, 7x7


def test_the_rules_without_a_measurement_of_the_place() -> None:
    rows = inputs("resnet50")
    plain = [
        MeasuredInput("toy", "conv", ReluPlace.OTHER, depth, 0.1 * depth, 0.2) for depth in (2, 4)
    ]
    ruled = activation_densities(rows.values(), {}, plain)
    assert ruled["layer1.1.conv1"].value == 0.82  # after an addition: the anchors
    assert ruled["layer4.1.conv1"].value == 0.27
    assert ruled["layer1.1.conv2"].value == pytest.approx(0.2)
    assert ruled["layer4.1.conv2"].value == pytest.approx(0.4)  # the nearest size
    assert ruled["layer2.1.conv2"].value == pytest.approx(0.4)  # of two as near, the deeper
    bare = activation_densities(rows.values(), {}, [])
    assert bare["layer1.1.conv2"].value == 0.56


def test_every_rule_row_says_so() -> None:
    for name in ("vgg16", "mobilenet_v3_large", "yolov5s_relu"):
        for density in [*weights(name).values(), *activations(name).values()]:
            assert (density.status == "rule") == density.source.startswith("modelled by rule: ")


def test_bad_default() -> None:
    with pytest.raises(UserError, match=r"default_weight_density is 1\.5"):
        weights("yolov5s", 1.5)
