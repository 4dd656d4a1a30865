"""What a network is to an accelerator: its layers and products, and which reads which."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, fx, nn
from torch.func import functional_call
from torch.nn.parameter import is_lazy
from torch.utils.hooks import RemovableHandle

from models.graph.activation_product import is_product
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.multiplications import Watch, empty_copy, without_zeros
from models.graph.stored_zeros import StoredZeroPad2d
from sim import Layer, matmul
from sim.errors import UserError
from sim.sizes import Sides, same_padding


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer with weights: a convolution or fully connected."""
    return isinstance(module, nn.Conv2d | nn.Linear)


def is_computed(module: nn.Module) -> bool:
    """Whether accelerators compute a module: a layer with weights, or a product of activations."""
    return is_layer(module) or is_product(module)


def layer_table(module: nn.Module, input_shape: tuple[int, ...]) -> tuple[Layer, ...]:
    """The layers and products of activations in the order they run, named by their path.

    No product is computed and no memory kept: one image of `input_shape`, mostly (C, H, W), runs
    through the module with all its tensors replaced by ones on the meta device. Every
    multiplication of that pass belongs to a layer of the table, and each layer has as many as
    PyTorch runs.

    A fully connected layer over (N, T, C) has T tokens, one over (N, H, W, C) H x W of them; both
    fill the squarest map, as where products are watched (`sim.sizes.token_grid`). Zeros that are
    put around a convolution's input beforehand are padding of the convolution. What earlier layers
    made that is added to a layer's output is in its `residual_elements`.

    Raises:
        UserError: the image does not fit the network, a layer runs twice, a product is computed
            outside of the layers, or a layer is of a kind the simulator has no shape for.
    """
    rows: dict[str, Layer] = {}
    watch, image = Watch(), torch.empty(1, *input_shape, device="meta")
    watch.follow(image)
    try:
        with temporary(_watching(module, watch, rows)), evaluating(module), torch.no_grad(), watch:
            functional_call(module, _meta(module), (image,))
    except UserError:
        raise
    except Exception as error:  # whatever a user's forward pass makes of such an image
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        if "meta" in reason:
            raise UserError(
                f"the forward pass of {type(module).__name__} depends on the values of its input "
                f"({reason}); expected one that runs the same for every image"
            ) from error
        raise UserError(f"an input of {input_shape} does not fit the network: {reason}") from error
    for name, row in rows.items():
        computed = watch.multiplications.get(name, 0)
        if computed != row.dense_macs:
            raise UserError(
                f"{name}: runs {computed:,} multiplications where a layer of its sizes has "
                f"{row.dense_macs:,}; expected the forward pass of torch's own module"
            )
    waiting = watch.residuals.elements
    return tuple(replace(row, residual_elements=waiting[name]) for name, row in rows.items())


def _meta(module: nn.Module) -> dict[str, Tensor]:
    tensors = dict([*module.named_parameters(), *module.named_buffers()])
    for name, tensor in tensors.items():
        if is_lazy(tensor):
            raise UserError(f"{name} is lazy and has no shape yet; run the network on an image")
    return {name: empty_copy(tensor) for name, tensor in tensors.items()}


def _watching(module: nn.Module, watch: Watch, rows: dict[str, Layer]) -> Iterator[RemovableHandle]:
    """Hooks that keep the path of the running modules and write the rows of the layers."""

    def enter(name: str) -> Callable[[nn.Module, tuple[Any, ...]], None]:
        def before(child: nn.Module, _: tuple[Any, ...]) -> None:
            watch.path.append((name, is_computed(child)))

        return before

    def leave(name: str) -> Callable[..., None]:
        def after(child: nn.Module, inputs: Any, keywords: Any, _: Any) -> None:
            watch.path.pop()
            if not is_computed(child):
                return
            if name in rows:
                raise UserError(f"layer {name!r} runs more than once; give each call its own")
            if is_product(child):
                rows[name] = _product_row(name, *inputs, *keywords.values())
                return
            x, zeros = without_zeros(watch, inputs[0] if inputs else keywords["input"])
            rows[name] = _row(name, child, x, zeros)

        return after

    for name, child in module.named_modules():
        yield child.register_forward_pre_hook(enter(name))
        yield child.register_forward_hook(leave(name), with_kwargs=True)


