"""onnxruntime computes node by node, within the memory of the machine, and says no in one line."""

from pathlib import Path

import numpy as np
import pytest

from models.onnx_import.session import Session
from sim import UserError
from tests.models.onnx_import.onnx_graphs import floats, model, node, traced

PATH = Path("net.onnx")


def test_any_value_can_be_seen_and_outputs_are_kept() -> None:
    nodes = [node("Relu", ["x"], ["a"]), node("Transpose", ["w"], ["t"]), node("Neg", ["a"], ["y"])]
    proto = model(nodes, {"x": [2, 3]}, {"w": floats(2, 3)})
    x = floats(2, 3)
    with Session(PATH, proto, ["a", "t"]) as session:
        values = session.run(["t", "a"], {"x": x})
        assert np.array_equal(values["a"], np.maximum(x, 0))
        assert np.array_equal(values["t"], floats(2, 3).T)
        assert list(session.run([], {"x": x})) == ["y"]
    assert [each.name for each in proto.graph.output] == ["y", "a", "t"]


@pytest.mark.parametrize("sizes", [[2**20, 2**22], [2**31, 2**31], [2**40, 2**40]])
def test_values_that_no_memory_holds_are_one_line(tmp_path: Path, sizes: list[int]) -> None:
    nodes = [
        node("ConstantOfShape", ["sizes"], ["huge"]),
        node("ReduceSum", ["huge"], ["sum"], keepdims=0),
        node("Add", ["x", "sum"], ["a"]),
        node("MatMul", ["a", "w"], ["y"]),
    ]
    stored = {"sizes": np.array(sizes, dtype=np.int64), "w": floats(4, 4)}
    with pytest.raises(UserError, match=r"net\.onnx: does not run on an image of x") as refusal:
        traced(tmp_path, model(nodes, {"x": ["n", 4]}, stored), floats(1, 4))
    assert "\n" not in str(refusal.value)


def test_a_map_that_is_repeated_beyond_memory_is_told_as_such(tmp_path: Path) -> None:
    nodes = [node("Tile", ["x", "times"], ["t"]), node("MatMul", ["t", "w"], ["y"])]
    stored = {"times": np.array([2**40, 1]), "w": floats(4, 4)}
    with pytest.raises(UserError, match="its values do not fit the memory"):
        traced(tmp_path, model(nodes, {"x": ["n", 4]}, stored), floats(1, 4))


def test_an_input_that_a_node_does_not_take_is_one_line(tmp_path: Path) -> None:
    proto = model([node("MatMul", ["x", "w"], ["y"])], {"x": ["n", "c"]}, {"w": floats(4, 4)})
    with pytest.raises(UserError, match=r"does not run on an image of x \(1, 5\): ") as refusal:
        traced(tmp_path, proto, floats(2, 5))
    assert "\n" not in str(refusal.value)


def test_an_operator_set_of_the_future_is_one_line(tmp_path: Path) -> None:
    proto = model([node("MatMul", ["x", "w"], ["y"])], {"x": ["n", 4]}, {"w": floats(4, 4)})
    proto.opset_import[0].version = 999
    with pytest.raises(UserError, match="onnxruntime does not take it"):
        traced(tmp_path, proto, floats(2, 4))


def test_a_batch_that_the_graph_counts_on_is_one_line(tmp_path: Path) -> None:
    stored = {"w": floats(4, 4), "shape": np.array([3, 2, 2]), "v": floats(2, 2)}
    nodes = [
        node("MatMul", ["x", "w"], ["a"]),
        node("Reshape", ["a", "shape"], ["b"]),
        node("MatMul", ["b", "v"], ["y"]),
    ]
    with pytest.raises(UserError, match="made for 3 images at once and is run with one; export"):
        traced(tmp_path, model(nodes, {"x": [3, 4]}, stored), floats(3, 4))
