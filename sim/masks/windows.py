"""The windows of a layer: which mask values meet the weights of a filter at each output pixel."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from sim.layer import Layer, Mask
from sim.trace import LayerTrace


def windows(trace: LayerTrace) -> Mask:
    """The masks under each output pixel, (N, OH, OW, R, S, groups, C/groups); zeros as padding."""
    layer = trace.layer
    channels_last = trace.activation.transpose(0, 2, 3, 1)
    view = strided_windows(np.ascontiguousarray(channels_last), layer)
    return view.reshape(*view.shape[:5], layer.groups, layer.group_channels)


def strided_windows(pixels: npt.NDArray[Any], layer: Layer) -> npt.NDArray[Any]:
    """(N, H, W, X) to (N, OH, OW, R, S, X)."""
    (top, left), (down, right) = layer.padding, layer.stride
    padded = np.pad(pixels, ((0, 0), (top, top), (left, left), (0, 0)))
    view = sliding_window_view(padded, layer.kernel, axis=(1, 2))[:, ::down, ::right]
    return view.transpose(0, 1, 2, 4, 5, 3)


def window_bits(trace: LayerTrace) -> tuple[Mask, Mask]:
    """Both operands of every dot product, in the order of sim/masks/output_counts.py, not packed.

    Returns:
        Activations (N, groups, P, W) and weights (groups, filters per group, W).
    """
    layer = trace.layer
    shape = (trace.images, layer.output_pixels, -1, layer.groups, layer.group_channels)
    taken = windows(trace).reshape(shape).transpose(0, 3, 1, 2, 4)
    weights = trace.weight.transpose(0, 2, 3, 1)
    return (
        np.ascontiguousarray(taken.reshape(*taken.shape[:3], layer.window)),
        weights.reshape(layer.groups, layer.group_filters, layer.window),
    )
