"""Nodes that add values of a network to each other, and how large those are."""

from collections.abc import Mapping

import onnx
import onnx.helper

from models.onnx_import.graph import Graph
from models.onnx_import.operators import MICROSOFT, STANDARD, given

PLACES: Mapping[tuple[str, str], tuple[int, ...] | None] = {
    ("", "Add"): (0, 1),
    ("", "Sum"): None,
    (MICROSOFT, "QLinearAdd"): (0, 3),
    (MICROSOFT, "SkipLayerNormalization"): (0, 1),
    (MICROSOFT, "SkipSimplifiedLayerNormalization"): (0, 1),
    (MICROSOFT, "BiasAdd"): (0, 2),
}
"""Where operators that add have their operands; None = every input is one."""


def addends(graph: Graph, node: onnx.NodeProto) -> tuple[str, ...]:
    """The operands of an addition that differ from image to image; none if fewer than two do."""
    domain = "" if node.domain in STANDARD else node.domain
    places = PLACES.get((domain, node.op_type), ())
    names = node.input if places is None else [given(node, place) for place in places]
    mixed = tuple(name for name in names if name and not graph.known(name))
    return mixed if len(mixed) > 1 else ()


def add_sizes(graph: Graph, model: onnx.ModelProto) -> dict[str, str]:
    """Have a network say how many elements each addend has.

    Returns:
        For each addend, the value that holds its number of elements; it is added to the network
        in place.
    """
    taken = {*graph.makers, *graph.stored, *(x.name for x in graph.inputs)}
    sizes: dict[str, str] = {}
    for addend in dict.fromkeys(name for node in graph.nodes for name in addends(graph, node)):
        size = f"{addend}:size"
        while size in taken:
            size += "_"
        taken.add(size)
        sizes[addend] = size
    nodes = (onnx.helper.make_node("Size", [name], [size]) for name, size in sizes.items())
    model.graph.node.extend(nodes)
    return sizes
