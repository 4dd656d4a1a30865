"""INT8 after training for an ONNX graph of real numbers: rounding put in as nodes of its own.

The arithmetic is that of models/compression/quantization.py: weights have one symmetric scale per
filter, every tensor that layers read one affine scale over its range on the inputs.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import onnx
import onnx.helper
import onnx.numpy_helper

from models.compression.levels import ACTIVATION_LEVELS, WEIGHT_LEVELS
from models.onnx_import.files import Array
from models.onnx_import.graph import Graph, ProductNode
from models.onnx_import.layers import LayerTable
from models.onnx_import.naming import ROUNDED
from models.onnx_import.session import Session
from models.onnx_import.windows import attributes
from sim.errors import UserError
from sim.validation import shown

FIRST_OPSET = 10
"""Of ONNX with QuantizeLinear."""
Range = tuple[float, float]


def round_to_int8(
    graph: Graph, model: onnx.ModelProto, images: Sequence[Mapping[str, Array]]
) -> None:
    """Round the operands of every product of a network, in place.

    Args:
        graph: of the model.
        model: that is changed.
        images: set the range of each activation.

    Raises:
        UserError: numbers of other types than 32-bit ones, or a set of operators without rounding.
    """
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    if opsets.get("", opsets.get("ai.onnx", 0)) < FIRST_OPSET:
        raise UserError(
            f"{graph.path}: its operators are from before opset {FIRST_OPSET} and do not round; "
            "export it anew or leave out int8"
        )
    table = LayerTable(graph)
    ranges, weights = _measured(table, graph, model, images)
    _round_weights(table, model, weights)
    _round_activations(model, ranges)


def _measured(
    table: LayerTable,
    graph: Graph,
    model: onnx.ModelProto,
    images: Sequence[Mapping[str, Array]],
) -> tuple[dict[str, Range], dict[str, Array]]:
    """The range of every activation that a product reads, and the weights."""
    mixed, known = table.wanted()
    ranges: dict[str, Range] = {}
    weights: dict[str, Array] = {}
    read = [
        (name, layer.product.known[place])
        for layer in table.layers.values()
        for place, name in enumerate(layer.operands)
    ]
    with Session(graph.path, model, [*mixed, *known]) as session:
        for feeds in images:
            values = session.run([*mixed, *known], feeds) | dict(feeds)
            for name, is_weight in dict.fromkeys(read):
                value = values[name] if name in values else graph.values(name)
                if value is None or value.dtype != np.float32:
                    kind = "nothing" if value is None else value.dtype
                    raise UserError(
                        f"{graph.path}: {shown(name)} is {kind}; INT8 is made of float32"
                    )
                widened = _widened(name, ranges.get(name, (0.0, 0.0)), value)
                if is_weight:
                    weights[name] = value
                else:
                    ranges[name] = widened
    return ranges, weights


def _widened(name: str, span: Range, values: Array) -> Range:
    low, high = min(span[0], float(values.min())), max(span[1], float(values.max()))
    if not math.isfinite(low - high) or np.isnan(values).any():
        raise UserError(f"{shown(name)} holds values that are not finite numbers")
    return low, high


def _round_weights(table: LayerTable, model: onnx.ModelProto, weights: Mapping[str, Array]) -> None:
    taken = {tensor.name for tensor in model.graph.initializer}
    taken |= {x.name for x in model.graph.input}
    taken |= {name for node in model.graph.node for name in node.output}
    for layer in table.layers.values():
        product = layer.product
        for place, name in enumerate(layer.operands):
            if not product.known[place]:
                continue
            new = f"{name}{ROUNDED}"
            while new in taken:
                new += ROUNDED
            taken.add(new)
            values = _rounded(weights[name], product, place)
            model.graph.initializer.append(onnx.numpy_helper.from_array(values, new))
            product.node.input[product.form.operands[place]] = new


def _rounded(weight: Array, product: ProductNode, place: int) -> Array:
    """A weight as whole multiples of a scale per filter."""
    shape = weight.shape
    if product.form.form == "transposed convolution":  # (C, K/groups, ...): filters come second
        weight = weight.reshape(attributes(product.node).get("group", 1), -1, *shape[1:])
        summed: tuple[int, ...] = (1, *range(3, weight.ndim))
    elif product.form.form == "convolution":
        summed = tuple(range(1, weight.ndim))
    else:
        stated = attributes(product.node)
        turned = stated.get("transB" if place else "transA", 0)
        summed = (-1 if place == 0 or weight.ndim == 1 else -2,)
        if turned:
            summed = (-3 - summed[0],)
    largest = np.abs(weight).max(axis=summed, keepdims=True)
    scale = np.where(largest > 0, largest / np.float32(WEIGHT_LEVELS), np.float32(1))
    steps = np.clip(np.rint(weight / scale), -WEIGHT_LEVELS, WEIGHT_LEVELS)
    return (steps * scale).astype(np.float32).reshape(shape)


def _round_activations(model: onnx.ModelProto, ranges: Mapping[str, Range]) -> None:
    """Put rounding behind whatever makes a value, so that all that read it see the rounded one."""
    new_names = {name: f"{name}{ROUNDED}" for name in ranges}
    taken = {name for node in model.graph.node for name in node.output}
    taken |= {x.name for x in (*model.graph.input, *model.graph.initializer)}
    for name in ranges:
        while new_names[name] in taken:
            new_names[name] += ROUNDED
        taken.add(new_names[name])
    nodes: list[onnx.NodeProto] = []
    waiting = [x.name for x in model.graph.input if x.name in ranges]
    for name in waiting:
        nodes += _rounding(model, name, new_names[name], ranges[name])
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name in ranges:
                node.input[place] = new_names[name]
        nodes.append(node)
        for name in node.output:
            if name in ranges:
                nodes += _rounding(model, name, new_names[name], ranges[name])
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(kept)


def _rounding(model: onnx.ModelProto, name: str, new: str, span: Range) -> list[onnx.NodeProto]:
    low, high = span
    scale = (high - low) / ACTIVATION_LEVELS
    scale = scale if np.float32(scale) > 0 else 1.0
    constants: dict[str, Array] = {
        f"{new}_scale": np.array(scale, dtype=np.float32),
        f"{new}_zero_point": np.array(round(-low / scale), dtype=np.uint8),
    }
    for constant, value in constants.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(value, constant))
    return [
        onnx.helper.make_node("QuantizeLinear", [name, *constants], [f"{new}_steps"]),
        onnx.helper.make_node("DequantizeLinear", [f"{new}_steps", *constants], [new]),
    ]
