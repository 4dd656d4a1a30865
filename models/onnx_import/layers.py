"""The nodes of a graph that multiply as layers, with the zeros that one image leaves in them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from onnx import NodeProto

from models.onnx_import.additions import addends
from models.onnx_import.files import Array
from models.onnx_import.graph import SHAPES, Graph, ProductNode, read
from models.onnx_import.naming import layer_name
from models.onnx_import.operators import given
from models.onnx_import.windows import attributes, windows, zeros_around
from models.products import (
    NOTHING,
    WHOLE,
    Cuts,
    Makers,
    Operation,
    Product,
    Reading,
    Residuals,
    convolutions,
    matrix_product,
    nonzeros,
    united,
)
from models.products.matrices import stacked
from sim.errors import UserError
from sim.layer import Mask
from sim.sizes import Sides

CUTTING = ("Split", "Slice", "Gather")
"""Operators whose outputs are pieces of their first input."""
UNPADDED: Sides = ((0, 0), (0, 0))


@dataclass(frozen=True, eq=False)
class LayerNode:
    """A node that is a layer, without the zeros that the graph puts around its input beforehand.

    Attributes:
        product: as it stands in the graph.
        name: of the layer; each further one of the name is numbered.
        operands: names of the two values.
        zeros: around the first.
    """

    product: ProductNode
    name: str
    operands: tuple[str, str]
    zeros: Sides


class LayerTable:
    """The layers of a graph.

    Attributes:
        layers: by the value that each makes, in running order.
    """

    def __init__(
        self,
        graph: Graph,
        sizes: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """List the layers.

        Args:
            graph: of the network.
            sizes: of the operands of its additions (`additions.add_sizes`).
            names: of the layers by the value that each makes, where the graph is a rewritten one.
        """
        self._graph, self._sizes, names = graph, sizes or {}, names or {}
        self.layers = {
            made: _layer_node(graph, product, names.get(made))
            for made, product in ((each.node.output[0], each) for each in graph.products)
        }
        self._masks: dict[tuple[str, str], Mask] = {}
        self._zero_points: dict[str, Array] = {}

    @property
    def names(self) -> dict[str, str]:
        """Names of the layers by the value that each makes."""
        return {made: layer.name for made, layer in self.layers.items()}

    def bounded(self, bounds: Mapping[str, int]) -> dict[str, int]:
        """Layers whose activation is pruned to a bound, given by the name of its value."""
        read = ((layer.name, name) for layer in self.layers.values() for name in layer.operands)
        return {layer: bounds[name] for layer, name in read if name in bounds}

    def wanted(self) -> tuple[list[str], list[str]]:
        """Values that a run must show: those of each image, those that are the same for all."""
        names: dict[str, None] = {}
        for layer in self.layers.values():
            names |= dict.fromkeys(filter(None, (*layer.operands, *layer.product.zero_points)))
        computed = [name for name in names if name in self._graph.makers]
        computed = [name for name in computed if name not in self._graph.stored]
        mixed = [name for name in computed if not self._graph.known(name)]
        known = [name for name in computed if self._graph.known(name)]
        return mixed, [*known, *self._sizes.values()]

    def of_image(
        self, values: Mapping[str, Array]
    ) -> tuple[list[Product], dict[str, list[Reading]], Mapping[str, int]]:
        """The layers of one image, for each those that read its result, and what it adds.

        Layers are in running order; what is added to their outputs counts where sizes are shown.

        Args:
            values: the inputs of the network and every wanted value.

        Raises:
            UserError: a value is not finite, or a product has no form of a layer.
        """
        made: list[Product] = []
        readers: dict[str, list[Reading]] = {}
        makers: dict[str, Makers] = {}
        cuts: dict[str, Cuts] = {}
        calls: Counter[str] = Counter()
        residuals = Residuals()
        for node in self._graph.nodes:
            if node.op_type in SHAPES:
                continue
            self._note_addition(node, values, makers, residuals)
            result: Makers = NOTHING.union(*(makers.get(name, NOTHING) for name in read(node)))
            piece = _cuts(node, makers, cuts)
            layer = self.layers.get(node.output[0]) if node.output else None
            if layer is not None:
                products = list(self._products(layer, values, calls))
                for product in products:
                    residuals.ran(product.layer.name)
                    for name, place in zip(layer.operands, product.places, strict=True):
                        reading = Reading(product.layer.name, place, cuts.get(name, WHOLE))
                        for maker in makers.get(name, NOTHING):
                            readers.setdefault(maker, []).append(reading)
                made += products
                result = frozenset(product.layer.name for product in products)
                piece = {}
            if result:
                makers |= dict.fromkeys(filter(None, node.output), result)
                cuts |= piece
        return made, readers, residuals.elements

    def _note_addition(
        self,
        node: NodeProto,
        values: Mapping[str, Array],
        makers: Mapping[str, Makers],
        residuals: Residuals,
    ) -> None:
        operands = addends(self._graph, node)
        sized = [name for name in operands if self._sizes.get(name) in values]
        residuals.added(
            (makers.get(name, NOTHING), int(values[self._sizes[name]])) for name in sized
        )

    def _products(
        self, layer: LayerNode, values: Mapping[str, Array], calls: Counter[str]
    ) -> Iterator[Product]:
        masks = self._mask(layer, 0, values), self._mask(layer, 1, values)
        operation = Operation(layer.name, masks, layer.product.known)
        for product in _products(operation, layer):
            calls[layer.name] += 1
            call = calls[layer.name]
            name = layer.name if call == 1 else f"{layer.name}#{call}"
            yield replace(product, layer=replace(product.layer, name=name))

    def _mask(self, layer: LayerNode, place: int, values: Mapping[str, Array]) -> Mask:
        """Where an operand is not zero; that of weights is made once."""
        product = layer.product
        key = (layer.operands[place], product.zero_points[place])
        if key in self._masks:
            return self._masks[key]
        array = self._value(key[0], values)
        zero = self._zero_point(key[1], values) if key[1] else np.zeros((), array.dtype)
        if array.dtype.kind not in "iub" and not np.isfinite(array).all():
            what = "weights" if product.known[place] else "activations"
            raise UserError(f"{layer.name}: its {what} hold values that are not finite numbers")
        mask = nonzeros(array, _aligned(zero, array.ndim, product, place))
        if product.known[place]:
            self._masks[key] = mask
        return mask

    def _zero_point(self, name: str, values: Mapping[str, Array]) -> Array:
        """A zero point; what constants make is shown with the first image alone, and kept."""
        if not self._graph.known(name):
            return self._value(name, values)
        if name not in self._zero_points:
            self._zero_points[name] = self._value(name, values)
        return self._zero_points[name]

    def _value(self, name: str, values: Mapping[str, Array]) -> Array:
        if name in values:
            return values[name]
        stored = self._graph.values(name)
        if stored is None:
            raise UserError(f"{self._graph.path}: nothing makes the value {name!r}")
        return stored


def _cuts(
    node: NodeProto, makers: Mapping[str, Makers], cuts: Mapping[str, Cuts]
) -> dict[str, Cuts]:
    """The pieces of a result that a node's outputs are; what it cuts is a piece for each output."""
    mixed = [name for name in read(node) if makers.get(name)]
    piece = united([cuts.get(name, WHOLE) for name in mixed])
    cutting = node.op_type in CUTTING and given(node, 0) in mixed and not piece
    return {name: frozenset({name}) if cutting else piece for name in filter(None, node.output)}


