"""Networks whose convolutions are pruned blockwise: scales, pruning, restoring it."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from models.compression.blocks.convolution import BlockConv2d, install_blocks
from models.compression.blocks.rule import BlockRule
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork


def input_scales(module: nn.Module, images: Tensor) -> dict[str, float]:
    """Mean magnitude of the input of every Conv2d over the images, the unit of its threshold.

    Convolutions that are pruned already are measured with their threshold at 0. An input that is
    zero throughout has the scale 1.
    """
    sums: dict[str, Tensor] = {}
    counts: dict[str, int] = {}
    layers = {name: layer for name, layer in module.named_modules() if isinstance(layer, nn.Conv2d)}

    def recorder(name: str) -> Any:
        def record(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            sums[name] = sums.get(name, torch.zeros(())) + inputs[0].abs().double().sum()
            counts[name] = counts.get(name, 0) + inputs[0].numel()

        return record

    before = {layer: layer.threshold for layer in layers.values() if isinstance(layer, BlockConv2d)}
    hooks = (layer.register_forward_pre_hook(recorder(name)) for name, layer in layers.items())
    try:
        for layer in before:
            layer.threshold = 0.0
        with temporary(hooks), evaluating(module), torch.no_grad():
            for batch in torch.split(images, 128):
                module(batch)
    finally:
        for layer, threshold in before.items():
            layer.threshold = threshold
    return {name: float(sums[name]) / counts[name] or 1.0 for name in layers if name in sums}


def set_blocks(network: SparseNetwork, rule: BlockRule, thresholds: Mapping[str, float]) -> None:
    """Prune a network's convolutions; thresholds in the units of the activations, by layer.

    Raises:
        UserError: a threshold is no number of at least 0.
    """
    for name, layer in install_blocks(network.module, rule).items():
        network.layers[name] = layer
        layer.set_threshold(thresholds.get(name, 0.0))


def blocks_of(network: SparseNetwork) -> dict[str, Any] | None:
    """What `restore_blocks` needs, as JSON holds it; None if nothing is pruned blockwise."""
    layers = {
        name: layer for name, layer in network.layers.items() if isinstance(layer, BlockConv2d)
    }
    if not layers:
        return None
    rule = next(iter(layers.values())).rule
    return {
        "width": rule.width,
        "height": rule.height,
        "criterion": rule.criterion,
        "thresholds": {name: layer.threshold for name, layer in layers.items()},
    }


def restore_blocks(network: SparseNetwork, blocks: Mapping[str, Any] | None) -> None:
    """Prune a network as `blocks_of` found another."""
    if blocks is not None:
        rule = BlockRule(blocks["width"], blocks["height"], blocks["criterion"])
        set_blocks(network, rule, blocks["thresholds"])
