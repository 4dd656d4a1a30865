import numpy as np
import pytest

from models.onnx_import.graph import Graph
from models.onnx_import.rewriting import (
    filters_first,
    insert_behind,
    new_name,
    put_weights,
    taken_names,
)
from tests.models.onnx_import.onnx_graphs import floats, model, node
from tests.models.onnx_import.test_session import PATH


def test_names_are_new_and_then_taken() -> None:
    proto = model([node("Relu", ["x"], ["y"])], {"x": [1]}, {"w": floats(2)})
    taken = taken_names(proto)
    assert taken == {"x", "y", "w"}
    assert new_name("y", "_a", taken) == "y_a"
    assert new_name("y", "_a", taken) == "y_a_a"


def test_all_that_read_a_value_read_what_is_put_behind_it() -> None:
    nodes = [node("Relu", ["x"], ["a"]), node("Add", ["a", "x"], ["b"]), node("Neg", ["a"], ["y"])]
    proto = model(nodes, {"x": [1]})
    insert_behind(
        proto,
        {"x": ("x2", [node("Abs", ["x"], ["x2"])]), "a": ("a2", [node("Abs", ["a"], ["a2"])])},
    )
    assert [(list(each.input), list(each.output)) for each in proto.graph.node] == [
        (["x"], ["x2"]),
        (["x2"], ["a"]),
        (["a"], ["a2"]),
        (["a2", "x2"], ["b"]),
        (["a2"], ["y"]),
    ]


@pytest.mark.parametrize(
    ("operator", "turned", "inverse"),
    [("MatMul", {}, True), ("Gemm", {}, True), ("Gemm", {"transB": 1}, False)],
)
def test_matrices_have_a_filter_for_each_first_index(
    operator: str, turned: dict[str, int], inverse: bool
) -> None:
    nodes = [node(operator, ["x", "w"], ["y"], **turned)]
    proto = model(nodes, {"x": [1, 4]}, {"w": floats(4, 4)})
    (product,) = Graph(PATH, proto).products
    weight = np.arange(16.0).reshape(4, 4)
    first = filters_first(weight, product, 1)
    assert np.array_equal(first, weight.T if inverse else weight)
    assert np.array_equal(filters_first(first, product, 1), weight)


def test_weights_that_others_read_too_stay() -> None:
    nodes = [node("MatMul", ["x", "w"], ["a"]), node("Add", ["a", "w"], ["y"])]
    proto = model(nodes, {"x": [4, 4]}, {"w": floats(4, 4)})
    (product,) = Graph(PATH, proto).products
    put_weights(proto, [(product, 1, np.zeros((4, 4), dtype=np.float32))], "_new")
    assert [list(each.input) for each in proto.graph.node] == [["x", "w_new"], ["a", "w"]]
    assert [each.name for each in proto.graph.initializer] == ["w", "w_new"]
