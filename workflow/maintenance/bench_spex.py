"""Print what one Spex trial costs over the plain forward pass plus the masking it must do.

The masking is measured by itself, on the inputs that the convolutions see: im2col, the statistic of
each block, zeroing. A trial is the pass that does all this and multiplies what is left. Networks
are untrained, for time does not depend on the weights; single-threaded CPU seconds, best of five.
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.compression.blocks.convolution import BlockConv2d, install_blocks
from models.compression.blocks.rule import BlockRule
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.networks import build
from workflow.cli import run

NETWORKS = {"resnet50": 0.125, "lenet5": 1.0, "vgg16": 0.125, "alexnet": 0.25, "mobilenet_v1": 0.25}
"""Widths as the default configuration trains them."""
IMAGES = 500
REPEATS = 5


def best_seconds(action: Callable[[], object]) -> float:
    """Least CPU time of several runs, after one that warms up."""
    action()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def trial_costs(network: str, images: int = IMAGES) -> tuple[float, float, float]:
    """CPU seconds of the plain pass, of the masking by itself, and of a trial."""
    module = build(network, num_classes=10, in_channels=3, width=NETWORKS[network], input_size=32)
    x = torch.randn(images, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    with evaluating(module), torch.no_grad():
        plain = best_seconds(lambda: module(x))
        layers = install_blocks(module, BlockRule())
        for layer in layers.values():
            layer.set_threshold(1e-6)
        inputs = _inputs(module, layers, x)

        def mask() -> None:
            for name, layer in layers.items():
                for part in layer.chunks(inputs[name]):
                    layer.masked_matrix(inputs[name][part])

        return plain, best_seconds(mask), best_seconds(lambda: module(x))


def _inputs(module: nn.Module, layers: dict[str, BlockConv2d], x: Tensor) -> dict[str, Tensor]:
    inputs: dict[str, Tensor] = {}

    def recorder(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def record(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            inputs[name] = given[0]

        return record

    with temporary(
        layer.register_forward_pre_hook(recorder(name)) for name, layer in layers.items()
    ):
        module(x)
    return inputs


def main() -> None:
    """Run what the command line asks for."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    torch.set_num_threads(1)
    print(f"{IMAGES} images of 32x32, 8x8 blocks; CPU seconds")
    print(f"{'network':14}{'plain':>8}{'masking':>9}{'trial':>8}{'trial / (plain + masking)':>28}")
    for network in NETWORKS:
        plain, masking, trial = trial_costs(network)
        ratio = trial / (plain + masking)
        print(f"{network:14}{plain:8.3f}{masking:9.3f}{trial:8.3f}{ratio:28.2f}")


if __name__ == "__main__":
    run(main)
