"""Values that a graph computes from its constants alone."""

import onnx
import onnx.helper

from models.onnx_import.files import Array
from models.onnx_import.graph import Graph, read
from models.onnx_import.session import Session


def constant_value(graph: Graph, name: str) -> Array | None:
    """The values of a constant, be it stored or computed; None if it depends on an input's shape.

    Raises:
        UserError: its nodes do not run.
    """
    if name in graph.stored:
        return graph.values(name)
    needed = _needed(graph, name)
    if any(value not in graph.stored and value not in graph.makers for value in needed):
        return None
    nodes = [node for node in graph.nodes if needed.intersection(node.output)]
    made = {output for node in nodes for output in node.output}
    stored = [
        graph.stored[value] for value in needed if value in graph.stored and value not in made
    ]
    proto = onnx.helper.make_graph(nodes, "constants", [], [], stored)
    model = onnx.helper.make_model(proto, opset_imports=graph.opsets, ir_version=graph.ir_version)
    with Session(graph.path, model, [name]) as session:
        return session.run([name], {})[name]


def _needed(graph: Graph, name: str) -> set[str]:
    """A value and all that it is computed from."""
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        value = waiting.pop()
        if value in needed:
            continue
        needed.add(value)
        if value in graph.makers:
            waiting += read(graph.makers[value])
    return needed
