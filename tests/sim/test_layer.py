from typing import Any

import numpy as np
import pytest
from hypothesis import given

from sim import Layer, UserError
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


def test_numpy_integers_are_sizes_and_booleans_are_not() -> None:
    sizes = np.array([5, 7])
    layer = Layer.conv("c", np.int64(4), np.int32(8), np.int64(3), input_size=sizes)  # type: ignore[arg-type]
    assert layer == Layer.conv("c", 4, 8, 3, input_size=(5, 7))
    assert all(type(size) is int for size in (layer.in_channels, *layer.kernel, *layer.input_size))
    with pytest.raises(UserError, match="in_channels is True"):
        Layer.conv("c", True, 8, 1)


@pytest.mark.parametrize(
    "sizes",
    [
        {"padding": 10**9},
        {"in_channels": 2**20, "out_channels": 2**20},
        {"out_channels": 2**20, "input_size": 2**10},
    ],
)
def test_operands_that_no_machine_holds_are_refused_at_once(sizes: dict[str, int]) -> None:
    shape = {"in_channels": 1, "out_channels": 1, "kernel": 1, "input_size": 1, **sizes}
    with pytest.raises(UserError, match=r"c: .* would hold .* values; expected at most"):
        Layer.conv("c", **shape)
