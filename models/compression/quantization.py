"""INT8 after training: folded batch norm, integer weights per filter, affine activations.

The arithmetic is that of integer hardware, carried out in float: weights are whole multiples of a
scale per filter, stored tensors whole multiples of a scale per tensor. Zero is always one of the
steps, so pruned weights and activations stay exactly zero. Sums inside a layer, and the branch of a
residual sum that is not written to memory, keep full precision, as they do in wide accumulators.
"""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.compression.levels import ACTIVATION_LEVELS, WEIGHT_LEVELS
from models.graph.hooks import temporary
from models.graph.modes import evaluating
from models.graph.stored_tensors import SparseNetwork, StoredTensor, weight
from sim.errors import UserError

SCALE = "weight_scale"


def fold_batch_norm(network: SparseNetwork) -> None:
    """Move every batch norm that directly follows a convolution into its weights, in place.

    The convolution gets a bias, the batch norm becomes an identity. Zero weights stay zero, as
    each filter is only scaled. Masks must have been made permanent.

    Raises:
        UserError: a batch norm does not follow a convolution, or one whose output is read by
            another too, or it has no running statistics.
    """
    modules = dict(network.module.named_modules())
    for node in network.module.graph.nodes:
        if node.op != "call_module" or not isinstance(modules[node.target], nn.BatchNorm2d):
            continue
        (source,) = node.all_input_nodes
        if source.target not in network.layers or len(source.users) > 1:
            raise UserError(
                f"{node.target}: batch norm is folded into the layer before it; expected a "
                "convolution there that nothing else reads"
            )
        _fold(node.target, network.layers[source.target], modules[node.target])
        parent, _, name = node.target.rpartition(".")
        setattr(network.module.get_submodule(parent), name, nn.Identity())


def _fold(name: str, layer: nn.Module, norm: nn.BatchNorm2d) -> None:
    if not isinstance(layer, nn.Conv2d):
        raise UserError(f"{name}: batch norm of a map after {layer}; expected a convolution")
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise UserError(
            f"{name}: batch norm without running statistics depends on the batch; expected "
            "track_running_stats=True"
        )
    with torch.no_grad():
        gain = (
            1 / torch.sqrt(variance + norm.eps)
            if norm.weight is None
            else (norm.weight / torch.sqrt(variance + norm.eps))
        )
        bias = -mean if layer.bias is None else layer.bias - mean
        layer.weight = nn.Parameter(layer.weight * gain.reshape(-1, 1, 1, 1))
        layer.bias = nn.Parameter(bias * gain if norm.bias is None else bias * gain + norm.bias)


class ActivationQuantizer(nn.Module):
    """Rounds a tensor to 256 evenly spaced values, one of which is exactly 0.

    Attributes:
        scale, zero_point: real value = scale * (integer - zero_point), integer in 0 to 255.
    """

    scale: Tensor
    zero_point: Tensor

    def __init__(self, low: float = 0.0, high: float = 0.0) -> None:
        """For values in [low, high], widened to contain 0; values outside are clipped."""
        super().__init__()
        low, high = min(low, 0.0), max(high, 0.0)
        scale = (high - low) / ACTIVATION_LEVELS or 1.0
        self.register_buffer("scale", torch.tensor([scale]))
        self.register_buffer("zero_point", torch.tensor([round(-low / scale)], dtype=torch.int32))

    def forward(self, x: Tensor) -> Tensor:
        """The rounded tensor, in the units of the input."""
        return torch.fake_quantize_per_tensor_affine(
            x, self.scale, self.zero_point, 0, ACTIVATION_LEVELS
        )


def quantize_weights(layer: nn.Module) -> None:
    """Round a layer's weight to INT8 with one symmetric scale per filter, in place.

    The weight keeps real units; the buffer `weight_scale` (K,) is added. A filter that is all
    zeros gets the scale 1.
    """
    value = weight(layer).detach()
    largest = value.flatten(1).abs().amax(1)
    scale = torch.where(largest > 0, largest / WEIGHT_LEVELS, torch.ones_like(largest))
    zero_points = torch.zeros(len(scale), dtype=torch.int32)
    rounded = torch.fake_quantize_per_channel_affine(
        value, scale, zero_points, 0, -WEIGHT_LEVELS, WEIGHT_LEVELS
    )
    layer.weight = nn.Parameter(rounded, requires_grad=False)
    layer.register_buffer(SCALE, scale)


def is_quantized(layer: nn.Module) -> bool:
    """Whether the weights of a layer are rounded."""
    return hasattr(layer, SCALE)


def weight_int8(layer: nn.Module) -> npt.NDArray[np.int8]:
    """The integers of a quantized layer, (K, C/groups, R, S); a fully connected one is 1x1."""
    scale = layer.get_buffer(SCALE)
    value = weight(layer).detach()
    integers = (value / scale.reshape(-1, *[1] * (value.dim() - 1))).round().to(torch.int8)
    array: npt.NDArray[np.int8] = integers.cpu().numpy()
    return array.reshape(*array.shape, *[1] * (4 - array.ndim))


def quantize(network: SparseNetwork, images: Tensor, at_once: int | None = None) -> None:
    """Turn a trained network into its INT8 form, in place.

    Batch norm is folded, weights are rounded, and every stored tensor gets the range that it takes
    over `images` (N, C, H, W), which come from the training set; `at_once` of them (None: all) are
    in memory together. Where a tensor is pruned, the pruning acts on the rounded values, as in
    hardware.

    Raises:
        UserError: what a layer reads is not a finite number.
    """
    fold_batch_norm(network)
    for layer in network.layers.values():
        quantize_weights(layer)
    ranges = _ranges(network, torch.split(images, at_once or len(images)))
    for tensor in network.stored:
        if not all(map(isfinite, ranges[tensor.name])):
            raise UserError(
                f"{tensor.name}: its input holds values that are not finite numbers; expected "
                "weights, and means and variances of batch norm, that give some"
            )
        tensor.quantizer = ActivationQuantizer(*ranges[tensor.name])


def quantized_form(network: SparseNetwork) -> None:
    """Give a fresh network the modules and buffers of a quantized one, ready for its state dict."""
    fold_batch_norm(network)
    for layer in network.layers.values():
        quantize_weights(layer)
    for tensor in network.stored:
        tensor.quantizer = ActivationQuantizer()


def _ranges(network: SparseNetwork, parts: Sequence[Tensor]) -> dict[str, tuple[float, float]]:
    ranges: dict[str, tuple[float, float]] = {}

    def record(tensor: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if isinstance(tensor, StoredTensor):
            low, high = float(inputs[0].min()), float(inputs[0].max())
            before = ranges.get(tensor.name, (low, high))
            ranges[tensor.name] = (min(low, before[0]), max(high, before[1]))

    hooks = (tensor.register_forward_pre_hook(record) for tensor in network.stored)
    with temporary(hooks), evaluating(network.module), torch.no_grad():
        for images in parts:
            network.module(images)
    return ranges
