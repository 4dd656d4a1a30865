from functools import cache

import pytest
import torch

from models.graph.dataflow import LayerInput, layer_inputs
from models.imagenet.densities.places import (
    MeasuredInput,
    ReluPlace,
    channel_spreads,
    depth_of,
    measured_inputs,
    measured_mean,
    relu_places,
)
from models.networks import build


@cache
def inputs(name: str) -> tuple[LayerInput, ...]:
    with torch.device("meta"):
        return layer_inputs(build(name), (3, 224, 224))


def places(name: str) -> dict[str, ReluPlace]:
    return relu_places(inputs(name))


def test_places_in_a_residual_network() -> None:
    relus = places("resnet50")
    assert relus["layer1.0.conv1"] is ReluPlace.OTHER  # behind the stem's pooling
    assert relus["layer1.1.conv1"] is ReluPlace.ADDITION
    assert relus["layer1.1.conv2"] is ReluPlace.OTHER
    assert not {"conv1", "fc", "layer2.0.downsample.0"} & set(relus)


def test_places_around_depthwise_convolutions_and_gates() -> None:
    relus = places("mobilenet_v3_small")
    assert relus["features.2.block.1.0"] is ReluPlace.BEFORE_DEPTHWISE
    assert relus["features.2.block.2.0"] is ReluPlace.AFTER_DEPTHWISE
    assert relus["features.1.block.2.0"] is ReluPlace.AFTER_DEPTHWISE  # with a gate in between
    assert "features.5.block.1.0" not in relus  # hard swish


@pytest.mark.parametrize(("side", "depth"), [(224, 0), (113, 1), (56, 2), (29, 3), (14, 4), (7, 5)])
def test_a_row_of_padding_does_not_change_the_depth(side: int, depth: int) -> None:
    assert depth_of(224, side) == depth


def test_means_are_of_one_place_at_the_nearest_depth() -> None:
    rows = [
        MeasuredInput("a", "x", ReluPlace.OTHER, 2, 0.2, 0.1),
        MeasuredInput("b", "y", ReluPlace.OTHER, 2, 0.4, 0.3),
        MeasuredInput("a", "z", ReluPlace.OTHER, 5, 0.9, 0.0),
        MeasuredInput("a", "w", ReluPlace.ADDITION, 3, 0.7, 0.0),
    ]
    mean = measured_mean(ReluPlace.OTHER, 3, rows)
    assert mean is not None
    assert mean.density == pytest.approx(0.3)
    assert mean.channel_spread == pytest.approx(0.2)
    assert mean.source.endswith("halved 2 times, measured on a, b")
    assert measured_mean(ReluPlace.BEFORE_DEPTHWISE, 3, rows) is None


def test_rows_that_another_network_took_over_are_not_counted_as_measured() -> None:
    assert {row.network for row in measured_inputs()} == {
        "mobilenet_v1_relu6",
        "resnet50_half",
        "efficientnet_lite0",
    }
    assert {row.network for row in measured_inputs("derived")} == {"mobilenet_v1", "resnet50"}


def test_a_layer_that_was_measured_has_its_spread_and_others_that_of_their_place() -> None:
    rows = inputs("resnet50")
    measured = {row.layer: row.channel_spread for row in measured_inputs("derived")}
    assert channel_spreads("resnet50", rows)["layer1.1.conv2"] == measured["layer1.1.conv2"]
    known = [MeasuredInput("a", "x", ReluPlace.OTHER, 2, 0.2, 0.125)]
    ruled = channel_spreads("resnet50", rows, known)
    assert ruled["layer1.1.conv2"] == 0.125
    assert "layer1.1.conv1" not in ruled  # after an addition, which nobody measured
