"""Functions that an ONNX file defines, put in place of their calls."""

from pathlib import Path

import onnx
import onnx.inliner

from models.onnx_import.files import bodies, first_line, graphs
from sim.errors import UserError

MOST_NODES = 1_000_000
"""That a network may have; functions that call each other twice grow without bound."""
DEEPEST = 50
"""Calls within calls."""
Key = tuple[str, str, str]


def inlined(path: Path, model: onnx.ModelProto) -> onnx.ModelProto:
    """Put the nodes of each function in the place where it is called.

    Raises:
        UserError: they call themselves, make too many nodes, or cannot be put in place.
    """
    if not model.functions:
        return model
    functions = {_key(function): function for function in model.functions}
    sizes: dict[Key, int] = {}
    total = sum(_size(path, node, functions, sizes, ()) for node in model.graph.node)
    if total > MOST_NODES:
        raise UserError(f"{path}: its functions make {total} nodes; expected at most {MOST_NODES}")
    try:
        return onnx.inliner.inline_local_functions(model)
    except Exception as error:  # the inliner is C++ and raises its own kinds
        raise UserError(f"{path}: its functions: {first_line(error)}") from error


def _key(named: onnx.FunctionProto | onnx.NodeProto) -> Key:
    name = named.op_type if isinstance(named, onnx.NodeProto) else named.name
    return named.domain, name, named.overload


def _size(
    path: Path,
    node: onnx.NodeProto,
    functions: dict[Key, onnx.FunctionProto],
    sizes: dict[Key, int],
    callers: tuple[Key, ...],
) -> int:
    """Nodes that a node becomes, those of the graphs inside it included."""
    key = _key(node)
    inner = [each for body in bodies(node) for graph in graphs(body) for each in graph.node]
    size = 1 + sum(_size(path, each, functions, sizes, callers) for each in inner)
    if key not in functions:
        return size
    if key in callers:
        raise UserError(f"{path}: the function {key[1]!r} calls itself; expected one that ends")
    if len(callers) == DEEPEST:
        raise UserError(f"{path}: its functions nest deeper than {DEEPEST} calls")
    if key not in sizes:
        nodes = functions[key].node
        deeper = (*callers, key)
        sizes[key] = sum(_size(path, each, functions, sizes, deeper) for each in nodes)
    return size + sizes[key]
