"""INT8 of a graph of real numbers: a scale per filter and per tensor, zero kept exactly."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from models.onnx_import.graph import Graph
from models.onnx_import.inputs import by_image
from models.onnx_import.network import record_onnx
from models.onnx_import.rounding import round_to_int8
from sim import NetworkTrace, UserError
from tests.models.onnx_import.onnx_graphs import ORIGIN, floats, model, node, written


def rounded(folder: Path, proto: onnx.ModelProto, x: Any) -> NetworkTrace:
    return record_onnx(written(folder, proto), x, ORIGIN, int8=True)


def by_filter(operator: str, *shape: int, filters: int, **stated: int) -> np.ndarray:
    """A weight whose filters have largest values 1 and 1000, and a small value in each."""
    weight = np.zeros(shape, dtype=np.float32)
    axis = np.moveaxis(weight, filters, 0)
    axis.reshape(axis.shape[0], -1)
    for number in range(axis.shape[0]):
        largest = 1.0 if number % 2 else 1000.0
        axis[number].flat[0] = largest
        axis[number].flat[1] = largest * 0.003  # under half a step of 127
        axis[number].flat[2] = largest * 0.005  # above it
    return weight


CASES: dict[str, tuple[str, tuple[int, ...], tuple[int, ...], int, dict[str, int]]] = {
    "conv": ("Conv", (1, 3, 4, 4), (4, 3, 2, 2), 0, {}),
    "transposed": ("ConvTranspose", (1, 4, 3, 3), (4, 2, 2, 2), 1, {}),
    "tokens": ("MatMul", (1, 5, 8), (8, 4), 1, {}),
    "general": ("Gemm", (1, 8), (8, 4), 1, {}),
    "turned": ("Gemm", (1, 8), (4, 8), 0, {"transB": 1}),
}


@pytest.mark.parametrize("case", CASES)
def test_each_filter_has_its_scale(tmp_path: Path, case: str) -> None:
    operator, shape, weight_shape, filters, stated = CASES[case]
    weight = by_filter(operator, *weight_shape, filters=filters)
    proto = model([node(operator, ["x", "w"], ["y"], **stated)], {"x": list(shape)}, {"w": weight})
    (layer,) = rounded(tmp_path, proto, np.ones(shape, dtype=np.float32)).traces
    assert layer.layer.name == "w"
    expected = np.count_nonzero(weight) * 2 // 3
    assert layer.weight.sum() == expected


def test_a_tensor_is_rounded_once_for_all_that_read_it(tmp_path: Path) -> None:
    """Values under half of a 255th of the range become zero; a shortcut sees the rounded ones."""
    nodes = [
        node("Relu", ["x"], ["a"]),
        node("MatMul", ["a", "w"], ["b"]),
        node("Add", ["a", "b"], ["c"]),
        node("MatMul", ["c", "v"], ["y"]),
    ]
    stored = {"w": np.zeros((3, 3), dtype=np.float32), "v": np.eye(3, dtype=np.float32)}
    x = np.array([[255.0, 0.4, 0.6]], dtype=np.float32)
    first, second = rounded(tmp_path, model(nodes, {"x": ["n", 3]}, stored), x).traces
    assert first.activation.ravel().tolist() == [True, False, True]
    assert second.activation.ravel().tolist() == [True, False, True]


def test_both_operands_of_a_product_of_activations_are_rounded(tmp_path: Path) -> None:
    nodes = [node("Relu", ["x"], ["a"]), node("MatMul", ["x", "a"], ["y"])]
    x = np.array([[[120.0, 0.4], [-120.0, 0.6]]], dtype=np.float32)
    (layer,) = rounded(tmp_path, model(nodes, {"x": ["n", 2, 2]}), x).traces
    assert layer.weight.reshape(2, 2).T.tolist() == [[True, False], [False, True]]
    assert layer.activation.reshape(2, 2).T.tolist() == [[True, False], [True, True]]


def test_what_does_not_round_is_refused() -> None:
    nodes = [node("MatMul", ["x", "w"], ["y"])]
    old = model(nodes, {"x": ["n", 4]}, {"w": floats(4, 4)}, opset=9)
    double = model(nodes, {"x": ["n", 4]}, {"w": floats(4, 4).astype(float)}, kind=11)
    for proto, message in ((old, "opset 10"), (double, "INT8 is made of float32")):
        graph = Graph(Path("net.onnx"), proto)
        with pytest.raises(UserError, match=message):
            round_to_int8(graph, proto, by_image(graph.inputs, floats(1, 4)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_not_finite_have_no_steps(tmp_path: Path, bad: float) -> None:
    weight = floats(4, 4)
    weight[1, 2] = bad
    proto = model([node("MatMul", ["x", "w"], ["y"])], {"x": [1, 4]}, {"w": weight})
    with pytest.raises(UserError, match=r"its weights hold values that are not fin"):
        rounded(tmp_path, proto, np.ones((1, 4), dtype=np.float32))


def test_names_of_the_network_that_look_rounded_stay_as_they_are(tmp_path: Path) -> None:
    nodes = [
        node("Relu", ["x"], ["a"]),
        node("Sub", ["x", "x_quantized"], ["a_quantized"]),
        node("MatMul", ["x", "w"], ["p"]),
        node("MatMul", ["a", "w"], ["q"]),
        node("MatMul", ["a_quantized", "w"], ["y"]),
    ]
    x = np.array([[1.0, 0.0, -1.0]], dtype=np.float32)
    inputs = {"x": ["n", 3], "x_quantized": ["n", 3]}
    proto = model(nodes, inputs, {"w": np.eye(3, dtype=np.float32)})
    layers = rounded(tmp_path, proto, {"x": x, "x_quantized": x}).traces
    expected = [[True, False, True], [True, False, False], [False] * 3]
    assert [layer.activation.ravel().tolist() for layer in layers] == expected


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_activations_that_are_not_finite_have_no_range(tmp_path: Path, bad: float) -> None:
    nodes = [node("Mul", ["x", "b"], ["a"]), node("MatMul", ["a", "w"], ["y"])]
    proto = model(nodes, {"x": [1, 4]}, {"w": floats(4, 4), "b": np.float32(bad)})
    with pytest.raises(UserError, match=r"its activations hold values that are not"):
        rounded(tmp_path, proto, np.ones((1, 4), dtype=np.float32))


def test_a_tensor_that_is_all_zero_stays_zero(tmp_path: Path) -> None:
    stored = {"w": np.zeros((4, 4), dtype=np.float32)}
    proto = model([node("MatMul", ["x", "w"], ["y"])], {"x": [1, 4]}, stored)
    (layer,) = rounded(tmp_path, proto, np.zeros((1, 4), dtype=np.float32)).traces
    assert not layer.activation.any()
    assert not layer.weight.any()
