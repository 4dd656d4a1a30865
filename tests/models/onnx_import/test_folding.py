"""Constants that a file computes instead of storing them."""

from pathlib import Path

import numpy as np

from models.onnx_import.folding import constant_value
from models.onnx_import.graph import Graph
from tests.models.onnx_import.onnx_graphs import floats, model, node, traced

PADS = [
    node("Concat", ["none", "sides"], ["flat"], axis=0),
    node("Mul", ["flat", "two"], ["pads"]),
    node("Pad", ["x", "pads"], ["a"]),
    node("Conv", ["a", "w"], ["y"]),
]
STORED = {
    "none": np.zeros(2, dtype=np.int64),
    "sides": np.array([1, 0, 0, 0, 0, 1]),
    "two": np.array(2),
    "w": floats(1, 1, 3, 3),
}


def test_a_value_computed_from_constants() -> None:
    graph = Graph(Path("net.onnx"), model(PADS, {"x": [1, 1, 5, 5]}, STORED))
    pads = constant_value(graph, "pads")
    assert pads is not None
    assert pads.tolist() == [0, 0, 2, 0, 0, 0, 0, 2]
    assert np.array_equal(constant_value(graph, "two"), np.array(2))


def test_a_value_that_depends_on_the_shape_of_an_input() -> None:
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Neg", ["s"], ["n"]),
        node("MatMul", ["x", "w"], ["y"]),
    ]
    graph = Graph(Path("net.onnx"), model(nodes, {"x": [1, 4]}, {"w": floats(4, 4)}))
    assert constant_value(graph, "n") is None


def test_padding_that_is_computed_belongs_to_the_layer(tmp_path: Path) -> None:
    (layer,) = traced(tmp_path, model(PADS, {"x": [1, 1, 5, 5]}, STORED), floats(1, 1, 5, 5)).traces
    assert layer.layer.padding_sides == ((2, 0), (0, 2))
