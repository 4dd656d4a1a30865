"""Watching pruned convolutions while images run, and recording which blocks were zero."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from models.compression.blocks.convolution import BlockConv2d, Watcher
from sim import BlockMap


@contextmanager
def watching(module: nn.Module, watcher_of: Callable[[str], Watcher]) -> Iterator[None]:
    """Have every pruned convolution tell a watcher of its own, made from its path, in the block."""
    layers = _pruned(module)
    before = {layer: layer.watcher for layer in layers.values()}
    try:
        for name, layer in layers.items():
            layer.watcher = watcher_of(name)
        yield
    finally:
        for layer, watcher in before.items():
            layer.watcher = watcher


@contextmanager
def recorded_blocks(module: nn.Module) -> Iterator[dict[str, BlockMap]]:
    """Inside the block, record the zero blocks of all images that run; outside, read them.

    Yields:
        By path of the convolution: its zero blocks, filled in when the block is left.
    """
    pieces: dict[str, list[Tensor]] = {}
    maps: dict[str, BlockMap] = {}

    def watcher_of(name: str) -> Watcher:
        return lambda zero, _: pieces.setdefault(name, []).append(zero.flatten(2).cpu())

    with watching(module, watcher_of):
        yield maps
    layers = _pruned(module)
    for name, parts in pieces.items():
        rule = layers[name].rule
        maps[name] = BlockMap(rule.width, rule.height, torch.cat(parts).numpy())


def _pruned(module: nn.Module) -> dict[str, BlockConv2d]:
    """The pruned convolutions of a network by their path."""
    return {name: layer for name, layer in module.named_modules() if isinstance(layer, BlockConv2d)}
