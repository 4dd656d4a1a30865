"""INT8 after training for an ONNX graph of real numbers: rounding put in as nodes of its own.

The arithmetic is that of models/compression/quantization.py: weights have one symmetric scale per
filter, every tensor that layers read one affine scale over its range on the inputs.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import onnx
import onnx.helper

from models.compression.levels import ACTIVATION_LEVELS, WEIGHT_LEVELS
from models.onnx_import.files import Array
from models.onnx_import.graph import Graph, ProductNode
from models.onnx_import.layers import LayerTable
from models.onnx_import.naming import ROUNDED
from models.onnx_import.rewriting import (
    Inserted,
    insert_behind,
    new_name,
    put_weights,
    store,
    taken_names,
)
from models.onnx_import.session import Session
from models.onnx_import.windows import attributes
from sim.errors import UserError
from sim.validation import shown

FIRST_OPSET = 10
"""Of ONNX with QuantizeLinear."""
Range = tuple[float, float]


def round_to_int8(
    graph: Graph,
    model: onnx.ModelProto,
    images: Sequence[Mapping[str, Array]],
    unpruned: Mapping[str, str] | None = None,
) -> None:
    """Round the operands of every product of a network, in place.

    Args:
        graph: of the model.
        model: that is changed.
        images: set the range of each activation.
        unpruned: by activation that was pruned, what it was before: that is rounded.

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
    _round_weights(table, model, _weights(table, graph, model, images[0]))
    _round_activations(model, _ranges(table, graph, model, images, unpruned or {}))


def _weights(
    table: LayerTable, graph: Graph, model: onnx.ModelProto, feeds: Mapping[str, Array]
) -> dict[str, Array]:
    """The weights of every layer by name."""
    _, known = table.wanted()
    with Session(graph.path, model, known) as session:
        values = session.run(known, feeds)
    return {
        name: _float32(graph, name, values[name] if name in values else graph.values(name))
        for layer in table.layers.values()
        for name, is_weight in zip(layer.operands, layer.product.known, strict=True)
        if is_weight
    }


def _ranges(
    table: LayerTable,
    graph: Graph,
    model: onnx.ModelProto,
    images: Sequence[Mapping[str, Array]],
    unpruned: Mapping[str, str],
) -> dict[str, Range]:
    """What each activation that a product reads ranges over, before its pruning."""
    read = dict.fromkeys(
        unpruned.get(name, name)
        for layer in table.layers.values()
        for name, is_weight in zip(layer.operands, layer.product.known, strict=True)
        if not is_weight
    )
    computed = [name for name in read if name in graph.makers]
    ranges: dict[str, Range] = {}
    with Session(graph.path, model, computed) as session:
        for feeds in images:
            values = session.run(computed, feeds) | dict(feeds)
            for name in read:
                value = _float32(graph, name, values.get(name))
                ranges[name] = _widened(name, ranges.get(name, (0.0, 0.0)), value)
    return ranges


def _float32(graph: Graph, name: str, value: Array | None) -> Array:
    if value is None or value.dtype != np.float32:
        kind = "nothing" if value is None else value.dtype
        raise UserError(f"{graph.path}: {shown(name)} is {kind}; INT8 is made of float32")
    return value


def _widened(name: str, span: Range, values: Array) -> Range:
    low, high = min(span[0], float(values.min())), max(span[1], float(values.max()))
    if not math.isfinite(low - high) or np.isnan(values).any():
        raise UserError(f"{shown(name)} holds values that are not finite numbers")
    return low, high


def _round_weights(table: LayerTable, model: onnx.ModelProto, weights: Mapping[str, Array]) -> None:
    put_weights(
        model,
        [
            (layer.product, place, _rounded(weights[name], layer.product, place))
            for layer in table.layers.values()
            for place, name in enumerate(layer.operands)
            if layer.product.known[place]
        ],
        ROUNDED,
    )


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
    taken = taken_names(model)
    inserted: dict[str, Inserted] = {}
    for name, span in ranges.items():
        new = new_name(name, ROUNDED, taken)
        inserted[name] = new, _rounding(model, name, new, span)
    insert_behind(model, inserted)


def _rounding(model: onnx.ModelProto, name: str, new: str, span: Range) -> list[onnx.NodeProto]:
    low, high = span
    scale = (high - low) / ACTIVATION_LEVELS
    scale = scale if np.float32(scale) > 0 else 1.0
    constants: dict[str, Array] = {
        f"{new}_scale": np.array(scale, dtype=np.float32),
        f"{new}_zero_point": np.array(round(-low / scale), dtype=np.uint8),
    }
    store(model, constants)
    return [
        onnx.helper.make_node("QuantizeLinear", [name, *constants], [f"{new}_steps"]),
        onnx.helper.make_node("DequantizeLinear", [f"{new}_steps", *constants], [new]),
    ]
