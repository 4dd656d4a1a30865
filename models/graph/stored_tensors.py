"""The tensors that a network keeps in memory between layers, as places one can change.

An accelerator writes a feature map once and every layer that needs it reads that same copy. So
quantizing or pruning an activation belongs to the tensor, not to one of its readers: layers that
share an input share its scale and its density bound, and a shortcut sees the pruned values too.
"""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, fx, nn

from models.graph.activation_product import SECOND, is_product
from models.graph.layer_table import is_computed, is_layer, layer_graph, layer_source
from sim.errors import UserError

PREFIX = "stored"


class StoredTensor(nn.Module):
    """One tensor on its way through memory: quantized, then pruned. Any shape goes through.

    Attributes:
        readers: paths of the layers and products of activations that read it, in running order;
            a product that reads it as its second operand with `SECOND` behind its path.
        channel_axis: where its channels are: last for fully connected layers (tokens), else 1.
            None: a product reads it, which multiplies along other axes.
        quantizer, pruner: what the tensor passes; identities until somebody replaces them.
    """

    def __init__(self, readers: tuple[str, ...], channel_axis: int | None = 1) -> None:
        super().__init__()
        self.readers = readers
        self.channel_axis = channel_axis
        self.quantizer: nn.Module = nn.Identity()
        self.pruner: nn.Module = nn.Identity()

    @property
    def name(self) -> str:
        """Path of the first layer that reads the tensor."""
        return self.readers[0]

    def forward(self, x: Tensor) -> Tensor:
        """The tensor as its readers see it."""
        stored: Tensor = self.pruner(self.quantizer(x))
        return stored


class SparseNetwork:
    """A network whose stored tensors are modules; it shares its layers with the network given.

    Attributes:
        module: the network, with the same parameters under the same names; what it computes is
            unchanged until masks, quantizers or pruners are put in.
        layers: every conv and FC layer by path, in running order.
        stored: every tensor that such a layer or a product of activations reads, in running order.
    """

    def __init__(self, network: nn.Module) -> None:
        self.module = fx.GraphModule(network, layer_graph(network))
        modules = dict(self.module.named_modules())
        order = [str(node.target) for node in self._layer_nodes(modules)]
        for name in order:
            _check_layer(name, modules[name], order)
        self._prefix = PREFIX
        while hasattr(self.module, self._prefix):  # a module of the user's
            self._prefix += "_"
        self.layers = {name: modules[name] for name in order}
        self.stored = tuple(
            self._insert(node, names, _channel_axis(names, self.layers))
            for node, names in self._inputs(modules)
        )
        self.module.graph.lint()
        self.module.recompile()

    def _layer_nodes(self, modules: dict[str, nn.Module]) -> Iterator[fx.Node]:
        for node in self.module.graph.nodes:
            if node.op == "call_module" and is_layer(modules[str(node.target)]):
                yield node

    def _inputs(self, modules: dict[str, nn.Module]) -> list[tuple[fx.Node, tuple[str, ...]]]:
        readers: dict[fx.Node, list[str]] = {}
        for node in self.module.graph.nodes:
            module = modules.get(str(node.target)) if node.op == "call_module" else None
            if module is not None and is_computed(module):
                for source, name in tensors_read(node, modules):
                    readers.setdefault(source, []).append(name)
        return [(node, tuple(names)) for node, names in readers.items()]

    def _insert(
        self, node: fx.Node, readers: tuple[str, ...], channel_axis: int | None
    ) -> StoredTensor:
        stored = StoredTensor(readers, channel_axis)
        target = f"{self._prefix}.{readers[0].replace('.', '_')}"
        while target in dict(self.module.named_modules()):  # a.0 beside a_0
            target += "_"
        self.module.add_submodule(target, stored)
        with self.module.graph.inserting_after(node):
            inserted = self.module.graph.call_module(target, (node,))
        node.replace_all_uses_with(inserted)
        inserted.update_arg(0, node)
        return stored

    @property
    def first_layer(self) -> str:
        """The layer that reads the image."""
        return next(iter(self.layers))

    @property
    def last_layer(self) -> str:
        """The layer that makes the class scores."""
        return next(reversed(self.layers))


def tensors_read(node: fx.Node, modules: Mapping[str, nn.Module]) -> Iterator[tuple[fx.Node, str]]:
    """What a layer or a product reads from memory: nodes, with the name of each reading."""
    name = str(node.target)
    if not is_product(modules[name]):
        yield layer_source(node, modules), name
        return
    operands = [*node.args, *node.kwargs.values()]
    for operand, reading in zip(operands, (name, name + SECOND), strict=True):
        if not isinstance(operand, fx.Node):
            raise UserError(f"{name}: multiplies by {operand!r}; expected two activations")
        yield operand, reading


def _channel_axis(readers: Sequence[str], layers: Mapping[str, nn.Module]) -> int | None:
    if not all(name in layers for name in readers):
        return None
    return -1 if isinstance(layers[readers[0]], nn.Linear) else 1


def _check_layer(name: str, layer: nn.Module, order: list[str]) -> None:
    """Refuse layers that cannot be changed as one: that run twice, or whose weight is computed."""
    if order.count(name) > 1:
        raise UserError(f"layer {name!r} runs more than once; give each call its own")
    if "weight" not in layer._parameters:
        raise UserError(
            f"{name}: its weight is computed from other parameters at each call; make it a plain "
            "one first (torch.nn.utils: parametrize.remove_parametrizations, prune.remove or "
            "remove_weight_norm)"
        )


def is_depthwise(layer: nn.Module) -> bool:
    """Whether each filter of a convolution sees one channel only."""
    return isinstance(layer, nn.Conv2d) and layer.groups > 1 and layer.weight.shape[1] == 1


def weight(layer: nn.Module) -> Tensor:
    """The weight of a conv or FC layer as it is used, (K, C/groups, R, S) or (K, C)."""
    value = layer.weight
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{type(layer).__name__} has no weight tensor")
    return value
