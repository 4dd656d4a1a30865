"""What flows through an ONNX graph: which values are constant, and which nodes are layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
import onnx.helper

from models.onnx_import.files import Array, bodies, graphs, tensor_values
from models.onnx_import.operators import PRODUCTS, ProductForm, given, label, product_form
from sim.errors import UserError
from sim.validation import shown

SHAPES = ("Shape", "Size")
"""Operators whose result depends on the form of their input alone."""
RANDOM = ("Random", "Bernoulli", "Multinomial")
CARRIERS = {
    "Identity",
    "Transpose",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Cast",
    "DequantizeLinear",
    "QuantizeLinear",
    "Pad",
}
"""Operators whose result holds the values of their first input, in another form."""


@dataclass(frozen=True, eq=False)
class ProductNode:
    """A node that is a layer.

    Attributes:
        node: of the graph.
        form: how it multiplies.
        operands: names of the two values.
        known: for each, whether it is made of constants alone.
        zero_points: names of the integers that stand for zero; "" = zero is 0.
    """

    node: onnx.NodeProto
    form: ProductForm
    operands: tuple[str, str]
    known: tuple[bool, bool]
    zero_points: tuple[str, str]


class Graph:
    """The nodes of a network with what their values are made of.

    Attributes:
        path: of the file.
        nodes: in running order.
        opsets, ir_version: of the file.
        stored: the tensors of the file by the name of their value.
        makers: the node that makes a value.
        inputs: what a user gives, in the order of the file.
        products: every node that is a layer, in running order.
    """

    def __init__(self, path: Path, model: onnx.ModelProto) -> None:
        """Sort the values of a network by what they are made of.

        Raises:
            UserError: a node multiplies in a way that has no row in a table of layers, or reads
                what a later one makes.
        """
        graph = model.graph
        self.path = path
        self.nodes = tuple(graph.node)
        self.opsets, self.ir_version = tuple(model.opset_import), model.ir_version
        self.stored = {tensor.name: tensor for tensor in graph.initializer}
        if graph.sparse_initializer:
            raise UserError(f"{path}: stores sparse tensors; expected plain ones")
        self.stored |= {
            node.output[0]: attribute.t
            for node in self.nodes
            if node.op_type == "Constant" and node.output
            for attribute in node.attribute
            if attribute.name == "value"
        }
        self.makers = {name: node for node in self.nodes for name in node.output if name}
        self.inputs = tuple(x for x in graph.input if x.name not in self.stored)
        self._check_order()
        self._mixed = {x.name for x in self.inputs}
        self.products = tuple(self._products())

    def known(self, value: str) -> bool:
        """Whether a value is the same for every image: made of constants and shapes alone."""
        return value not in self._mixed

    def values(self, name: str) -> Array | None:
        """The values of a stored constant; None if it is computed."""
        if name not in self.stored:
            return None
        return tensor_values(self.path, self.stored[name])

    def forms(self, value: str) -> Iterator[str]:
        """A value, and back through its other forms to the first; nodes in order have no circle."""
        yield value
        node = self.makers.get(value)
        while node is not None and node.op_type in CARRIERS and node.input:
            value = node.input[0]
            yield value
            node = self.makers.get(value)

    def is_int8(self, product: ProductNode) -> bool:
        """Whether both operands are integers, or were before they were given real units."""
        if product.form.zero_points:
            return True
        return all(self._is_dequantized(value) for value in product.operands)

    def _is_dequantized(self, value: str) -> bool:
        makers = (self.makers.get(form) for form in self.forms(value))
        return any(maker is not None and maker.op_type == "DequantizeLinear" for maker in makers)

    def _check_order(self) -> None:
        """Refuse nodes out of order: what reads a value before it is made would pass as constant.

        onnxruntime sorts them itself and says nothing.
        """
        made: set[str] = set()
        for node in self.nodes:
            inside = {name for body in bodies(node) for name in _made(body)}
            for name in read(node):
                if name in self.makers and not any(name in x for x in (made, self.stored, inside)):
                    raise UserError(
                        f"{self.path}: {label(node)} reads {shown(name)}, which no node before it "
                        "makes; expected nodes in running order: sort them, or export it again"
                    )
            for name in filter(None, node.output):
                if name in made:
                    raise UserError(
                        f"{self.path}: two nodes make the value {shown(name)}; expected one: "
                        "export it again"
                    )
                made.add(name)

    def _products(self) -> Iterator[ProductNode]:
        for node in self.nodes:
            if not any(name in self._mixed for name in read(node)):
                if node.op_type.startswith(RANDOM):
                    self._mixed.update(filter(None, node.output))
                continue
            if node.op_type in SHAPES:
                continue
            self._mixed.update(filter(None, node.output))
            _check_bodies(node)
            form = product_form(node)
            if form is None:
                continue
            first, second = (given(node, place) for place in form.operands)
            if not (first and second and node.output):
                raise UserError(f"{label(node)}: {node.op_type} lacks an operand or a result")
            known = self.known(first), self.known(second)
            if not all(known):
                zeros = form.zero_points or (None, None)
                yield ProductNode(
                    node,
                    form,
                    (first, second),
                    known,
                    (given(node, zeros[0]), given(node, zeros[1])),
                )


def read(node: onnx.NodeProto) -> Iterator[str]:
    """Every value that a node reads, those that the graphs inside it take from outside included."""
    yield from filter(None, node.input)
    for body in bodies(node):
        for graph in graphs(body):
            for inner in graph.node:
                yield from filter(None, inner.input)


def _made(body: onnx.GraphProto) -> Iterator[str]:
    """Every value that the nodes of a graph and of the graphs inside it make."""
    for graph in graphs(body):
        for node in graph.node:
            yield from node.output


def _check_bodies(node: onnx.NodeProto) -> None:
    """Refuse products inside branches and loops: how often they run is not in the graph."""
    for body in bodies(node):
        for graph in graphs(body):
            for inner in graph.node:
                if inner.op_type in PRODUCTS or product_form(inner) is not None:
                    raise UserError(
                        f"{label(node)}: {label(inner)} multiplies inside {node.op_type}, and how "
                        "often it runs is not in the file; expected a graph without branches and "
                        "loops around layers (export with fixed sizes, or simplify it)"
                    )
