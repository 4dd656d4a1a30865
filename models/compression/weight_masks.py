"""Zero masks on weights that hold through training."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from models.graph.stored_tensors import SparseNetwork, is_depthwise, weight
from sim.errors import UserError


class WeightMask(nn.Module):
    """Parametrization that multiplies a weight by a fixed mask; masked weights get no gradient."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask.to(torch.uint8))

    def forward(self, dense: Tensor) -> Tensor:
        """The weight with its zeros."""
        return dense * self.mask


def prunable_layers(network: SparseNetwork) -> dict[str, nn.Module]:
    """The layers whose weights are pruned.

    Left dense: the first layer (3 channels do not fill a block), the layer that makes the class
    scores, and depthwise convolutions (one channel per filter leaves no block to prune in).
    """
    spared = {network.first_layer, network.last_layer}
    return {
        name: layer
        for name, layer in network.layers.items()
        if name not in spared and not is_depthwise(layer)
    }


def prunable_weights(network: SparseNetwork) -> dict[str, Tensor]:
    """The weights of the layers that are pruned, in running order."""
    return {name: weight(layer).detach() for name, layer in prunable_layers(network).items()}


def require_masks(masks: Mapping[str, Tensor] | None) -> Mapping[str, Tensor]:
    """Return masks as they are if there is at least one.

    Raises:
        UserError: there is none, so that a network would pass for pruned that is not.
    """
    if not masks:
        raise UserError(
            "the network has no layer to prune, as the first, the last and depthwise ones stay "
            "dense; expected another one, or scheme dense"
        )
    return masks


def apply_weight_masks(network: SparseNetwork, masks: Mapping[str, Tensor] | None) -> None:
    """Put masks (bool, shape of the weight, True = keep) on layers; the rest stays as it is.

    Raises:
        UserError: there is no mask, so that a network would pass for pruned that is not.
    """
    for name, mask in require_masks(masks).items():
        layer = network.layers[name]
        if mask.shape != weight(layer).shape:
            raise ValueError(f"{name}: mask {tuple(mask.shape)}, weight {weight(layer).shape}")
        parametrize.register_parametrization(layer, "weight", WeightMask(mask))


def make_masks_permanent(network: SparseNetwork) -> None:
    """Write the zeros into the weights and take the masks off; the state dict is plain again."""
    for layer in network.layers.values():
        if parametrize.is_parametrized(layer, "weight"):
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)


def largest(magnitudes: Tensor, count: int) -> Tensor:
    """Bool mask (n,) of the `count` largest of nonnegative (n,); of equal ones the earlier.

    Partitions instead of sorting: VGG-16's 138 million weights are sorted only with more than the
    memory that a trace may take.
    """
    if count == 0:
        return torch.zeros(len(magnitudes), dtype=torch.bool)
    values = magnitudes.numpy()
    threshold = np.partition(values, len(values) - count)[len(values) - count]
    kept = values > threshold
    equal = np.flatnonzero(values == threshold)
    kept[equal[: count - np.count_nonzero(kept)]] = True
    return torch.from_numpy(kept)
