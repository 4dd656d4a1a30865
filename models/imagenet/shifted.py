"""Activation masks from a randomly initialised network whose activations are shifted to densities.

Random weights leave about half of every ReLU's outputs nonzero, but their zeros lie where edges and
textures of the photograph put them. Subtracting a quantile of each ReLU's input (which is what a
bias does) moves the density to any target and keeps the structure. One forward pass does it: each
ReLU is shifted before its output goes on. Such a network computes nothing of use; it is a source of
zeros only, and no accuracy can be quoted for it.

Batch norm with its initial scale and shift makes all channels alike (spread of channel densities
0.03 to 0.1), which trained ones are not (0.26 to 0.40 on measured masks). So its shifts are drawn
at random, per channel, in units of the normalized values.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, fx, nn

from models.graph.dataflow import RECTIFIERS, LayerInput, paths_to_layers
from models.graph.layer_table import is_layer, layer_graph, layer_source
from sim.layer import Mask

NORM_SHIFT_STD = 1.4
"""Assumed spread of batch-norm shifts. Were the values normal and densities their positive share,
the densities would spread by 0.34 around a mean of 0.5."""

Prune = Callable[[str, Tensor], Tensor]
"""From the name of a stored tensor and its values to the values that are kept."""


@dataclass(frozen=True)
class _Target:
    """Density that a ReLU's output shall have after the max poolings that follow it."""

    density: float
    pools: tuple[nn.Module, ...]


def shifted_masks(
    network: nn.Module,
    inputs: tuple[LayerInput, ...],
    images: Tensor,
    densities: Mapping[str, float],
    prune: Prune | None = None,
    norm_shift_std: float = NORM_SHIFT_STD,
) -> dict[str, Mask]:
    """Input masks of all stored tensors, by the name of the first layer that reads each.

    Args:
        network: with any weights; batch norm uses the statistics of the images themselves.
        inputs: its layers (models.graph.dataflow.layer_inputs).
        images: (N, C, H, W).
        densities: target density of each layer's input.
        prune: applied to each stored tensor before anything reads it.
        norm_shift_std: spread of the random batch-norm shifts; they depend on the layer's name
            alone.

    Returns:
        (N, C, H, W) bool per stored tensor. A ReLU that reaches layers by several ways meets the
        target of the one with the fewest poolings in between; inputs that no ReLU made have the
        zeros they happen to have.
    """
    graph = layer_graph(network)
    run = _ShiftedRun(fx.GraphModule(network, graph), inputs, densities, prune, norm_shift_std)
    with torch.no_grad():
        run.run(images)
    shapes = {row.layer.name: row.layer.input_shape for row in inputs}
    return {name: mask.reshape(-1, *shapes[name]) for name, mask in run.masks.items()}


class _ShiftedRun(fx.Interpreter):
    """One forward pass, node by node."""

    def __init__(
        self,
        module: fx.GraphModule,
        inputs: tuple[LayerInput, ...],
        densities: Mapping[str, float],
        prune: Prune | None,
        norm_shift_std: float,
    ) -> None:
        super().__init__(module)
        self.masks: dict[str, Mask] = {}
        self._prune = prune
        self._norm_shift_std = norm_shift_std
        modules = dict(module.named_modules())
        self._modules = modules
        readers = {row.layer.name: row.tensor for row in inputs}
        self._stored: dict[fx.Node, str] = {}
        self._targets: dict[fx.Node, _Target] = {}
        for node in module.graph.nodes:
            if node.op != "call_module":
                continue
            if is_layer(modules[node.target]):
                self._stored.setdefault(layer_source(node, modules), readers[node.target])
            elif isinstance(modules[node.target], RECTIFIERS):
                ways = sorted(paths_to_layers(node, modules), key=lambda way: len(way[1]))
                if ways:
                    layer, pools = ways[0]
                    self._targets[node] = _Target(densities[layer], pools)

    def run_node(self, n: fx.Node) -> Any:
        """The node's value, shifted and pruned; masks of stored tensors are kept on the way."""
        value = self._computed(n)
        if n in self._stored:
            name = self._stored[n]
            if self._prune is not None:
                value = self._prune(name, value)
            self.masks[name] = np.ascontiguousarray((value != 0).numpy())
        return value

    def _computed(self, node: fx.Node) -> Any:
        module = self._modules.get(str(node.target)) if node.op == "call_module" else None
        if isinstance(module, nn.Dropout):
            return self._input(node)
        if isinstance(module, nn.BatchNorm2d):
            shift = self._norm_shift(str(node.target), module.num_features)
            return F.batch_norm(
                self._input(node), None, None, bias=shift, training=True, eps=module.eps
            )
        if node in self._targets and module is not None:
            value = self._input(node)
            return module(value - _shift(value, self._targets[node]))
        return super().run_node(node)

    def _norm_shift(self, name: str, channels: int) -> Tensor:
        generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        return self._norm_shift_std * torch.randn(channels, generator=generator)

    def _input(self, node: fx.Node) -> Tensor:
        value: Any = self.env[node.all_input_nodes[0]]
        if not isinstance(value, Tensor):
            raise TypeError(f"{node}: expected a tensor as input")
        return value


def _shift(value: Tensor, target: _Target) -> float:
    """What to subtract so that the target's share of the pooled values is above zero."""
    for pool in target.pools:
        value = pool(value)
    flat = value.flatten()
    zeros = flat.numel() - round(target.density * flat.numel())
    if zeros == 0:
        lowest, highest = float(flat.min()), float(flat.max())
        return lowest - 1e-3 * max(highest - lowest, 1e-3)
    return float(torch.kthvalue(flat, zeros).values)
