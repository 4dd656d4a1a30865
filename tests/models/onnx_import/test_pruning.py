"""An ONNX file and the module that it was exported from are pruned to the same zeros."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper, numpy_helper
from torch import nn

from models.compression.density_bound import keep_largest
from models.onnx_import.pruning import _keep_largest
from models.onnx_import.session import Session
from models.recording import record
from sim import NetworkTrace, UserError
from tests.models.onnx_import.exported_networks import FOLDER, exact, exact_inputs
from tests.models.onnx_import.onnx_graphs import floats, model, node, written

SCHEMES = ["dbb", "magnitude", "two_four", "balanced", "unbalanced"]


def assert_same(trace: NetworkTrace, module: NetworkTrace) -> None:
    for numbers in ("real", "int8"):
        one, two = trace.form(numbers), module.form(numbers)  # type: ignore[arg-type]
        assert [layer.layer for layer in one.traces] == [layer.layer for layer in two.traces]
        for a, b in zip(one.layers, two.layers, strict=True):
            name = a.trace.layer.name
            assert np.array_equal(a.trace.weight, b.trace.weight), (numbers, name)
            assert np.array_equal(a.trace.activation, b.trace.activation), (numbers, name)
            assert a.trace.activation_bound == b.trace.activation_bound, (numbers, name)
            assert a.consumer == b.consumer


class Rows(nn.Module):
    """Layers over tokens, whose weights a graph may hold either way up."""

    def __init__(self) -> None:
        super().__init__()
        rng = np.random.default_rng(2)
        self.a, self.b, self.c, self.d = (nn.Linear(12, 12, bias=False) for _ in range(4))
        for layer in (self.a, self.b, self.c, self.d):
            layer.weight.data = torch.from_numpy(rng.normal(size=(12, 12)).astype(np.float32))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.b(torch.relu(self.a(x))))
        scores: torch.Tensor = self.d(torch.relu(self.c(x)) + x)
        return scores


def graph_of(rows: Rows) -> onnx.ModelProto:
    stored = {f"{name}.weight": rows.state_dict()[f"{name}.weight"].numpy() for name in "abcd"}
    stored = {key: value.T if key[0] in "bd" else value for key, value in stored.items()}
    nodes = [
        node("Gemm", ["x", "a.weight"], ["a"], transB=1),
        node("Relu", ["a"], ["ra"]),
        node("MatMul", ["ra", "b.weight"], ["b"]),
        node("Relu", ["b"], ["rb"]),
        node("Transpose", ["c.weight"], ["turned"], perm=[1, 0]),
        node("MatMul", ["rb", "turned"], ["c"]),
        node("Relu", ["c"], ["rc"]),
        node("Add", ["rc", "rb"], ["sum"]),
        node("MatMul", ["sum", "d.weight"], ["d"]),
    ]
    return model(nodes, {"x": ["n", 12]}, stored)


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("scheme", SCHEMES)
def test_convolutions_have_the_zeros_of_the_pruned_module(scheme: str) -> None:
    inputs, network = exact_inputs(3), exact("convolutions")
    trace = record(FOLDER / "convolutions.onnx", inputs, scheme=scheme)
    assert_same(trace, record(network, inputs, scheme=scheme))
    assert trace.provenance.scheme == scheme
    assert f"{scheme} without fine-tuning, zeros of the numbers as" in trace.provenance.data


@pytest.mark.parametrize("scheme", SCHEMES)
def test_matrices_either_way_up_have_the_zeros_of_the_pruned_module(
    scheme: str, tmp_path: Path
) -> None:
    rows, inputs = Rows(), np.random.default_rng(3).normal(size=(5, 12)).astype(np.float32)
    trace = record(written(tmp_path, graph_of(rows)), inputs, scheme=scheme)
    module = record(rows, inputs, scheme=scheme)
    assert_same(trace, module)
    pruned = [1 - layer.weight_density for layer in trace.traces[1:-1]]
    assert min(pruned) > 0.3
    if scheme == "dbb":
        assert min(layer.activation_bound for layer in trace.traces) < 8


@pytest.mark.parametrize(("channels", "axis"), [(8, 1), (11, 1), (5, 1), (16, -1), (10, -1)])
@pytest.mark.parametrize("bound", [1, 3, 7])
def test_the_nodes_keep_what_pytorch_keeps_ties_included(
    channels: int, axis: int, bound: int
) -> None:
    shape = (2, channels, 3) if axis == 1 else (2, 3, channels)
    x = np.random.default_rng(channels).integers(-2, 3, shape).astype(np.float32)
    proto = model([node("Relu", ["x"], ["unused"])], {"x": list(shape)})
    proto.graph.node.extend(_keep_largest(proto, "x", "y", (3, channels, axis), bound))
    with Session(Path("net.onnx"), proto, ["y"]) as session:
        kept = session.run(["y"], {"x": x})["y"]
    values = torch.from_numpy(x).movedim(axis, 1)
    expected = (values * keep_largest(values, bound)).movedim(1, axis)
    assert np.array_equal(kept, expected.numpy())


def test_what_cannot_be_pruned_is_one_line(tmp_path: Path) -> None:
    path, inputs = written(tmp_path, graph_of(Rows())), floats(5, 12)
    with pytest.raises(UserError, match="magnitude"):
        record(path, inputs, scheme="magnitud")
    with pytest.raises(UserError, match="scheme blockwise chooses by labelled images"):
        record(path, inputs, scheme="blockwise")
    small = model([node("MatMul", ["x", "w"], ["y"])], {"x": ["n", 12]}, {"w": floats(12, 12)})
    with pytest.raises(UserError, match="no layer to prune"):
        record(written(tmp_path, small), inputs, scheme="two_four")


def test_a_quantized_file_is_pruned_before_it_is_quantized(tmp_path: Path) -> None:
    scale, zero = np.float32(0.1), np.int8(0)
    nodes = [
        helper.make_node("DequantizeLinear", ["w", "s", "z"], ["real"]),
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["rx"]),
        node("MatMul", ["rx", "real"], ["y"]),
    ]
    proto = model(nodes, {"x": ["n", 12]}, {"w": np.ones((12, 12), dtype=np.int8)})
    for name, value in (("s", scale), ("z", zero)):
        proto.graph.initializer.append(numpy_helper.from_array(np.array(value), name))
    with pytest.raises(UserError, match="prune it before it is quantized"):
        record(written(tmp_path, proto), floats(5, 12), scheme="dbb")
