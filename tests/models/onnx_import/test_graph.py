"""What is constant, what is computed, and graphs inside of nodes."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from models.onnx_import.graph import Graph
from sim import UserError
from tests.models.onnx_import.onnx_graphs import floats, model, node, traced

PATH = Path("net.onnx")
WEIGHT = floats(4, 4)


def test_values_made_of_constants_and_shapes_are_known() -> None:
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("ConstantOfShape", ["s"], ["c"]),
        node("Transpose", ["w"], ["t"]),
        node("MatMul", ["t", "w"], ["folded"]),
        node("Add", ["x", "c"], ["a"]),
        node("RandomNormalLike", ["w"], ["noise"]),
        node("MatMul", ["a", "folded"], ["y"]),
    ]
    graph = Graph(PATH, model(nodes, {"x": ["n", 4]}, {"w": WEIGHT}))
    known = [name for name in ("s", "c", "t", "folded", "a", "noise", "y") if graph.known(name)]
    assert known == ["s", "c", "t", "folded"]
    (product,) = graph.products  # the product of weights alone is none
    assert product.operands == ("a", "folded")


def test_weights_in_constant_nodes_behind_casts_and_computed(tmp_path: Path) -> None:
    half = onnx.numpy_helper.from_array(WEIGHT.astype(np.float16))
    nodes = [
        node("Constant", [], ["h"], value=half),
        node("Cast", ["h"], ["f"], to=TensorProto.FLOAT),
        node("Identity", ["f"], ["i"]),
        node("Mul", ["i", "mask"], ["masked"]),
        node("MatMul", ["x", "masked"], ["y"], name="layer"),
    ]
    stored = {"mask": np.eye(4, dtype=np.float32)}
    (layer,) = traced(tmp_path, model(nodes, {"x": ["n", 4]}, stored), floats(2, 4)).traces
    assert layer.layer.name == "layer"
    assert np.array_equal(layer.weight[:, :, 0, 0], (WEIGHT * np.eye(4)).T != 0)


def branch(nodes: list[onnx.NodeProto], output: str) -> onnx.GraphProto:
    return helper.make_graph(nodes, output, [], [onnx.ValueInfoProto(name=output)])


def branching(inner: list[onnx.NodeProto]) -> onnx.ModelProto:
    other = [node("Identity", ["x"], ["b"])]
    nodes = [
        node("ReduceMax", ["x"], ["m"], keepdims=0),
        node("Greater", ["m", "zero"], ["c"]),
        node(
            "If",
            ["c"],
            ["k"],
            name="choice",
            then_branch=branch(inner, "a"),
            else_branch=branch(other, "b"),
        ),
        node("MatMul", ["k", "w"], ["y"]),
    ]
    return model(nodes, {"x": ["n", 4]}, {"w": WEIGHT, "zero": np.float32(0)})


def test_a_branch_without_layers_is_run(tmp_path: Path) -> None:
    x = floats(1, 4)
    proto = branching([node("Relu", ["x"], ["a"])])
    (layer,) = traced(tmp_path, proto, x).traces
    assert np.array_equal(layer.activation.ravel(), np.maximum(x, 0).ravel() != 0)


@pytest.mark.parametrize("operator", ["MatMul", "LSTM"])
def test_layers_inside_a_branch_are_refused_by_name(operator: str) -> None:
    proto = branching([node(operator, ["x", "w"], ["a"], name="inner")])
    with pytest.raises(UserError, match=r"inner.*(multiplies inside If|has no form of a layer)"):
        Graph(PATH, proto)


def test_the_values_that_a_branch_takes_from_outside_carry_their_makers(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", ["x", "w"], ["p"], name="first"),
        node(
            "If",
            ["yes"],
            ["k"],
            then_branch=branch([node("Relu", ["p"], ["a"])], "a"),
            else_branch=branch([node("Neg", ["p"], ["b"])], "b"),
        ),
        node("MatMul", ["k", "v"], ["y"]),
    ]
    stored = {"w": WEIGHT, "v": WEIGHT, "yes": np.array(True)}
    trace = traced(tmp_path, model(nodes, {"x": ["n", 4]}, stored), floats(1, 4))
    assert [entry.consumer for entry in trace.layers] == ["v", None]


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([node("MatMul", ["x"], ["y"], name="half")], "^half: MatMul lacks an operand"),
        ([node("Relu", ["x"], ["y"])], "computes no product, only Relu; expected"),
        ([node("MatMul", ["x", "gone"], ["y"])], "onnxruntime does not take it"),
        ([node("Wrong", ["x"], ["a"]), node("MatMul", ["a", "w"], ["y"])], "Wrong"),
        ([node("Conv", ["x", "w"], ["y"])], "does not (take it|run)"),
        ([node("MatMul", ["y", "w"], ["y"], name="self")], "self reads y, which no node before"),
        ([node("Identity", ["y"], ["a"]), node("MatMul", ["a", "w"], ["y"])], "reads y, which no"),
        (
            [node("MatMul", ["a", "w"], ["y"], name="early"), node("Relu", ["x"], ["a"])],
            "net.onnx: early reads a, which no node before it makes; expected nodes in running",
        ),
        (
            [
                node("Relu", ["x"], ["a"]),
                node("Pad", ["a", "p"], ["a"]),
                node("Relu", ["a"], ["y"]),
            ],
            "two nodes make the value a; expected one",
        ),
    ],
)
def test_graphs_that_are_no_networks(
    tmp_path: Path, nodes: list[onnx.NodeProto], message: str
) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        traced(tmp_path, model(nodes, {"x": ["n", 4]}, {"w": WEIGHT}), floats(1, 4))
    assert "\n" not in str(refusal.value)


def test_sparse_tensors_are_refused() -> None:
    proto = model([node("MatMul", ["x", "w"], ["y"])], {"x": ["n", 4]})
    proto.graph.sparse_initializer.add()
    with pytest.raises(UserError, match="stores sparse tensors"):
        Graph(PATH, proto)


def test_what_a_branch_reads_too_early_is_refused_and_what_it_makes_is_its_affair() -> None:
    early = branch([node("Relu", ["late"], ["a"])], "a")
    inner = branch([node("Relu", ["x"], ["late"]), node("Neg", ["late"], ["b"])], "b")
    for body, refused in ((early, True), (inner, False)):
        nodes = [
            node("If", ["yes"], ["k"], name="choice", then_branch=body, else_branch=body),
            node("MatMul", ["k", "w"], ["late"]),
        ]
        proto = model(nodes, {"x": ["n", 4]}, {"w": WEIGHT, "yes": np.array(True)})
        if refused:
            with pytest.raises(UserError, match="choice reads late, which no node before it makes"):
                Graph(PATH, proto)
        else:
            assert len(Graph(PATH, proto).products) == 1
