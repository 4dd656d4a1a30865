"""Layers are called as their author called the parameters, as far as the file still says."""

import numpy as np
import onnx
import pytest

from models.onnx_import.graph import Graph
from models.onnx_import.naming import layer_name
from tests.models.onnx_import.onnx_graphs import floats, model, node


def noted(made: onnx.NodeProto, path: str, kind: str) -> onnx.NodeProto:
    """As PyTorch's exporter notes modules."""
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=f"['', {path!r}, 'linear']")
    made.metadata_props.add(key="pkg.torch.onnx.class_hierarchy", value=f"['__main__.{kind}', 'L']")
    return made


def product(weight: str, **attributes: str) -> onnx.NodeProto:
    return node("MatMul", ["x", weight], ["y"], **attributes)


def name_of(nodes: list[onnx.NodeProto], *stored: str) -> str:
    graph = Graph(
        None,  # type: ignore[arg-type]  # no file is read
        model(nodes, {"x": ["n", 4]}, {name: floats(4, 4) for name in stored}),
    )
    return layer_name(graph, graph.products[-1])


@pytest.mark.parametrize(
    ("weight", "name"),
    [
        ("block.conv.weight", "block.conv"),
        ("attend.in_proj_weight", "attend.in_proj"),
        ("block.conv.weight_quantized", "block.conv"),
        ("mix", "mix"),
        ("conv1", "conv1"),
        ("weight", "Net"),
        ("val_16", "block.fc"),
        ("onnx::MatMul_73", "block.fc"),
        ("123", "block.fc"),
    ],
)
def test_the_name_of_the_weight_or_the_path_of_the_module(weight: str, name: str) -> None:
    assert name_of([noted(product(weight), "block.fc", "Net")], weight) == name


def test_a_weight_behind_other_forms_has_its_name() -> None:
    nodes = [node("Transpose", ["fc.weight"], ["t"]), product("t")]
    assert name_of(nodes, "fc.weight") == "fc"


def test_the_bias_that_follows_names_a_weight_that_was_renamed() -> None:
    nodes = [
        noted(product("val_3"), "attend", "Net"),
        node("Add", ["attend.in_proj_bias", "y"], ["z"]),
    ]
    assert name_of(nodes, "val_3", "attend.in_proj_bias") == "attend.in_proj"
    gemm = node("Gemm", ["x", "val_3", "fc.bias"], ["y"])
    assert name_of([gemm], "val_3", "fc.bias") == "fc"


def test_without_any_name_the_node_says_what_it_is() -> None:
    assert name_of([product("val_1", name="/block/MatMul")], "val_1") == "block/MatMul"
    assert name_of([product("val_1")], "val_1") == "MatMul that makes 'y'"


def test_a_product_of_activations_is_its_modules() -> None:
    assert name_of([noted(product("x"), "block", "Net")]) == "block.product"
    assert name_of([noted(product("x"), "", "Net")]) == "Net.product"


def test_notes_that_are_no_lists_are_ignored() -> None:
    made = product("val_1", name="n")
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value="[" * 10_000)
    assert name_of([made], "val_1") == "n"
    assert np.array_equal(floats(4, 4), floats(4, 4))


def exported(weight: str, path: str, bias: str) -> list[onnx.NodeProto]:
    """A linear layer as PyTorch's exporter writes it: its weight renamed, its bias added."""
    made = node("MatMul", ["x", weight], ["y"])
    classes = "['Net', 'torch.nn.modules.linear.Linear', 'aten.linear.default']"
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=f"['', {path!r}, 'linear']")
    made.metadata_props.add(key="pkg.torch.onnx.class_hierarchy", value=classes)
    return [made, node("Add", ["y", bias], ["z"])]


@pytest.mark.parametrize("weight", ["val_3", "norm.weight"])
def test_equal_parameters_that_are_stored_once_do_not_name_other_layers(weight: str) -> None:
    assert name_of(exported(weight, "attn.key", "norm.bias"), weight, "norm.bias") == "attn.key"


def test_a_parameter_that_is_the_same_as_another_has_its_name() -> None:
    nodes = [
        node("Identity", ["query.bias"], ["key.bias"]),
        node("Identity", ["query.bias"], ["/net/Identity_output_0"]),
        product("onnx::MatMul_24"),
        node("Add", ["key.bias", "y"], ["z"]),
    ]
    assert name_of(nodes, "onnx::MatMul_24", "query.bias") == "key"
    nodes[-1].input[0] = "/net/Identity_output_0"
    assert name_of(nodes, "onnx::MatMul_24", "query.bias") == "query"


@pytest.mark.parametrize("package", ["models", "sparsebench.models"])
def test_a_product_that_is_a_module_has_its_name_alone(package: str) -> None:
    made = product("x")
    kind = f"{package}.graph.activation_product.ActivationProduct"
    classes = f"['Net', {kind!r}, 'aten.matmul.default']"
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value="['', 'attn.scores', 'm']")
    made.metadata_props.add(key="pkg.torch.onnx.class_hierarchy", value=classes)
    assert name_of([made]) == "attn.scores"
