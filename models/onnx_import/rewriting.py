"""Changes of a graph that is run: other weights, and nodes behind the values that layers read."""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper

from models.onnx_import.files import Array
from models.onnx_import.graph import ProductNode
from models.onnx_import.windows import attributes

Inserted = tuple[str, Sequence[onnx.NodeProto]]
"""What a value is called after some nodes, and the nodes, the last of which makes it."""


def taken_names(model: onnx.ModelProto) -> set[str]:
    """Every name of a value in a graph."""
    graph = model.graph
    taken = {x.name for x in (*graph.input, *graph.initializer)}
    return taken | {name for node in graph.node for name in node.output}


def new_name(name: str, suffix: str, taken: set[str]) -> str:
    """A name that no value has, which is taken from now on."""
    new = f"{name}{suffix}"
    while new in taken:
        new += suffix
    taken.add(new)
    return new


def put_weights(
    model: onnx.ModelProto, products: Sequence[tuple[ProductNode, int, Array]], suffix: str
) -> None:
    """Give products other weights; the stored ones stay for whatever else reads them.

    Args:
        model: that is changed.
        products: each with the place of its weights among the two operands, and the new ones.
        suffix: of the names of the new weights.
    """
    taken = taken_names(model)
    for product, place, values in products:
        new = new_name(product.operands[place], suffix, taken)
        model.graph.initializer.append(onnx.numpy_helper.from_array(values, new))
        product.node.input[product.form.operands[place]] = new


def store(model: onnx.ModelProto, constants: Mapping[str, Array]) -> None:
    """Add constants to a graph."""
    for name, value in constants.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(value, name))


def insert_behind(model: onnx.ModelProto, inserted: Mapping[str, Inserted]) -> None:
    """Put nodes behind whatever makes some values, so that all that read those read theirs."""
    nodes = [node for x in model.graph.input if x.name in inserted for node in inserted[x.name][1]]
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name in inserted:
                node.input[place] = inserted[name][0]
        nodes.append(node)
        nodes += [new for name in node.output if name in inserted for new in inserted[name][1]]
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(kept)


def filters_first(weight: Array, product: ProductNode, place: int) -> Array:
    """A view of weights with a filter for each index of the first axis, its inputs on the second.

    Convolutions have them so, matrices (K, C) after a turn; its own inverse. Weights of transposed
    convolutions stay as they are.
    """
    if weight.ndim != 2 or "product" not in product.form.form:
        return weight
    turned = bool(attributes(product.node).get("transB" if place else "transA", 0))
    return weight if turned == bool(place) else np.transpose(weight)
