"""Counting on zero masks: the windows of a layer, and totals that need no convolution.

A dot product of a filter with a window costs one multiplication per position where both masks are
True. Totals of a layer are separable (`effectual_macs`); counts of single outputs are in
sim/output_counts.py.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from sim.layer import Layer, LayerTrace, Mask

Counts = npt.NDArray[np.int64]


def ceil_div(dividend: int, divisor: int) -> int:
    """Quotient of two whole numbers rounded up."""
    return -(-dividend // divisor)


def _once_per_trace(count: Callable[[LayerTrace], Counts]) -> Callable[[LayerTrace], Counts]:
    """Keep a small result for as long as its trace lives: every design asks for the same ones."""
    kept: WeakKeyDictionary[LayerTrace, Counts] = WeakKeyDictionary()

    @wraps(count)
    def once(trace: LayerTrace) -> Counts:
        if trace not in kept:
            kept[trace] = count(trace)
            kept[trace].flags.writeable = False
        return kept[trace]

    return once


@_once_per_trace
def tap_counts(trace: LayerTrace) -> Counts:
    """How often each operand position meets a nonzero activation.

    Returns:
        (N, C, R, S): over all output pixels of an image, the number of windows in which the
        activation at channel c and kernel position (r, s) is nonzero. Padding counts as zero.
    """
    layer = trace.layer
    rows, columns = _tap_selectors(layer)
    # Exact in float32: no count exceeds the 2**24 pixels that this type tells apart.
    maps = trace.activation.astype(np.float32)
    counts: Counts = np.einsum("nchs,hr->ncrs", maps @ columns, rows, optimize=True).astype(
        np.int64
    )
    return counts


def _tap_selectors(layer: Layer) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(H, R) and (W, S) zero-one matrices: is input line i read at kernel line k of a window."""
    rows, columns = (
        _tap_selector(size, kernel, stride, padding, outputs)
        for size, kernel, stride, padding, outputs in zip(
            layer.input_size,
            layer.kernel,
            layer.stride,
            layer.padding,
            layer.output_size,
            strict=True,
        )
    )
    return rows, columns


def _tap_selector(
    size: int, kernel: int, stride: int, padding: int, outputs: int
) -> npt.NDArray[np.float32]:
    start = np.arange(size)[:, None] + padding - np.arange(kernel)[None, :]
    hit = (start % stride == 0) & (start >= 0) & (start // stride < outputs)
    selector: npt.NDArray[np.float32] = hit.astype(np.float32)
    return selector


def window_activations(trace: LayerTrace) -> Counts:
    """Nonzero activations summed over the windows of all output pixels and groups, (N,)."""
    total: Counts = tap_counts(trace).sum(axis=(1, 2, 3))
    return total


@_once_per_trace
def effectual_macs(trace: LayerTrace) -> Counts:
    """Multiplications of each image whose two operands are nonzero, (N,).

    Separable: an operand position (c, r, s) that meets a activations and w weights of its group's
    filters contributes a * w, whatever their order.
    """
    layer = trace.layer
    filters = trace.weight.reshape(layer.groups, layer.group_filters, -1)
    weights = filters.sum(axis=1, dtype=np.int64).reshape(-1)
    activations = tap_counts(trace).reshape(trace.images, -1)
    total: Counts = activations @ weights
    return total


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
    """Both operands of every dot product, in the order of sim/output_counts.py, not packed.

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
