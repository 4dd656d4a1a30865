"""Networks of one graph, run side by side layer by layer: a dense one and those repaired."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn

from models.graph.stored_tensors import SparseNetwork, StoredTensor

VIEWS_AT_ONCE = 8
"""Images that go through a module together; values between modules are kept of all of them."""

KEPT = torch.float16
"""Type of the values that are kept. Maps of all images in all networks take most of the memory; a
repair measures sums over thousands of positions, where rounding to 11 bits is lost in the noise."""

Repairer = Callable[[str, Tensor, Tensor], None]
"""Gets a layer's name, its input in the repaired network and its output in the dense one (KEPT).

They hold these values during the call alone; afterwards other values may take their place."""


class _Runner(fx.Interpreter):
    """Runs a graph one node at a time, modules on a few images at a time."""

    def step(self, node: fx.Node) -> None:
        """Run a node and keep its value; what no later node reads is let go."""
        self._last_read = set(self.user_to_last_uses.get(node, []))
        self.env[node] = self.run_node(node)
        for read in self._last_read:
            del self.env[read]

    def run_node(self, n: fx.Node) -> Any:
        """The node's value."""
        self._node = n
        return super().run_node(n)

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The module's output on all images, in KEPT; it computes in single precision.

        It takes the place of the input where nothing else reads that and the shapes are equal.
        """
        module = self.fetch_attr(target)
        source = self._node.all_input_nodes[0]  # what a function returns may be part of another
        free = source in self._last_read and source.op in ("placeholder", "call_module")
        if free and _does_nothing(module):
            return args[0]
        result: Tensor | None = None
        for start in range(0, len(args[0]), VIEWS_AT_ONCE):
            stop = start + VIEWS_AT_ONCE
            part = module(*(_ordered(module, x[start:stop].float()) for x in args), **kwargs)
            if result is None:  # all at once, for joining parts would take the memory twice
                fits = free and part.shape[1:] == args[0].shape[1:]
                result = args[0] if fits else args[0].new_empty((len(args[0]), *part.shape[1:]))
            result[start:stop] = part
        return result


def _ordered(module: nn.Module, values: Tensor) -> Tensor:
    """Values in the order of memory in which a module is fast; the result is stored in another."""
    if isinstance(module, nn.MaxPool2d):  # vectorized over channels alone
        return values.contiguous(memory_format=torch.channels_last)
    return values


def _does_nothing(module: nn.Module) -> bool:
    if isinstance(module, StoredTensor):
        return _does_nothing(module.quantizer) and _does_nothing(module.pruner)
    return isinstance(module, nn.Identity)


def walk(
    dense: SparseNetwork, repairs: Sequence[tuple[SparseNetwork, Repairer]], images: Tensor
) -> tuple[Tensor, ...]:
    """Run images (N, C, H, W) through all networks; before a layer of the others runs, repair it.

    So each layer is repaired on the input that the repaired layers before it make, towards the
    output that the dense network has there.

    Args:
        dense: runs once, however many are repaired.
        repairs: pruned copies of it, each with what repairs its layers.
        images: unlabelled.

    Returns:
        The outputs of each repaired network, in KEPT.
    """
    reference = _Runner(dense.module.eval())
    runners = [_Runner(network.module.eval()) for network, _ in repairs]
    for each in (reference, *runners):
        each.args_iter = iter((images.to(KEPT, copy=True),))
    nodes = zip(
        dense.module.graph.nodes,
        *(network.module.graph.nodes for network, _ in repairs),
        strict=True,
    )
    with torch.no_grad():
        for of_dense, *copies in nodes:
            source = next(iter(of_dense.all_input_nodes), None)
            if of_dense.op == "output" and source is not None:
                return tuple(
                    _value(runner, node.all_input_nodes[0])
                    for runner, node in zip(runners, copies, strict=True)
                )
            reference.step(of_dense)
            for runner, node, (network, repair) in zip(runners, copies, repairs, strict=True):
                name = str(node.target)
                if node.op == "call_module" and name in network.layers and source is not None:
                    read = _value(runner, node.all_input_nodes[0])
                    repair(name, read, _value(reference, of_dense))
                runner.step(node)
    raise AssertionError("a graph ends with its output")


def _value(runner: _Runner, node: fx.Node) -> Tensor:
    value = runner.env[node]
    if not isinstance(value, Tensor):
        raise TypeError(f"{node}: {type(value).__name__}, expected a tensor")
    return value
