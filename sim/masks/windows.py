"""The windows of a layer: which mask values meet the weights of a filter at each output pixel.

The one place that knows padding, stride and dilation of both sides. A design asks for all windows
(`window_view`), or for what one weight after the other meets (`taps`).
"""

from collections.abc import Iterator
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
    view = window_view(padded_map(pixels, layer, rows_axis=1), layer, rows_axis=1)
    return view.transpose(0, 1, 2, 4, 5, 3)


def padded_map(
    values: npt.NDArray[Any], layer: Layer, rows_axis: int = -2, fill: bool = False
) -> npt.NDArray[Any]:
    """The map that windows slide over: the input with zeros around, and between where dilated.

    Args:
        values: H at `rows_axis`, W at the next axis.
        layer: the shape.
        rows_axis: where H is.
        fill: what stands at the places that hold no input; False = zero.
    """
    axis = rows_axis % values.ndim
    shape = (*values.shape[:axis], *layer.padded_size, *values.shape[axis + 2 :])
    padded = np.full(shape, fill, dtype=values.dtype) if fill else np.zeros(shape, values.dtype)
    inside = (
        slice(before, before + size, step)
        for before, size, step in zip(
            layer.padding, layer.spread_size, layer.input_dilation, strict=True
        )
    )
    padded[(slice(None),) * axis + tuple(inside)] = values
    return padded


def window_view(padded: npt.NDArray[Any], layer: Layer, rows_axis: int = -2) -> npt.NDArray[Any]:
    """A view of all windows of a padded map: H, W become OH, OW; R, S are added at the end."""
    axis = rows_axis % padded.ndim
    view = sliding_window_view(padded, layer.extent, axis=(axis, axis + 1))
    strided = (slice(None, None, step) for step in layer.stride)
    dilated = (slice(None, None, step) for step in layer.dilation)
    index: tuple[Any, ...] = (*(slice(None),) * axis, *strided, ..., *dilated)
    windows_of_all_outputs: npt.NDArray[Any] = view[index]
    return windows_of_all_outputs


def tap_slices(layer: Layer, axis: int) -> list[slice]:
    """For each weight along an axis of the kernel, the padded lines that it meets, one per output.

    Args:
        layer: the shape.
        axis: 0 = rows, 1 = columns.
    """
    step, spread = layer.stride[axis], layer.dilation[axis]
    length = (layer.output_size[axis] - 1) * step + 1
    starts = range(0, layer.kernel[axis] * spread, spread)
    return [slice(start, start + length, step) for start in starts]


def taps(
    padded: npt.NDArray[Any], layer: Layer, transposed: bool = False
) -> Iterator[npt.NDArray[Any]]:
    """Views (..., OH, OW) of a padded map (..., H, W): what each weight of a window meets.

    Args:
        padded: from `padded_map`.
        layer: the shape.
        transposed: column by column of the kernel instead of row by row.
    """
    down, across = tap_slices(layer, 0), tap_slices(layer, 1)
    if transposed:
        yield from (padded[..., rows, columns] for columns in across for rows in down)
    else:
        yield from (padded[..., rows, columns] for rows in down for columns in across)


def tap_places(layer: Layer, axis: int) -> tuple[npt.NDArray[np.int64], Mask]:
    """Which stored line each weight of each output reads along an axis, 0 = rows, 1 = columns.

    Returns:
        (outputs, taps): the line, and whether it exists; elsewhere is padding.
    """
    output, tap = np.indices((layer.output_size[axis], layer.kernel[axis]))
    place = output * layer.stride[axis] + tap * layer.dilation[axis] - layer.padding[axis]
    line, between = np.divmod(place, layer.input_dilation[axis])
    inside = (between == 0) & (line >= 0) & (line < layer.input_size[axis])
    return line, inside


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
