"""What a network is to an accelerator: its conv and FC layers, and which reads which."""

from collections import deque
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.func import functional_call

from models.graph.hooks import temporary
from models.graph.modes import evaluating
from sim import Layer
from sim.errors import UserError


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer that accelerators compute: a convolution or fully connected."""
    return isinstance(module, nn.Conv2d | nn.Linear)


def layer_table(module: nn.Module, input_shape: tuple[int, int, int]) -> tuple[Layer, ...]:
    """The conv and FC layers in the order they run, named by their path in the module.

    Nothing is computed and no memory taken: one image of `input_shape` (C, H, W) runs through the
    module with all its tensors replaced by ones on the meta device.

    Raises:
        UserError: the image does not fit the network, a layer runs twice, or a convolution is of
            a kind the simulator has no shape for (dilated, or padded other than by numbers).
    """
    rows: dict[str, Layer] = {}

    def recorder(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def record(layer: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
            if name in rows:
                raise UserError(f"layer {name!r} runs more than once; give each call its own")
            rows[name] = _row(name, layer, inputs[0])

        return record

    hooks = (
        child.register_forward_hook(recorder(name))
        for name, child in module.named_modules()
        if is_layer(child)
    )
    tensors = [*module.named_parameters(), *module.named_buffers()]
    meta = {name: torch.empty_like(tensor, device="meta") for name, tensor in tensors}
    try:
        with temporary(hooks), evaluating(module), torch.no_grad():
            functional_call(module, meta, (torch.empty(1, *input_shape, device="meta"),))
    except RuntimeError as error:
        raise UserError(f"an input of {input_shape} does not fit the network: {error}") from error
    return tuple(rows.values())


def _row(name: str, layer: nn.Module, x: Tensor) -> Layer:
    if isinstance(layer, nn.Linear):
        return Layer.linear(name, layer.in_features, layer.out_features)
    if not isinstance(layer, nn.Conv2d):
        raise TypeError(f"{name}: {type(layer).__name__} is not a layer")
    if isinstance(layer.padding, str) or set(layer.dilation) != {1}:
        raise UserError(
            f"{name}: padding {layer.padding!r}, dilation {layer.dilation}; "
            "expected padding in numbers and no dilation"
        )
    return Layer.conv(
        name,
        layer.in_channels,
        layer.out_channels,
        (layer.kernel_size[0], layer.kernel_size[1]),
        (layer.stride[0], layer.stride[1]),
        (layer.padding[0], layer.padding[1]),
        (x.shape[2], x.shape[3]),
        layer.groups,
    )


class _LayerTracer(fx.Tracer):
    """Looks into everything but the layers themselves and torch's own modules."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        # A layer with a parametrized weight has a class outside torch.nn, yet is still one layer.
        return is_layer(m) or super().is_leaf_module(m, module_qualified_name)


def layer_graph(module: nn.Module) -> fx.Graph:
    """The graph of a forward pass, in which each conv and FC layer is one node.

    Raises:
        UserError: the forward pass depends on values, so its graph cannot be drawn.
    """
    try:
        return _LayerTracer().trace(module)
    except fx.proxy.TraceError as error:
        raise UserError(f"{type(module).__name__} has no fixed graph: {error}") from error


def consumers(module: nn.Module) -> dict[str, str | None]:
    """For each conv and FC layer, the first one in running order that reads what it wrote.

    Edges are followed through everything else (batch norm, activation functions, pooling,
    additions, flattening). Layers that nothing reads have None.

    Raises:
        UserError: the forward pass depends on values, so its graph cannot be drawn.
    """
    graph = layer_graph(module)
    children = dict(module.named_modules())

    def layer_name(node: fx.Node) -> str | None:
        name = str(node.target)
        return name if node.op == "call_module" and is_layer(children[name]) else None

    order = {node: index for index, node in enumerate(graph.nodes)}
    return {
        name: _first_reader(node, layer_name, order)
        for node in graph.nodes
        if (name := layer_name(node)) is not None
    }


def _first_reader(
    start: fx.Node, layer_name: Callable[[fx.Node], str | None], order: dict[fx.Node, Any]
) -> str | None:
    readers: list[fx.Node] = []
    seen: set[fx.Node] = set()
    waiting = deque(start.users)
    while waiting:
        node = waiting.popleft()
        if node in seen:
            continue
        seen.add(node)
        if layer_name(node) is None:
            waiting.extend(node.users)
        else:
            readers.append(node)
    return layer_name(min(readers, key=order.__getitem__)) if readers else None
