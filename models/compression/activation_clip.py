"""Setting small activations to zero, whatever function made them.

The published pruning raises the threshold of ReLU and ReLU6. Hard-swish has negative outputs and
almost no zeros, and the outputs of linear bottlenecks have no function at all; here every tensor
loses the values whose magnitude is at most its threshold. That is our reading for such tensors.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, StoredTensor


class _Clipping(torch.autograd.Function):
    """Zeroes small values; the gradient passes as if nothing had been clipped."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, threshold: float) -> Tensor:
        return x * (x.abs() > threshold)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0], None


class SmallToZero(nn.Module):
    """Keeps the values whose magnitude is above the threshold."""

    def __init__(self, threshold: float) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, x: Tensor) -> Tensor:
        """The clipped tensor, same shape."""
        clipped: Tensor = _Clipping.apply(x, self.threshold)  # type: ignore[no-untyped-call]
        return clipped

    def extra_repr(self) -> str:
        """Shown when the network is printed."""
        return f"threshold={self.threshold}"


def clippable_tensors(network: SparseNetwork) -> list[StoredTensor]:
    """The tensors that may be clipped: all but the image."""
    return [tensor for tensor in network.stored if network.first_layer not in tensor.readers]


def set_clips(network: SparseNetwork, thresholds: Mapping[str, float]) -> None:
    """Clip the stored tensors named; a threshold of 0 or no entry takes an earlier clip off.

    Tensors that another scheme prunes keep that pruning unless they are named.
    """
    for tensor in network.stored:
        threshold = thresholds.get(tensor.name, 0.0)
        if threshold > 0:
            tensor.pruner = SmallToZero(threshold)
        elif isinstance(tensor.pruner, SmallToZero):
            tensor.pruner = nn.Identity()


def clips_of(network: SparseNetwork) -> dict[str, float]:
    """Threshold of each stored tensor that is clipped, by name, in the units of its values."""
    return {
        tensor.name: tensor.pruner.threshold
        for tensor in network.stored
        if isinstance(tensor.pruner, SmallToZero)
    }


def activation_scales(network: SparseNetwork, images: Tensor) -> dict[str, float]:
    """Standard deviation of each clippable tensor over the images, the unit of its threshold.

    Clips that are in place are taken off for the measurement and put back.
    """
    scales: dict[str, float] = {}

    def record(tensor: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if isinstance(tensor, StoredTensor):
            scales[tensor.name] = float(inputs[0].double().std())

    before = clips_of(network)
    set_clips(network, {})
    hooks = (t.register_forward_pre_hook(record) for t in clippable_tensors(network))
    try:
        with temporary(hooks), evaluating(network.module), torch.no_grad():
            network.module(images)
    finally:
        set_clips(network, before)
    return scales
