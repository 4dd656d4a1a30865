"""Which weights a scheme keeps: the largest by their share in a layer's output.

Source: w^2 E[x^2], the diagonal of the layer-wise error that Optimal Brain Damage (LeCun et al.,
1989) has of the loss and OBC and SparseGPT of a layer's output.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.compression.scheme import Samples, Scheme
from models.compression.weight_masks import make_masks_permanent
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, weight

IMAGES_AT_ONCE = 8


def prune_by_importance(network: SparseNetwork, scheme: Scheme, images: Tensor) -> None:
    """Prune by a scheme that sees the importance of each weight instead of the weight, in place.

    The importance is |w| times the root mean square of the input that it meets, scaled per layer
    to a mean square of 1, so that a scheme that compares layers compares shares of their outputs.

    Args:
        network: dense, with batch norm folded; afterwards its masks are permanent.
        scheme: its choices must not depend on accuracy.
        images: (N, C, H, W), on which inputs are measured.
    """
    squares = _mean_squares(network, images)
    kept = {name: weight(layer).detach().clone() for name, layer in network.layers.items()}
    with torch.no_grad():
        for name, layer in network.layers.items():
            weight(layer).copy_(_importance(layer, squares[name]))
        scheme.prune(network, Samples(images, None))
        make_masks_permanent(network)
        for name, layer in network.layers.items():
            pruned = weight(layer) == 0
            weight(layer).copy_(torch.where(pruned, 0.0, kept[name]))


def _importance(layer: nn.Module, squares: Tensor) -> Tensor:
    value = weight(layer).detach()
    if isinstance(layer, nn.Conv2d) and layer.groups > 1:
        per_filter = squares.reshape(layer.groups, -1)
        squares = per_filter.repeat_interleave(len(value) // layer.groups, 0)
    else:
        squares = squares[None]
    importance = value.abs() * squares.sqrt().reshape(*squares.shape, *[1] * (value.dim() - 2))
    # no weight counts as nothing: a scheme that keeps all must keep those of dead inputs too
    scaled = importance / importance.square().mean().sqrt().clamp_min(1e-20)
    return scaled.clamp_min(1e-12)


def _mean_squares(network: SparseNetwork, images: Tensor) -> dict[str, Tensor]:
    """Mean square (C,) of each layer's input."""
    sums = {name: torch.zeros(()) for name in network.layers}

    def recorder(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def record(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            values = inputs[0].square()
            mean = values.mean((0, 2, 3)) if values.dim() == 4 else values.mean(0)
            sums[name] = sums[name] + mean * len(values)

        return record

    hooks = (
        layer.register_forward_pre_hook(recorder(name)) for name, layer in network.layers.items()
    )
    with temporary(hooks), evaluating(network.module), torch.no_grad():
        for part in torch.split(images, IMAGES_AT_ONCE):
            network.module(part)
    return {name: total / len(images) for name, total in sums.items()}
