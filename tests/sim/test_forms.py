from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace, UserError, conv1d, conv_transpose, matmul
from sim.masks.totals import effectual_macs
from tests.examples import examples


def scattered(
    x: np.ndarray, weight: np.ndarray, stride: int, padding: int, dilation: int, more: int
) -> tuple[tuple[int, int], int]:
    """A transposed convolution as it is defined: each input adds its kernel to the output.

    Returns:
        Size of the output, and the products of two nonzeros that fall inside of it.
    """
    size = [
        (edge - 1) * stride - 2 * padding + dilation * (kernel - 1) + more + 1
        for edge, kernel in zip(x.shape[1:], weight.shape[2:], strict=True)
    ]
    count = 0
    for c, k in product(range(weight.shape[0]), range(weight.shape[1])):
        for (y, x_), (r, s) in product(np.ndindex(*x.shape[1:]), np.ndindex(*weight.shape[2:])):
            row, column = y * stride + r * dilation - padding, x_ * stride + s * dilation - padding
            inside = 0 <= row < size[0] and 0 <= column < size[1]
            count += inside and bool(x[c, y, x_]) and bool(weight[c, k, r, s])
    return (size[0], size[1]), count


@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_a_transposed_convolution_is_the_convolution_that_it_is(data: st.DataObject) -> None:
    draw = data.draw
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    padding = draw(st.integers(0, dilation * (min(kernel) - 1)))
    more = draw(st.integers(0, stride - 1))
    size = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    weight, x = rng.random((2, 3, *kernel)) < 0.6, rng.random((2, *size)) < 0.6
    arguments = ("up", 2, 3, kernel, stride, padding, size, 1, dilation, more)
    output, count = scattered(x, weight, stride, padding, dilation, more)
    if min(output) < 1:
        with pytest.raises(UserError, match="larger than the padded input"):
            conv_transpose(*arguments)
        return
    layer = conv_transpose(*arguments)
    turned = weight.swapaxes(0, 1)[:, :, ::-1, ::-1]
    assert layer.output_size == output
    assert int(effectual_macs(LayerTrace(layer, turned, x[None]))[0]) == count


def test_padding_that_cuts_outputs_away_is_refused() -> None:
    with pytest.raises(UserError, match=r"up: padding 3 of a transposed .* reaches"):
        conv_transpose("up", 2, 2, 3, stride=2, padding=3, input_size=8)


def test_one_axis_is_a_map_of_one_row() -> None:
    layer = conv1d("c", 4, 6, 3, stride=2, padding=(2, 0), length=20, groups=2, dilation=4)
    assert layer == Layer.conv(
        "c",
        4,
        6,
        (1, 3),
        stride=(1, 2),
        padding=((0, 0), (2, 0)),
        input_size=(1, 20),
        groups=2,
        dilation=(1, 4),
    )
    assert conv1d("c", 4, 6, 3, padding="same", length=9).output_size == (1, 9)
    with pytest.raises(UserError, match="c: padding is 'causal'"):
        conv1d("c", 4, 6, 3, padding="causal", length=9)


def test_attention_of_twelve_heads() -> None:
    scores = matmul("scores", 197, 64, 197, 12)
    values = matmul("values", 197, 197, 64, 12)
    assert scores.dense_macs == values.dense_macs == 12 * 197 * 197 * 64
    assert scores.input_shape == (12 * 64, 197, 1)
    assert values.weight_shape == (12 * 64, 197, 1, 1)
    assert (scores.groups, scores.is_product, scores.is_linear) == (12, True, False)
