from typing import Any

import numpy as np
import pytest
from hypothesis import given

from sim import Layer, LayerTrace, UserError
from sim.layer import tightest_bound
from tests.strategies import layers


@given(layers)
def test_dense_macs_count_every_position(layer: Layer) -> None:
    height, width = layer.output_size
    filters, channels, rows, columns = layer.weight_shape
    assert layer.dense_macs == filters * channels * rows * columns * height * width


def test_alexnet_conv2_from_the_docs() -> None:
    layer = Layer.conv(
        name="conv2",
        in_channels=64,
        out_channels=192,
        kernel=(5, 5),
        stride=1,
        padding=2,
        input_size=(27, 27),
        groups=1,
    )
    assert layer.output_size == (27, 27)
    assert layer.dense_macs == 223_948_800


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": 3}, "must divide"),
        ({"kernel": 9}, "larger than the padded input"),
        ({"stride": 0}, "stride"),
        ({"in_channels": 0}, "in_channels"),
        ({"kernel": 3.0}, r"kernel is 3\.0; expected one or two whole numbers"),
        ({"kernel": None}, "kernel is None"),
        ({"padding": (1, 1, 1)}, "padding"),
    ],
)
def test_impossible_layers_are_named(change: dict[str, Any], message: str) -> None:
    sizes = {"in_channels": 4, "out_channels": 4, "kernel": 3, "input_size": 5} | change
    with pytest.raises(UserError, match=message):
        Layer.conv("odd", **sizes)


def test_masks_of_the_wrong_kind_are_refused() -> None:
    layer = Layer.linear("fc", 8, 2)
    with pytest.raises(UserError, match=r"fc: weight mask has shape \(2, 8\); expected"):
        LayerTrace(layer, np.ones((2, 8), dtype=bool))
    with pytest.raises(UserError, match="dtype float64"):
        LayerTrace(layer, np.ones((2, 8, 1, 1)))
    with pytest.raises(UserError, match="more than the stated bound 3"):
        LayerTrace(layer, activation_bound=3)
    with pytest.raises(UserError, match=r"activation mask has shape \(\); expected"):
        LayerTrace(layer, activation=np.array(True))


@pytest.mark.parametrize("output", [np.ones((1, 2, 1, 1)), np.ones(1, dtype=bool), True, [True]])
def test_output_masks_of_the_wrong_kind_are_refused(output: Any) -> None:
    with pytest.raises(UserError, match="fc: output mask has shape"):
        LayerTrace(Layer.linear("fc", 8, 2), output=output)


def test_an_output_mask_has_the_images_of_the_input() -> None:
    with pytest.raises(UserError, match="output mask holds 2 images, the input 1"):
        LayerTrace(Layer.linear("fc", 8, 2), output=np.ones((2, 2, 1, 1), dtype=bool))


@pytest.mark.parametrize("bound", [9, -1, "3", 2.5])
def test_a_stated_bound_is_a_count_of_eight(bound: Any) -> None:
    with pytest.raises(UserError, match="activation_bound is"):
        LayerTrace(Layer.linear("fc", 8, 2), activation_bound=bound)


def test_tightest_bound_looks_at_blocks_of_eight_channels() -> None:
    mask = np.zeros((1, 12, 1, 1), dtype=bool)
    mask[0, [0, 7, 8, 9, 11]] = True
    assert tightest_bound(mask) == 3
    assert LayerTrace(Layer.linear("fc", 12, 1), mask).weight_bound == 3
