"""What waits for the additions of an ONNX network."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from models.recording import record
from tests.models.onnx_import.onnx_graphs import floats, model, node, traced, written

FIRST, SECOND = node("MatMul", ["x", "w"], ["a"]), node("MatMul", ["r", "w"], ["b"])
RELU = node("Relu", ["a"], ["r"])

ADDING = {
    "Add": [node("Add", ["b", "r"], ["y"])],
    "Add the other way round": [node("Add", ["r", "b"], ["y"])],
    "Sum of three": [node("Sum", ["b", "x", "r"], ["y"])],
    "two of them": [node("Add", ["b", "r"], ["c"]), node("Add", ["c", "x"], ["y"])],
    "a bias": [node("Add", ["b", "bias"], ["y"])],
    "concatenation": [node("Concat", ["b", "r"], ["y"], axis=1)],
    "SkipLayerNormalization": [
        node("SkipLayerNormalization", ["b", "r", "bias"], ["y"], domain="com.microsoft")
    ],
}
WAITING = {"Sum of three": 30, "two of them": 30, "a bias": 0, "concatenation": 0}


@pytest.mark.parametrize("case", ADDING)
def test_operators_that_add(tmp_path: Path, case: str) -> None:
    nodes = [FIRST, RELU, SECOND, *ADDING[case]]
    proto = model(nodes, {"x": ["n", 3, 5]}, {"w": floats(5, 5), "bias": floats(5)})
    trace = traced(tmp_path, proto, floats(2, 3, 5))
    waiting = [entry.trace.layer.residual_elements for entry in trace.layers]
    assert waiting == [0, WAITING.get(case, 15)]


def test_a_quantized_addition_and_a_name_that_is_taken(tmp_path: Path) -> None:
    stored = {"s": np.float32(1), "z": np.uint8(4), "w": np.full((5, 5), 3, dtype=np.uint8)}
    product = [node("QLinearMatMul", ["x", "s", "z", "w", "s", "z", "s", "z"], ["x:size"])]
    inputs = ["x:size", "s", "z", "x", "s", "z", "s", "z"]
    nodes = [*product, node("QLinearAdd", inputs, ["y"], domain="com.microsoft")]
    proto = model(nodes, {"x": ["n", 5]}, stored, kind=TensorProto.UINT8)
    trace = traced(tmp_path, proto, np.full((2, 5), 5, dtype=np.uint8))
    assert trace.layers[0].trace.layer.residual_elements == 5


def test_rounding_to_int8_keeps_what_waits(tmp_path: Path) -> None:
    nodes: list[onnx.NodeProto] = [FIRST, RELU, SECOND, *ADDING["Add"]]
    path = written(tmp_path, model(nodes, {"x": ["n", 3, 5]}, {"w": floats(5, 5)}))
    for int8 in (False, True):
        trace = record(path, floats(2, 3, 5), int8=int8)
        assert [entry.trace.layer.residual_elements for entry in trace.layers] == [0, 15]
