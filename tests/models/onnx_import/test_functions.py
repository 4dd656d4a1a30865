"""Functions of a file: layers inside them, and those that never end or grow without bound."""

from pathlib import Path

import onnx
import pytest
from onnx import helper

from models.onnx_import.functions import inlined
from sim import UserError
from tests.models.onnx_import.onnx_graphs import floats, model, node, traced

OPSETS = [helper.make_opsetid("mine", 1), helper.make_opsetid("", 21)]
PATH = Path("net.onnx")


def function(name: str, nodes: list[onnx.NodeProto]) -> onnx.FunctionProto:
    return helper.make_function("mine", name, ["a"], ["c"], nodes, OPSETS)


def call(name: str, source: str, result: str) -> onnx.NodeProto:
    return node(name, [source], [result], domain="mine")


def network(*functions: onnx.FunctionProto) -> onnx.ModelProto:
    return model([call(functions[0].name, "x", "y")], {"x": ["n", 4]}, functions=functions)


def test_layers_inside_functions_are_layers(tmp_path: Path) -> None:
    body = [node("MatMul", ["a", "b"], ["c"])]
    times = helper.make_function("mine", "Times", ["a", "b"], ["c"], body, OPSETS)
    nodes = [node("Times", ["x", "w"], ["y"], domain="mine")]
    proto = model(nodes, {"x": ["n", 4]}, {"w": floats(4, 3)}, functions=[times])
    (layer,) = traced(tmp_path, proto, floats(2, 4)).traces
    assert (layer.layer.name, layer.layer.kind) == ("w", "linear")


@pytest.mark.parametrize(
    "functions",
    [
        [function("Again", [call("Again", "a", "c")])],
        [function("Here", [call("There", "a", "c")]), function("There", [call("Here", "a", "c")])],
    ],
)
def test_functions_that_call_themselves(functions: list[onnx.FunctionProto]) -> None:
    with pytest.raises(UserError, match=r"^net\.onnx: the function '(Again|Here)' calls itself"):
        inlined(PATH, network(*functions))


def test_functions_that_grow_without_bound() -> None:
    """Each calls the next twice: thirty of them would be a thousand million nodes."""
    functions = [
        function(f"F{n}", [call(f"F{n + 1}", "a", "b"), call(f"F{n + 1}", "b", "c")])
        for n in range(30)
    ]
    functions.append(function("F30", [node("Relu", ["a"], ["c"])]))
    with pytest.raises(UserError, match=r"its functions make .* nodes"):
        inlined(PATH, network(*functions))


def test_functions_that_nest_too_deep() -> None:
    functions = [function(f"F{n}", [call(f"F{n + 1}", "a", "c")]) for n in range(3000)]
    functions.append(function("F3000", [node("Relu", ["a"], ["c"])]))
    with pytest.raises(UserError, match="nest deeper than 50 calls"):
        inlined(PATH, network(*functions))


def test_a_network_without_functions_is_left_as_it_is() -> None:
    proto = model([node("Relu", ["x"], ["y"])], {"x": [1]})
    assert inlined(PATH, proto) is proto