def _row(name: str, layer: nn.Module, x: Tensor, zeros: Sides) -> Layer:
    if x.dim() < 2 or x.shape[0] != 1:
        raise UserError(
            f"{name}: its input for one image has shape {tuple(x.shape)}; expected the images "
            "along the first axis"
        )
    if isinstance(layer, nn.Linear):
        return Layer.linear(name, layer.in_features, layer.out_features, x[0, ..., 0].numel())
    if not isinstance(layer, nn.Conv2d):
        raise TypeError(f"{name}: {type(layer).__name__} is not a layer")
    sides = tuple(
        (before + zero[0], after + zero[1])
        for (before, after), zero in zip(conv_padding(name, layer), zeros, strict=True)
    )
    return Layer.conv(
        name,
        layer.in_channels,
        layer.out_channels,
        (layer.kernel_size[0], layer.kernel_size[1]),
        stride=(layer.stride[0], layer.stride[1]),
        padding=(sides[0], sides[1]),
        input_size=(x.shape[2], x.shape[3]),
        groups=layer.groups,
        dilation=tuple(
            step if size > 1 else 1
            for step, size in zip(layer.dilation, layer.kernel_size, strict=True)
        ),  # type: ignore[arg-type]  # two numbers
    )


def _product_row(name: str, first: Tensor, second: Tensor) -> Layer:
    if first.dim() < 3 or first.shape[:-2] != second.shape[:-2] or first.shape[0] != 1:
        raise UserError(
            f"{name}: multiplies {tuple(first.shape)} by {tuple(second.shape)} for one image; "
            "expected (N, ..., rows, inner) by (N, ..., inner, columns), images first"
        )
    rows, inner = first.shape[-2:]
    return matmul(name, rows, inner, second.shape[-1], first.shape[:-2].numel())


def conv_padding(name: str, layer: nn.Conv2d) -> Sides:
    """Zeros around a convolution's input, ((top, bottom), (left, right)), also where words say so.

    Raises:
        UserError: the layer is padded by other values than zeros.
    """
    if layer.padding == "valid":
        return (0, 0), (0, 0)
    if isinstance(layer.padding, str):  # same, which torch has for stride 1 alone
        spans = zip(layer.kernel_size, layer.dilation, strict=True)
        down, across = (same_padding(1, step * (size - 1) + 1, 1) for size, step in spans)
    else:
        height, width = layer.padding
        down, across = (height, height), (width, width)
    if layer.padding_mode != "zeros" and any((*down, *across)):
        raise UserError(f"{name}: is padded in mode {layer.padding_mode!r}; expected zeros")
    return down, across


class _LayerTracer(fx.Tracer):
    """Looks into everything but the layers themselves and torch's own modules."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        # A layer with a parametrized weight has a class outside torch.nn, yet is still one layer.
        if isinstance(m, StoredZeroPad2d):
            return True
        return is_computed(m) or super().is_leaf_module(m, module_qualified_name)


def layer_graph(module: nn.Module) -> fx.Graph:
    """The graph of a forward pass, in which each layer and product of activations is one node.

    Raises:
        UserError: the forward pass depends on values, so its graph cannot be drawn.
    """
    try:
        return _LayerTracer().trace(module)
    except Exception as error:  # whatever a user's forward pass makes of stand-ins for tensors
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise UserError(f"{type(module).__name__} has no fixed graph: {reason}") from error


def layer_source(layer: fx.Node, modules: Mapping[str, nn.Module]) -> fx.Node:
    """The node whose value a layer reads from memory: zeros put around it are not stored."""
    node = layer.all_input_nodes[0]
    while is_zero_padding(node, modules):
        node = node.all_input_nodes[0]
    return node


def is_zero_padding(node: fx.Node, modules: Mapping[str, nn.Module]) -> bool:
    """Whether a node only puts zeros around its input."""
    if node.op == "call_module":
        module = modules[str(node.target)]
        if isinstance(module, StoredZeroPad2d):
            return False
        return isinstance(module, nn.ConstantPad2d) and module.value == 0
    if node.op != "call_function" or node.target is not F.pad:
        return False
    names = ("input", "pad", "mode", "value")
    given = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
    return given.get("mode", "constant") == "constant" and not given.get("value")


def computed_nodes(graph: fx.Graph, module: nn.Module) -> dict[fx.Node, str]:
    """The nodes of layers and products in running order, with their names."""
    children = dict(module.named_modules())
    return {
        node: str(node.target)
        for node in graph.nodes
        if node.op == "call_module" and is_computed(children[str(node.target)])
    }
