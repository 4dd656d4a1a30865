"""Effectual multiplications of whole layers, which need no convolution.

A dot product of a filter with a window costs one multiplication per position where both masks are
True. Totals of a layer are separable (`effectual_macs`); counts of single outputs are in
sim/masks/output_counts.py.
"""

from collections.abc import Callable
from functools import wraps
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from sim.arithmetic import Counts
from sim.layer import Layer
from sim.masks.runs import run_counts
from sim.masks.windows import tap_places
from sim.trace import LayerTrace

_WORD_BYTES = 8


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
    rows, columns = (_tap_selector(layer, axis) for axis in (0, 1))
    return rows, columns


def _tap_selector(layer: Layer, axis: int) -> npt.NDArray[np.float32]:
    place, inside = tap_places(layer, axis)
    selector = np.zeros((layer.input_size[axis], layer.kernel[axis]), dtype=np.float32)
    selector[place[inside], np.nonzero(inside)[1]] = 1
    return selector


@_once_per_trace
def filter_nonzeros(trace: LayerTrace) -> Counts:
    """Nonzero weights of each filter, (K,)."""
    filters = trace.weight.reshape(trace.layer.out_channels, -1)
    ones: npt.NDArray[np.uint8] = filters.view(np.uint8)
    if filters.shape[1] % _WORD_BYTES == 0:  # several times faster than a sum of bytes
        ones = np.bitwise_count(filters.view(np.uint64))
    nonzeros: Counts = ones.sum(axis=1, dtype=np.int64)
    return nonzeros


def window_activations(trace: LayerTrace) -> Counts:
    """Nonzero activations summed over the windows of all output pixels and groups, (N,)."""
    total: Counts = tap_counts(trace).sum(axis=(1, 2, 3))
    return total


@_once_per_trace
def weight_counts(trace: LayerTrace) -> Counts:
    """Nonzero weights at each operand position among the filters of its group, (C, R, S)."""
    layer = trace.layer
    filters = trace.weight.reshape(layer.groups, layer.group_filters, -1)
    counts = run_counts(filters, layer.group_filters).astype(np.int64)
    return counts.reshape(layer.in_channels, *layer.kernel)


@_once_per_trace
def effectual_macs(trace: LayerTrace) -> Counts:
    """Multiplications of each image whose two operands are nonzero, (N,).

    Separable: an operand position (c, r, s) that meets a activations and w weights of its group's
    filters contributes a * w, whatever their order.
    """
    if trace.layer.is_product and trace.weight.ndim > len(trace.layer.weight_shape):
        return np.concatenate([effectual_macs(image) for image in trace.products_by_image()])
    activations = tap_counts(trace).reshape(trace.images, -1)
    total: Counts = activations @ weight_counts(trace).reshape(-1)
    return total
