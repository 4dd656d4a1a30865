"""Activation masks from a randomly initialised network whose activations are shifted to densities.

Random weights leave about half of every ReLU's outputs nonzero, but their zeros lie where edges and
textures of the photograph put them. Subtracting a quantile of each ReLU's input (which is what a
bias does) moves the density to any target and keeps the structure. One forward pass does it: each
ReLU is shifted before its output goes on. Such a network computes nothing of use; it is a source of
zeros only, and no accuracy can be quoted for it.

Where it is known how far the channels of a ReLU differ in density, each channel is shifted by a
quantile of its own, after smooth fields were mixed in (models/imagenet/texture.py).
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, fx, nn

from models.graph.dataflow import RECTIFIERS, LayerInput, paths_to_layers
from models.graph.layer_table import is_layer, layer_graph, layer_source
from models.imagenet.texture import Texture, channel_shifts
from sim.layer import Mask

Prune = Callable[[str, Tensor], Tensor]
"""From the name of a stored tensor and its values to the values that are kept."""


@dataclass(frozen=True)
class _Target:
    """What a ReLU's output shall have after the max poolings that follow it.

    Attributes:
        density: share of nonzeros.
        spread: standard deviation of the channels' densities; None = as it comes.
        pools: these poolings.
    """

    density: float
    spread: float | None
    pools: tuple[nn.Module, ...]


def shifted_masks(
    network: nn.Module,
    inputs: tuple[LayerInput, ...],
    images: Tensor,
    densities: Mapping[str, float],
    *,
    prune: Prune | None = None,
    spreads: Mapping[str, float] = MappingProxyType({}),
    texture: Texture | None = None,
    seed: int = 0,
) -> dict[str, Mask]:
    """Input masks of all stored tensors, by the name of the first layer that reads each.

    Args:
        network: with any weights; batch norm uses the statistics of the images themselves.
        inputs: its layers (models.graph.dataflow.layer_inputs).
        images: (N, C, H, W).
        densities: target density of each layer's input.
        prune: applied to each stored tensor before anything reads it.
        spreads: standard deviation of the densities of a stored tensor's channels. A ReLU whose
            tensor is not here is shifted by one value in all channels.
        texture: what is mixed into the others; None = the usual.
        seed: of the fields, and of which channel is dense.

    Returns:
        (N, C, H, W) bool per stored tensor. A ReLU that reaches layers by several ways meets the
        target of the one with the fewest poolings in between; inputs that no ReLU made have the
        zeros they happen to have.
    """
    graph = layer_graph(network)
    aims = _Aims(densities, spreads, texture or Texture(), seed)
    run = _ShiftedRun(fx.GraphModule(network, graph), inputs, aims, prune)
    with torch.no_grad():
        run.run(images)
    shapes = {row.layer.name: row.layer.input_shape for row in inputs}
    return {name: mask.reshape(-1, *shapes[name]) for name, mask in run.masks.items()}


@dataclass(frozen=True)
class _Aims:
    """What masks shall be like; arguments of shifted_masks."""

    densities: Mapping[str, float]
    spreads: Mapping[str, float]
    texture: Texture
    seed: int


class _ShiftedRun(fx.Interpreter):
    """One forward pass, node by node."""

    def __init__(
        self,
        module: fx.GraphModule,
        inputs: tuple[LayerInput, ...],
        aims: _Aims,
        prune: Prune | None,
    ) -> None:
        super().__init__(module)
        self.masks: dict[str, Mask] = {}
        self._prune = prune
        self._aims = aims
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
                    spread = aims.spreads.get(readers[layer])
                    self._targets[node] = _Target(aims.densities[layer], spread, pools)

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
            return F.batch_norm(self._input(node), None, None, training=True, eps=module.eps)
        if node in self._targets and module is not None:
            return module(self._shifted(node))
        return super().run_node(node)

    def _shifted(self, node: fx.Node) -> Tensor:
        """What a ReLU gets: each channel shifted for itself, or all alike."""
        value, target = self._input(node), self._targets[node]
        if target.spread is None or value.dim() != 4:
            return value - _shift(value, target)
        rng = np.random.default_rng([self._aims.seed, zlib.crc32(str(node.target).encode())])
        value = self._aims.texture.applied(value, rng)
        return value - channel_shifts(value, target.pools, target.density, target.spread, rng)

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
