"""Pruning of an ONNX graph without training: weights by a scheme, activations to a bound.

The choices are those that the scheme makes for a module of PyTorch (models/compression), made by
the same functions; PyTorch is needed for them, not to run the graph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import onnx.helper
import torch

from models.compression.full_size import ModelledScheme
from models.compression.schemes import full_size_scheme
from models.compression.weight_masks import require_masks
from models.onnx_import.files import Array
from models.onnx_import.graph import Graph
from models.onnx_import.layers import LayerNode, LayerTable
from models.onnx_import.naming import PRUNED
from models.onnx_import.rewriting import (
    Inserted,
    filters_first,
    insert_behind,
    new_name,
    put_weights,
    store,
    taken_names,
)
from models.onnx_import.session import Session
from models.onnx_import.windows import attributes
from sim.errors import UserError
from sim.generate.pruning import activation_bound
from sim.masks.density_bound import DBB_BLOCK

Images = Sequence[Mapping[str, Array]]


@dataclass(frozen=True)
class Pruned:
    """What was pruned beside weights.

    Attributes:
        before: by pruned activation, what it was before.
        bounds: the n of 8 channels that a pruned activation keeps.
    """

    before: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, int] = field(default_factory=dict)


def prune(graph: Graph, model: onnx.ModelProto, images: Images, scheme: str) -> Pruned:
    """Prune a network of real numbers under a scheme, in place.

    As in a module of PyTorch, the first layer, the last one and depthwise ones stay dense, and so
    do transposed convolutions and stacks of matrices.

    Args:
        graph: of the model.
        model: that is changed.
        images: which the bounds of activations are chosen by.
        scheme: of `models.compression.schemes`.

    Raises:
        UserError: an unknown scheme, one that needs more than weights and images, or nothing that
            it prunes.
    """
    settings = full_size_scheme(scheme)()
    if not isinstance(settings, ModelledScheme):
        raise UserError(
            f"scheme {scheme} chooses by labelled images and prunes modules of PyTorch alone; "
            "prune before the export"
        )
    table = LayerTable(graph)
    weights = _prunable(_weights(graph, model, table, images[0]))
    tensors = {name: torch.from_numpy(np.array(value)) for name, (_, _, value) in weights.items()}
    masks = settings.pruning.weight_masks(tensors)
    if masks is None:
        raise UserError(f"scheme {scheme} asks more than weights; prune before the export")
    require_masks(masks)
    put_weights(
        model,
        [
            (layer.product, place, _kept(layer, place, value, masks.get(name)))
            for name, (layer, place, value) in weights.items()
        ],
        PRUNED,
    )
    if settings.activations_removed is None:
        return Pruned()
    return _bound_activations(Graph(graph.path, model), model, images, settings.activations_removed)


Weights = dict[str, tuple[LayerNode, int, Array]]
"""By layer: the layer, the place of its weights, and these with a filter for each first index."""


def _weights(
    graph: Graph, model: onnx.ModelProto, table: LayerTable, feeds: Mapping[str, Array]
) -> Weights:
    """The weights of every layer that has some, in running order."""
    _, known = table.wanted()
    with Session(graph.path, model, known) as session:
        values = session.run(known, feeds)
    weights: Weights = {}
    for layer in table.layers.values():
        for place, name in enumerate(layer.operands):
            value = values.get(name) if name in values else graph.values(name)
            if layer.product.known[place] and value is not None:
                weights[layer.name] = layer, place, filters_first(value, layer.product, place)
    return weights


def _prunable(weights: Weights) -> Weights:
    """Those of the layers that are pruned."""
    spared = {*list(weights)[:1], *list(weights)[-1:]}
    return {
        name: (layer, place, value)
        for name, (layer, place, value) in weights.items()
        if name not in spared and not _is_spared(layer, value)
    }


def _is_spared(layer: LayerNode, weight: Array) -> bool:
    """Whether a layer is depthwise, or its weights are no filters of an operand's channels."""
    if layer.product.form.form == "convolution":
        return _is_depthwise(layer, weight)
    return layer.product.form.form == "transposed convolution" or weight.ndim != 2


def _is_depthwise(layer: LayerNode, weight: Array) -> bool:
    groups = attributes(layer.product.node).get("group", 1)
    return layer.product.form.form == "convolution" and groups > 1 and weight.shape[1] == 1


def _kept(layer: LayerNode, place: int, weight: Array, mask: torch.Tensor | None) -> Array:
    """Weights with the zeros of a mask, as the node reads them; None = all stay."""
    kept = weight if mask is None else np.where(mask.numpy(), weight, weight.dtype.type(0))
    return np.ascontiguousarray(filters_first(kept, layer.product, place))