def _layer_node(graph: Graph, product: ProductNode, name: str | None) -> LayerNode:
    name, (first, second) = name or layer_name(graph, product), product.operands
    if product.form.form != "convolution" or product.form.zero_points:
        return LayerNode(product, name, (first, second), UNPADDED)
    source, zeros = zeros_around(graph, first)
    return LayerNode(product, name, (source, second), zeros)


def _products(operation: Operation, layer: LayerNode) -> Iterator[Product]:
    first, second = operation.operands
    node, form = layer.product.node, layer.product.form.form
    if form == "matrix product":
        operands = stacked(first, second, operation.known)
        yield matrix_product(replace(operation, operands=operands))
    elif form == "general product":
        stated = attributes(node)
        first = first.T if stated.get("transA") else first
        second = second.T if stated.get("transB") else second
        yield matrix_product(replace(operation, operands=(first, second)))
    else:
        moves = windows(node, first.shape[2:], second.shape[2:], layer.zeros)
        yield from convolutions(operation, moves)


def _aligned(zero: Array, axes: int, product: ProductNode, place: int) -> Array:
    """Zero points so that they meet their filters or rows.

    One for each filter of a convolution; for each row of a first matrix; for each column of a
    second one, whose columns come first in a transposed general product.
    """
    if zero.ndim != 1 or zero.size == 1:
        return zero.reshape(()) if zero.size == 1 else zero
    if product.form.form in ("convolution", "transposed convolution"):
        return zero.reshape(-1, *[1] * (axes - 1))
    turned = bool(attributes(product.node).get("transB"))
    return zero[:, None] if place == 0 or turned else zero
