"""Both operands of a layer in the two roles of SIGMA: one stays, the other streams."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.arithmetic import Counts
from sim.layer import Mask
from sim.masks.totals import tap_counts
from sim.masks.windows import strided_windows, window_bits
from sim.trace import LayerTrace


@dataclass(frozen=True)
class Stationary:
    """The operand that stays, one image.

    Groups of a layer lie side by side, as blocks of one matrix: rows are numbered group by group.

    Attributes:
        row_nonzeros: (groups x rows,).
        streamed_vectors: vectors of the other operand that pass each row.
        streamed_nonzeros: (groups, W) of the other operand, over all its vectors.
        bits: makes the mask (groups x rows, W), in the order of positions of the line above.
        is_weight: whether it is the weights that stay.
    """

    row_nonzeros: Counts
    streamed_vectors: int
    streamed_nonzeros: Counts
    bits: Callable[[], Mask]
    is_weight: bool


def weights_stay(trace: LayerTrace, image: int) -> Stationary:
    """Filters stay, windows stream."""
    layer = trace.layer
    filters = trace.weight.reshape(layer.out_channels, layer.window)
    return Stationary(
        np.count_nonzero(filters, axis=1).astype(np.int64),
        layer.output_pixels,
        tap_counts(trace)[image].reshape(layer.groups, layer.window),
        lambda: filters,
        is_weight=True,
    )


def inputs_stay(trace: LayerTrace, image: int) -> Stationary:
    """Windows stay, filters stream."""
    layer = trace.layer
    maps = trace.activation[image].reshape(layer.groups, layer.group_channels, *layer.input_size)
    totals = maps.sum(axis=1, dtype=np.int64).transpose(1, 2, 0)[np.newaxis]
    rows = strided_windows(totals, layer).sum(axis=(3, 4)).reshape(-1, layer.groups)
    filters = trace.weight.reshape(layer.groups, layer.group_filters, -1, *layer.kernel)
    streamed = filters.sum(axis=1, dtype=np.int64).transpose(0, 2, 3, 1)
    return Stationary(
        rows.T.reshape(-1),
        layer.group_filters,
        streamed.reshape(layer.groups, layer.window),
        lambda: window_bits(trace)[0][image].reshape(-1, layer.window),
        is_weight=False,
    )
