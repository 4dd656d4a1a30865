"""Two networks of one graph, run side by side layer by layer: a dense one and the one repaired."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx

from models.graph.stored_tensors import SparseNetwork

VIEWS_AT_ONCE = 16
"""Images that go through a module together; values between modules are kept of all of them."""

KEPT = torch.float16
"""Type of the values that are kept. Maps of all images in two networks take most of the memory; a
repair measures sums over thousands of positions, where rounding to 11 bits is lost in the noise."""

Repairer = Callable[[str, Tensor, Tensor], None]
"""Gets a layer's name, its input in the repaired network and its output in the dense one (KEPT)."""


class _Runner(fx.Interpreter):
    """Runs a graph one node at a time, modules on a few images at a time."""

    def call_module(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The module's output on all images, in KEPT; it computes in single precision."""
        module = self.fetch_attr(target)
        result: Tensor | None = None
        for start in range(0, len(args[0]), VIEWS_AT_ONCE):
            stop = start + VIEWS_AT_ONCE
            part = module(*(x[start:stop].float() for x in args), **kwargs)
            if result is None:  # all at once, for joining parts would take the memory twice
                result = torch.empty((len(args[0]), *part.shape[1:]), dtype=KEPT)
            result[start:stop] = part
        return result


def walk(dense: SparseNetwork, sparse: SparseNetwork, images: Tensor, repair: Repairer) -> Tensor:
    """Run images (N, C, H, W) through both networks; before a layer runs in the second, repair it.

    So each layer is repaired on the input that the repaired layers before it make, towards the
    output that the dense network has there.

    Returns:
        The outputs of the repaired network, in KEPT.
    """
    runners = [_Runner(network.module.eval()) for network in (dense, sparse)]
    nodes = [list(network.module.graph.nodes) for network in (dense, sparse)]
    for runner in runners:
        runner.args_iter = iter((images.to(KEPT),))
    with torch.no_grad():
        for of_dense, of_sparse in zip(*nodes, strict=True):
            if of_sparse.op == "output":
                return _value(runners[1], of_sparse.all_input_nodes[0])
            runners[0].env[of_dense] = runners[0].run_node(of_dense)
            name = str(of_sparse.target)
            if of_sparse.op == "call_module" and name in sparse.layers:
                source = _value(runners[1], of_sparse.all_input_nodes[0])
                repair(name, source, _value(runners[0], of_dense))
            runners[1].env[of_sparse] = runners[1].run_node(of_sparse)
            for runner, node in zip(runners, (of_dense, of_sparse), strict=True):
                for used in runner.user_to_last_uses.get(node, []):
                    del runner.env[used]
    raise AssertionError("a graph ends with its output")


def _value(runner: _Runner, node: fx.Node) -> Tensor:
    value = runner.env[node]
    if not isinstance(value, Tensor):
        raise TypeError(f"{node}: {type(value).__name__}, expected a tensor")
    return value
