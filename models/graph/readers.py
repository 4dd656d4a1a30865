"""Who reads what each layer and product of a module made, followed through its graph."""

import operator
from collections.abc import Mapping

import torch
from torch import fx, nn

from models.graph.activation_product import is_product
from models.graph.layer_table import computed_nodes, layer_graph
from models.products import NOTHING, WHOLE, Cuts, Makers, Operand, Reading, united

CUTTING = (operator.getitem, torch.select, torch.narrow)
CUTTING_METHODS = ("select", "narrow")
SHAPES = ("size", "dim", "numel")


def readers(module: nn.Module) -> dict[str, tuple[Reading, ...]]:
    """For each layer and product those that read what it made, in running order.

    Edges are followed through everything else (batch norm, activation functions, pooling,
    additions, flattening), but not through shapes.

    Raises:
        UserError: the forward pass depends on values, so its graph cannot be drawn.
    """
    graph = layer_graph(module)
    computed = computed_nodes(graph, module)
    children = dict(module.named_modules())
    readings: dict[str, list[Reading]] = {name: [] for name in computed.values()}
    makers: dict[fx.Node, Makers] = {}
    cuts: dict[fx.Node, Cuts] = {}
    for node in graph.nodes:
        if node not in computed:
            if not _is_shape(node):
                makers[node], cuts[node] = _carried(node, makers, cuts)
            continue
        name = computed[node]
        for source, operand in _operands(node, is_product(children[name])):
            reading = Reading(name, operand, cuts.get(source, WHOLE))
            for maker in sorted(makers.get(source, NOTHING)):
                readings[maker].append(reading)
        makers[node] = frozenset({name})
    return {name: tuple(read) for name, read in readings.items()}


def first_readers(module: nn.Module) -> dict[str, str | None]:
    """For each layer and product, the first one in running order that reads what it made.

    Layers that nothing reads have None.

    Raises:
        UserError: as `readers`.
    """
    return {name: read[0].reader if read else None for name, read in readers(module).items()}


def _operands(node: fx.Node, product: bool) -> list[tuple[fx.Node, Operand]]:
    """What a layer or a product reads, and as which operand."""
    if not product:
        return [(source, "activation") for source in node.all_input_nodes]
    given = [*node.args, *node.kwargs.values()]
    places: tuple[Operand, Operand] = ("activation", "weight")
    pairs = zip(given, places, strict=False)
    return [(source, place) for source, place in pairs if isinstance(source, fx.Node)]


def _is_shape(node: fx.Node) -> bool:
    if node.op == "call_method":
        return node.target in SHAPES
    return node.op == "call_function" and node.target is getattr and node.args[1] == "shape"


def _carried(
    node: fx.Node, makers: Mapping[fx.Node, Makers], cuts: Mapping[fx.Node, Cuts]
) -> tuple[Makers, Cuts]:
    """The layers whose results a value carries, and the pieces of them that it is."""
    mixed = [source for source in node.all_input_nodes if makers.get(source)]
    made = NOTHING.union(*(makers[source] for source in mixed))
    piece = united([cuts.get(source, WHOLE) for source in mixed])
    cutting = node.target in (CUTTING_METHODS if node.op == "call_method" else CUTTING)
    return made, frozenset({node.name}) if cutting and mixed and not piece else piece
