from dataclasses import replace
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
        ({"padding": "valid"}, r"padding is 'valid'; expected .* or 'same'"),
        ({"padding": ((1, 0), (0, -1))}, "padding is -1"),
        ({"padding": ((1, 0), (0, 1), (0, 0))}, r"expected .*\(\(top, bottom\), \(left, right\)\)"),
        ({"padding": ((1, 0), 1.5)}, "padding is 1.5"),
        ({"dilation": 3}, r"kernel \(3, 3\) dilated to \(7, 7\) is larger than .* \(5, 5\)"),
        ({"dilation": 0}, "dilation is 0"),
        ({"input_dilation": (1, 0)}, "input_dilation is 0"),
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


def test_sides_of_the_padding_are_kept_apart() -> None:
    layer = Layer.conv("c", 2, 2, (3, 2), padding=((2, 0), (1, 4)), input_size=(5, 6))
    assert (layer.padding, layer.extra_padding) == ((2, 1), (-2, 3))
    assert layer.padding_sides == ((2, 0), (1, 4))
    assert layer.padded_size == (7, 11)
    assert layer.output_size == (5, 10)
    with pytest.raises(UserError, match="padding at the right is -1"):
        replace(layer, extra_padding=(0, -2))


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "sides"),
    [
        (8, 3, 1, 1, (1, 1)),
        (8, 2, 1, 1, (0, 1)),
        (224, 3, 2, 1, (0, 1)),  # MobileNet's first convolution in TensorFlow
        (224, 7, 2, 1, (2, 3)),
        (9, 3, 2, 1, (1, 1)),
        (8, 3, 1, 2, (2, 2)),
        (8, 4, 1, 3, (4, 5)),
        (7, 1, 3, 1, (0, 0)),
    ],
)
def test_same_padding_gives_an_output_per_stride(
    size: int, kernel: int, stride: int, dilation: int, sides: tuple[int, int]
) -> None:
    layer = Layer.conv(
        "c",
        1,
        1,
        (kernel, 1),
        stride=(stride, 1),
        padding="same",
        input_size=(size, 1),
        dilation=(dilation, 1),
    )
    assert layer.padding_sides == (sides, (0, 0))
    assert layer.output_size == (-(-size // stride), 1)


def test_a_dilated_kernel_spans_more_rows_than_it_has() -> None:
    layer = Layer.conv("c", 4, 4, 3, input_size=(9, 11), dilation=(3, 2))
    assert layer.extent == (7, 5)
    assert layer.output_size == (3, 7)
    assert layer.window == 36


def test_zeros_between_the_inputs_make_a_transposed_convolution_a_plain_one() -> None:
    """ConvTranspose2d(kernel 4, stride 2, padding 1) doubles a map: 4 - 1 - 1 zeros around."""
    layer = Layer.conv("c", 3, 5, 4, padding=2, input_size=(6, 7), input_dilation=2)
    assert layer.spread_size == (11, 13)
    assert layer.output_size == (12, 14)
    assert layer.input_shape == (3, 6, 7)


def test_old_calls_by_position_work() -> None:
    by_position = ("c", 4, 6, (3, 1), 2, 1, (9, 8), 2, (1, 2), 1)
    assert Layer.conv(*by_position) == Layer.conv(
        name="c",
        in_channels=4,
        out_channels=6,
        kernel=(3, 1),
        stride=2,
        padding=1,
        input_size=(9, 8),
        groups=2,
        dilation=(1, 2),
        input_dilation=1,
    )
    assert Layer.linear("fc", 4, 6, 2) == Layer.linear(
        name="fc", in_features=4, out_features=6, tokens=2
    )
