"""What made each layer's input, read from the graph of the network."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import fx, nn

from models.graph.layer_table import (
    computed_nodes,
    is_layer,
    is_zero_padding,
    layer_graph,
    layer_table,
)
from models.graph.stored_tensors import tensors_read
from sim.layer import Layer

PASSIVE = (nn.MaxPool2d, nn.Dropout, nn.Identity, nn.Upsample, nn.ZeroPad2d)
"""Modules behind which zeros are still the zeros of what went in."""

RECTIFIERS = (nn.ReLU, nn.ReLU6)


class InputKind(StrEnum):
    """What made a layer's input."""

    IMAGE = "image"
    RELU = "relu"
    RESIDUAL = "residual"
    SUM = "sum"
    POOLED = "pooled"
    SIGNED = "signed"
    GELU = "gelu"
    SOFTMAX = "softmax"


@dataclass(frozen=True)
class LayerInput:
    """A layer or a product of activations together with what it reads.

    Attributes:
        layer: the shape.
        tensor: name of the first reading of the same tensor (models.graph.stored_tensors); layers
            of one `tensor` share one mask.
        kind: what made the tensor.
        second: the same of the second operand of a product; None = its operand is weights.
    """

    layer: Layer
    tensor: str
    kind: InputKind
    second: tuple[str, InputKind] | None = None

    @property
    def tensors(self) -> tuple[tuple[str, InputKind], ...]:
        """Each tensor that is read, with its kind."""
        first = (self.tensor, self.kind)
        return (first,) if self.second is None else (first, self.second)


def layer_inputs(network: nn.Module, input_shape: tuple[int, int, int]) -> tuple[LayerInput, ...]:
    """For each layer and product in running order, its shape and what its inputs are.

    Raises:
        UserError: as `layer_table` and `layer_graph`.
    """
    graph = layer_graph(network)
    modules = dict(network.named_modules())
    nodes = {name: node for node, name in computed_nodes(graph, network).items()}
    first_reading: dict[fx.Node, str] = {}
    rows = []
    for layer in layer_table(network, input_shape):
        read = [
            (first_reading.setdefault(source, reading), input_kind(source, modules))
            for source, reading in tensors_read(nodes[layer.name], modules)
        ]
        rows.append(LayerInput(layer, *read[0], *read[1:]))
    return tuple(rows)


def input_kind(node: fx.Node, modules: dict[str, nn.Module]) -> InputKind:
    """What made the value of a node, looking through pooling, dropout and concatenation."""
    if node.op == "placeholder":
        return InputKind.IMAGE
    if node.op == "call_module":
        return _module_kind(node, modules)
    sources = [input_kind(source, modules) for source in node.all_input_nodes]
    if node.target is torch.flatten:
        return sources[0]
    if InputKind.SIGNED in sources:
        return InputKind.SIGNED
    if _is_named(node, "add"):
        return InputKind.SUM
    if _is_named(node, "mul"):  # a gate over a map: the zeros are the map's
        return sources[0]
    if node.target is torch.cat:
        return InputKind.RELU
    return InputKind.SIGNED


def _module_kind(node: fx.Node, modules: dict[str, nn.Module]) -> InputKind:
    module, source = modules[str(node.target)], node.all_input_nodes[0]
    if isinstance(module, PASSIVE):
        return input_kind(source, modules)
    if isinstance(module, nn.AdaptiveAvgPool2d):
        pooled = module.output_size in (1, (1, 1))
        return InputKind.POOLED if pooled else input_kind(source, modules)
    if isinstance(module, RECTIFIERS):
        return InputKind.RESIDUAL if _is_named(source, "add") else InputKind.RELU
    if isinstance(module, nn.GELU):
        return InputKind.GELU
    if isinstance(module, nn.Softmax):
        return InputKind.SOFTMAX
    if isinstance(module, nn.Hardsigmoid):  # a gate; `mul` asks for the map's side only
        return InputKind.RELU
    return InputKind.SIGNED


def _is_named(node: fx.Node, name: str) -> bool:
    return node.op == "call_function" and getattr(node.target, "__name__", "") == name


def paths_to_layers(
    start: fx.Node, modules: dict[str, nn.Module]
) -> Iterator[tuple[str, tuple[nn.Module, ...]]]:
    """Layers that read a node's zeros, each with the poolings in between, in graph order.

    An average of rectified values is zero where their largest is, so averages over windows are
    given as maximum poolings.
    """
    for user in start.users:
        if is_zero_padding(user, modules):
            yield from paths_to_layers(user, modules)
        elif user.op == "call_module":
            module = modules[str(user.target)]
            if is_layer(module):
                yield str(user.target), ()
            elif isinstance(module, nn.MaxPool2d):
                for name, pools in paths_to_layers(user, modules):
                    yield name, (module, *pools)
            elif isinstance(module, nn.AdaptiveAvgPool2d) and module.output_size not in (1, (1, 1)):
                largest = nn.AdaptiveMaxPool2d(module.output_size)
                for name, pools in paths_to_layers(user, modules):
                    yield name, (largest, *pools)
            elif isinstance(module, PASSIVE):
                yield from paths_to_layers(user, modules)
        elif user.op == "call_function" and _passes_zeros(user, start):
            yield from paths_to_layers(user, modules)


def _passes_zeros(user: fx.Node, source: fx.Node) -> bool:
    if user.target in (torch.flatten, torch.cat):
        return True
    return _is_named(user, "mul") and user.all_input_nodes[0] is source
