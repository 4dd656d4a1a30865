"""Products of every operator: the zeros of both operands against a plain computation."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from models.onnx_import.network import record_onnx
from sim import UserError
from tests.models.onnx_import.onnx_graphs import ORIGIN, floats, model, node, traced, written

ONE = np.float32(1)


def steps(kind: type, *shape: int) -> np.ndarray:
    """Integers from 3 to 6, so that 4 as zero point is met often."""
    rng = np.random.default_rng(sum(shape))
    return rng.integers(3, 7, shape).astype(kind)


def test_zero_points_of_a_quantized_convolution(tmp_path: Path) -> None:
    weight, x = steps(np.int8, 4, 3, 2, 2), steps(np.uint8, 2, 3, 5, 5)
    points = np.array([4, 3, 5, 4], dtype=np.int8)
    stored = {"s": ONE, "zx": np.uint8(4), "w": weight, "zw": points, "zy": np.uint8(0)}
    stored |= {"sw": np.ones(4, dtype=np.float32)}
    nodes = [node("QLinearConv", ["x", "s", "zx", "w", "sw", "zw", "s", "zy"], ["y"])]
    proto = model(nodes, {"x": ["n", 3, 5, 5]}, stored, kind=TensorProto.UINT8)
    trace = traced(tmp_path, proto, x)
    (layer,) = trace.traces
    assert np.array_equal(layer.activation, x != 4)
    assert np.array_equal(layer.weight, weight != points[:, None, None, None])
    assert "INT8 zeros as the network quantizes them; 2 inputs" in trace.provenance.data


INTEGER = {
    "ConvInteger": (["x", "w", "zx", "zw"], (1, 3, 4, 4), (2, 3, 3, 3)),
    "ConvInteger without zero points": (["x", "w"], (1, 3, 4, 4), (2, 3, 3, 3)),
    "MatMulInteger": (["x", "w", "zx", "zw"], (1, 5, 4), (4, 3)),
    "QLinearMatMul": (["x", "s", "zx", "w", "s", "zw", "s", "zy"], (1, 5, 4), (4, 3)),
    "QGemm": (["x", "s", "zx", "w", "s", "zw", "", "s", "zy"], (1, 4), (3, 4)),
}


@pytest.mark.parametrize("case", INTEGER)
def test_other_operators_on_integers(tmp_path: Path, case: str) -> None:
    inputs, shape, weight_shape = INTEGER[case]
    operator = case.split()[0]
    x, weight = steps(np.uint8, *shape), steps(np.uint8, *weight_shape)
    domain, stated = ("com.microsoft", {"transB": 1}) if operator == "QGemm" else ("", {})
    stored = {"w": weight, "s": ONE, "zx": np.uint8(4), "zw": np.uint8(3), "zy": np.uint8(0)}
    stored = {name: value for name, value in stored.items() if name in inputs}
    nodes = [node(operator, inputs, ["y"], domain=domain, **stated)]
    (layer,) = traced(
        tmp_path, model(nodes, {"x": ["n", *shape[1:]]}, stored, kind=TensorProto.UINT8), x
    ).traces
    zero, weight_zero = (4, 3) if "zx" in inputs else (0, 0)
    assert layer.activation.sum() == (x != zero).sum()
    mask = weight != weight_zero
    expected = mask.T if "MatMul" in operator else mask
    assert np.array_equal(layer.weight, expected.reshape(layer.layer.weight_shape))


def test_one_zero_point_for_each_row_and_column(tmp_path: Path) -> None:
    x, weight = steps(np.uint8, 1, 2, 4), steps(np.uint8, 4, 3)
    columns = np.array([3, 4, 5], dtype=np.uint8)
    nodes = [node("MatMulInteger", ["x", "w", "", "zw"], ["y"])]
    proto = model(nodes, {"x": ["n", 2, 4]}, {"w": weight, "zw": columns}, kind=TensorProto.UINT8)
    (layer,) = traced(tmp_path, proto, x).traces
    assert np.array_equal(layer.weight[:, :, 0, 0], (weight != columns).T)


def test_zero_points_that_constants_make_hold_for_every_image(tmp_path: Path) -> None:
    x, weight = steps(np.uint8, 3, 2, 4), steps(np.uint8, 4, 3)
    nodes = [
        node("Identity", ["z"], ["zx"]),
        node("Identity", ["z"], ["zw"]),
        node("MatMulInteger", ["x", "w", "zx", "zw"], ["y"]),
    ]
    stored = {"w": weight, "z": np.uint8(4)}
    proto = model(nodes, {"x": ["n", 2, 4]}, stored, kind=TensorProto.UINT8)
    (layer,) = traced(tmp_path, proto, x).traces
    assert layer.activation.sum(axis=(1, 2, 3)).tolist() == (x != 4).sum(axis=(1, 2)).tolist()
    assert np.array_equal(layer.weight[:, :, 0, 0], (weight != 4).T)


def test_zeros_around_a_quantized_map_leave_it_quantized(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        node("Pad", ["d", "around"], ["p"]),
        node("DequantizeLinear", ["w", "s", "zw"], ["v"]),
        node("Conv", ["p", "v"], ["y"]),
    ]
    weight = np.array([[[[5, 6], [7, 5]]]], dtype=np.int8)
    around = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    stored = {"s": ONE, "z": np.uint8(9), "w": weight, "zw": np.int8(5), "around": around}
    trace = traced(tmp_path, model(nodes, {"x": ["n", 1, 4, 4]}, stored), floats(1, 1, 4, 4))
    assert "INT8 zeros as the network quantizes them;" in trace.provenance.data
    assert trace.traces[0].layer.padding_sides == ((1, 1), (1, 1))


def test_quantized_and_dequantized_around_a_layer(tmp_path: Path) -> None:
    """Small activations that round to the zero point are zeros; so are weights at theirs."""
    weight = np.array([[5, 6], [7, 5]], dtype=np.int8)
    stored = {"s": np.float32(0.5), "z": np.uint8(9), "w": weight, "zw": np.int8(5)}
    nodes = [
        node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        node("DequantizeLinear", ["w", "s", "zw"], ["v"]),
        node("Transpose", ["v"], ["t"]),
        node("MatMul", ["d", "t"], ["y"]),
    ]
    proto, x = model(nodes, {"x": ["n", 2]}, stored), np.float32([[0.2, 0.3]])
    trace = traced(tmp_path, proto, x)
    (layer,) = trace.traces
    assert layer.activation.ravel().tolist() == [False, True]
    assert layer.weight[:, :, 0, 0].tolist() == [[False, True], [True, False]]
    assert "as the network quantizes them;" in trace.provenance.data
    same = record_onnx(
        written(tmp_path, model(nodes, {"x": ["n", 2]}, stored)),
        np.float32([[0.2, 0.3]]),
        ORIGIN,
        int8=True,
    )
    assert same.provenance.data == trace.provenance.data


def test_a_network_of_which_a_part_is_quantized(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", ["x", "w"], ["a"]),
        node("QuantizeLinear", ["a", "s", "z"], ["q"]),
        node("MatMulInteger", ["q", "v", "z"], ["y"]),
    ]
    stored = {"w": floats(4, 4), "s": ONE, "z": np.uint8(4), "v": steps(np.int8, 4, 2)}
    trace = traced(tmp_path, model(nodes, {"x": ["n", 4]}, stored), floats(1, 4))
    assert "(1 of 2 layers, the others not INT8)" in trace.provenance.data


MATRICES: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[str, int, int, int, int]]] = {
    # operands, then kind, positions, inner, columns, groups
    "tokens": ((1, 5, 4), (4, 3), ("linear", 5, 4, 3, 1)),
    "maps of tokens": ((1, 2, 5, 4), (4, 3), ("linear", 10, 4, 3, 1)),
    "one matrix in a stack": ((1, 5, 4), (1, 4, 3), ("linear", 5, 4, 3, 1)),
    "a stack of weights": ((1, 2, 5, 4), (2, 4, 3), ("conv", 5, 4, 3, 2)),
    "weights for every batch": ((1, 1, 5, 4), (3, 4, 2), ("conv", 5, 4, 2, 3)),
    "a vector": ((1, 5, 4), (4,), ("linear", 5, 4, 1, 1)),
}


@pytest.mark.parametrize("case", MATRICES)
@pytest.mark.parametrize("left", [False, True])
def test_matrices_of_any_rank(tmp_path: Path, case: str, left: bool) -> None:
    first, second, (kind, positions, inner, columns, groups) = MATRICES[case]
    x, weight = floats(*first), floats(*second)
    if left:  # the same product, turned
        x = x.swapaxes(-1, -2)
        weight = weight.swapaxes(-1, -2) if weight.ndim > 1 else weight
    operands = ["w", "x"] if left else ["x", "w"]
    proto = model([node("MatMul", operands, ["y"])], {"x": list(x.shape)}, {"w": weight})
    (trace,) = traced(tmp_path, proto, x).traces
    layer = trace.layer
    assert (layer.kind, layer.output_pixels, layer.groups) == (kind, positions, groups)
    assert (layer.group_channels, layer.group_filters) == (inner, columns)
    assert trace.activation.sum() == (x != 0).sum() * (groups if x.shape[1] == 1 < groups else 1)
    assert trace.weight.sum() == (weight != 0).sum()


@pytest.mark.parametrize("turned", [0, 1])
def test_a_general_product_may_be_turned(tmp_path: Path, turned: int) -> None:
    weight = floats(3, 4) if turned else floats(4, 3)
    nodes = [node("Gemm", ["x", "w", "b"], ["y"], transB=turned)]
    proto = model(nodes, {"x": ["n", 4]}, {"w": weight, "b": floats(3)})
    (layer,) = traced(tmp_path, proto, floats(2, 4)).traces
    expected = (weight if turned else weight.T) != 0
    assert np.array_equal(layer.weight[:, :, 0, 0], expected)


def test_two_activations_and_who_reads_whom(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", ["x", "q"], ["a"], name="query"),
        node("Relu", ["a"], ["b"]),
        node("Transpose", ["x"], ["t"], perm=[0, 2, 1]),
        node("MatMul", ["b", "t"], ["c"], name="/scores"),
        node("Conv", ["c", "k"], ["y"], name="conv"),
    ]
    x = floats(2, 5, 4)
    proto = model(nodes, {"x": ["n", 5, 4]}, {"q": floats(4, 4), "k": floats(2, 5, 1)})
    trace = traced(tmp_path, proto, x)
    assert [(e.trace.layer.name, e.consumer, e.consumer_operand) for e in trace.layers] == [
        ("q", "scores", "activation"),
        ("scores", "k", "activation"),
        ("k", None, "activation"),
    ]
    scores = trace.traces[1]
    assert scores.layer.is_product
    assert np.array_equal(scores.weight[:, :, :, 0, 0], x != 0)
    expected = np.maximum(x @ floats(4, 4), 0) != 0
    assert np.array_equal(scores.activation.reshape(2, 4, 5), expected.swapaxes(1, 2))


def test_a_layer_twice_is_two_rows(tmp_path: Path) -> None:
    nodes = [node("MatMul", ["x", "w"], ["a"]), node("MatMul", ["a", "w"], ["y"])]
    trace = traced(tmp_path, model(nodes, {"x": ["n", 4]}, {"w": floats(4, 4)}), floats(2, 4))
    assert [layer.layer.name for layer in trace.traces] == ["w", "w#2"]


def refused(tmp_path: Path, proto: onnx.ModelProto, x: Any, message: str) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        traced(tmp_path, proto, x)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_and_activations_that_are_not_finite(tmp_path: Path, bad: float) -> None:
    weight = floats(4, 4)
    weight[1, 2] = bad
    nodes = [node("MatMul", ["x", "w"], ["y"])]
    x = floats(1, 4)
    refused(tmp_path, model(nodes, {"x": [1, 4]}, {"w": weight}), x, "^w: its weights hold")
    nodes = [node("Mul", ["x", "b"], ["a"]), node("MatMul", ["a", "w"], ["y"])]
    stored = {"w": floats(4, 4), "b": np.float32(bad)}
    refused(tmp_path, model(nodes, {"x": [1, 4]}, stored), x, "^w: its activations hold")


def test_a_kernel_of_activations(tmp_path: Path) -> None:
    nodes = [node("Conv", ["x", "x"], ["y"], name="correlate")]
    x = floats(1, 1, 3, 3)
    refused(tmp_path, model(nodes, {"x": [1, 1, 3, 3]}), x, "^correlate: convolves with a kernel")


def test_a_volume_that_does_not_map_onto_a_plane(tmp_path: Path) -> None:
    proto = model(
        [node("Conv", ["x", "w"], ["y"])], {"x": [1, 1, 4, 3, 3]}, {"w": floats(1, 1, 2, 3, 3)}
    )
    refused(tmp_path, proto, floats(1, 1, 4, 3, 3), "^w: a 3-D convolution whose kernel slides")


def test_a_convolution_over_more_axes_than_a_volume(tmp_path: Path) -> None:
    proto = model(
        [node("Conv", ["x", "w"], ["y"])], {"x": [1, 1, *[3] * 4]}, {"w": floats(*[1] * 6)}
    )
    refused(tmp_path, proto, floats(1, 1, *[3] * 4), "^w: a convolution over 4 axes has no row")