def _bound_activations(
    graph: Graph, model: onnx.ModelProto, images: Images, most_removed: float
) -> Pruned:
    """Prune each activation to the tightest bound that removes at most a share of its nonzeros."""
    table = LayerTable(graph)
    values = _read_along_channels(table, _weights(graph, model, table, images[0]))
    masks: dict[str, list[Array]] = {name: [] for name in values}
    shown = [name for name in values if name in graph.makers]
    ranks: dict[str, tuple[int, int]] = {}
    with Session(graph.path, model, shown) as session:
        for feeds in images:
            seen = session.run(shown, feeds) | dict(feeds)
            for name, axis in values.items():
                ranks[name] = seen[name].ndim, seen[name].shape[axis]
                masks[name].append(np.moveaxis(seen[name] != 0, axis, 1))
    taken, before, bounds = taken_names(model), dict[str, str](), dict[str, int]()
    inserted: dict[str, Inserted] = {}
    for name, axis in values.items():
        bound = activation_bound(np.ascontiguousarray(np.concatenate(masks[name])), most_removed)
        if bound < DBB_BLOCK:
            new = new_name(name, PRUNED, taken)
            inserted[name] = new, _keep_largest(model, name, new, (*ranks[name], axis), bound)
            before[new], bounds[new] = name, bound
    insert_behind(model, inserted)
    return Pruned(before, bounds)


def _read_along_channels(table: LayerTable, weights: Weights) -> dict[str, int]:
    """The activations that may be pruned, with the axis of their channels.

    Not what the first layer reads, nor products of activations, nor depthwise layers alone.
    """
    axes: dict[str, int] = {}
    excluded: set[str] = set()
    wide: set[str] = set()
    for layer in table.layers.values():
        if layer.name not in weights:
            excluded.update(layer.operands)
            continue
        _, place, weight = weights[layer.name]
        name, form = layer.operands[1 - place], layer.product.form.form
        axes.setdefault(name, 1 if "convolution" in form else -1)
        if layer.name == next(iter(weights)) or (form == "matrix product" and place == 0):
            excluded.add(name)
        if not _is_depthwise(layer, weight):
            wide.add(name)
    return {name: axis for name, axis in axes.items() if name in wide and name not in excluded}


def _keep_largest(
    model: onnx.ModelProto, name: str, new: str, form: tuple[int, int, int], bound: int
) -> list[onnx.NodeProto]:
    """Nodes that keep the `bound` largest magnitudes of every 8 successive channels.

    Of equal magnitudes the lower channel stays, which is what TopK's definition says.

    Args:
        model: gets the constants.
        name: of the activation.
        new: of the pruned one.
        form: its number of axes, its channels, and their axis.
        bound: 1 to 7.
    """
    axes, channels, axis = form
    missing = -channels % DBB_BLOCK
    order = [place for place in range(axes) if place != axis % axes] + [axis % axes]
    constants: dict[str, Array] = {
        "pads": np.array([0] * (2 * axes - 1) + [missing], dtype=np.int64),
        "less": np.array(-1, dtype=np.float32),  # loses to any magnitude
        "rows": np.array([-1, DBB_BLOCK], dtype=np.int64),
        "bound": np.array([bound], dtype=np.int64),
        "none": np.array([0], dtype=np.int64),
        "channels": np.array([channels], dtype=np.int64),
        "last": np.array([-1], dtype=np.int64),
        "nothing": np.array(0, dtype=np.float32),
    }
    store(model, {f"{new}.{constant}": value for constant, value in constants.items()})
    unit = onnx.helper.make_tensor("unit", onnx.TensorProto.FLOAT, [1], [1.0])

    def node(operator: str, given: str, made: str, **stated: Any) -> onnx.NodeProto:
        """A node between values of this pruning; a bare name is one of them."""
        places = [each if each == name else f"{new}.{each}" for each in given.split(" ")]
        outputs = [new if each == "result" else f"{new}.{each}" for each in made.split(" ")]
        return onnx.helper.make_node(operator, places, outputs, **stated)

    return [
        onnx.helper.make_node("Transpose", [name], [f"{new}.turned"], perm=order),
        node("Abs", "turned", "magnitudes"),
        node("Pad", "magnitudes pads less", "filled"),
        node("Shape", "filled", "shape"),
        node("Reshape", "filled rows", "blocks"),
        node("TopK", "blocks bound", "largest places", axis=-1),
        node("Shape", "places", "kept_shape"),
        node("ConstantOfShape", "kept_shape", "ones", value=unit),
        node("Mul", "blocks nothing", "zeros"),
        node("ScatterElements", "zeros places ones", "kept", axis=-1),
        node("Reshape", "kept shape", "whole"),
        node("Slice", "whole none channels last", "cut"),
        node("Transpose", "cut", "mask", perm=np.argsort(order).tolist()),
        onnx.helper.make_node("Mul", [name, f"{new}.mask"], [new]),
    ]
