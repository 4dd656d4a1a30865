"""Names of layers: those of the parameters as the network's author gave them, where they are left.

An exporter may rename a weight that it transposes or folds. What is left of the author's names is
then the path of the module that PyTorch's exporter notes at each node, or the bias that follows. Of
parameters that hold the same values it may keep one for all, biases of zero above all: where the
module that is noted is one of PyTorch's own layers, its path is the name.
"""

import re

import onnx

from models.onnx_import.graph import Graph, ProductNode
from models.onnx_import.operators import given, label

GENERATED = re.compile(r"(val|onnx::\w+?|_v|const\w*|tensor|Constant\w*)?[_.]?\d+(:\d+)?|")
"""Names that an exporter numbers through."""
ROUNDED = "_quantized"
"""What quantizers append to the name of a weight, onnxruntime's and this project's."""
PRUNED = "_pruned"
"""What pruning here appends to the name of a weight or an activation."""
MODULES = ("torch.nn.modules.conv.", "torch.nn.modules.linear.Linear")
"""How the classes of PyTorch's own layers start; each has one product and one weight."""
PRODUCT_MODULE = ".activation_product.ActivationProduct"
"""How the class of a module ends that is a product of activations and nothing else."""
TEXT = re.compile(r"'((?:[^'\\]|\\.)*)'")


def layer_name(graph: Graph, product: ProductNode) -> str:
    """The name of a layer: its parameter's or, if it has none, its module's or its node's.

    `conv.weight` is conv; a product of two activations in `block` is `block.product`, unless it is
    a module by itself.
    """
    path, classes = (_texts(product.node, key)[:-1] for key in ("name_scopes", "class_hierarchy"))
    noted = len(path) == len(classes) > 0
    if noted and any(product.known) and classes[-1].startswith(MODULES):
        return path[-1] or _kind(product.node) or label(product.node)
    for value, known in zip(product.operands, product.known, strict=True):
        name = _parameter(graph, value) if known else ""
        if name:
            return _short(name, "weight") or _kind(product.node) or label(product.node)
    bias = _bias(graph, product) if any(product.known) else ""
    if bias:
        return bias
    module = (path[-1] if path else "") or _kind(product.node)
    if not module:
        return product.node.name.strip("/") or label(product.node)
    alone = any(product.known) or (noted and classes[-1].endswith(PRODUCT_MODULE))
    return module if alone else f"{module}.product"


def _parameter(graph: Graph, value: str) -> str:
    """The author's name of the parameter that a value is made from, or ""."""
    for name in graph.forms(value):
        maker = None if name in graph.stored else graph.makers.get(name)
        while name.endswith(ROUNDED):
            name = name.removesuffix(ROUNDED)
        # an exporter stores equal parameters once; the others are the same under their names
        renamed = maker is not None and maker.op_type == "Identity" and "/" not in name
        if graph.known(name) and (maker is None or renamed) and not GENERATED.fullmatch(name):
            return name
    return ""


def _bias(graph: Graph, product: ProductNode) -> str:
    """What the name of the bias says of the layer, or ""."""
    added = [given(product.node, product.form.bias)]
    if product.node.output:
        result = product.node.output[0]
        readers = [node for node in graph.nodes if result in node.input]
        if len(readers) == 1 and readers[0].op_type == "Add":
            added += [name for name in readers[0].input if name != result]
    names = [_parameter(graph, name) for name in added if name and graph.known(name)]
    return next((_short(name, "bias") for name in names if name.endswith("bias")), "")


def _short(parameter: str, role: str) -> str:
    """`conv.weight` is conv, `attention.in_proj_weight` is attention.in_proj."""
    return parameter.removesuffix(role).rstrip("._")


def _kind(node: onnx.NodeProto) -> str:
    """The class of the whole module, as PyTorch's exporter notes it, or ""."""
    classes = _texts(node, "class_hierarchy")
    return classes[0].rpartition(".")[2] if len(classes) > 1 else ""


def _texts(node: onnx.NodeProto, key: str) -> list[str]:
    """A list of texts that PyTorch's exporter notes at a node; empty without it."""
    for entry in node.metadata_props:
        if entry.key == f"pkg.torch.onnx.{key}":
            return TEXT.findall(entry.value)
    return []
