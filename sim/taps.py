"""Which activations each kernel tap meets, counted without unfolding the input."""

import numpy as np
import numpy.typing as npt

from sim.layer import LayerTrace

Counts = npt.NDArray[np.int64]


def tap_counts(trace: LayerTrace) -> Counts:
    """Nonzero activations that each kernel tap meets over all output positions and images.

    Returns:
        (C, R, S): entry (c, r, s) counts the nonzero activations of channel c in the strided
        window that tap (r, s) visits. Padding is zero and never counts.
    """
    layer = trace.layer
    (pad_y, pad_x), (step_y, step_x) = layer.padding, layer.stride
    (rows, columns), (height, width) = layer.kernel, layer.output_size
    padded = np.pad(trace.activation, ((0, 0), (0, 0), (pad_y, pad_y), (pad_x, pad_x)))
    counts = np.empty((layer.in_channels, rows, columns), dtype=np.int64)
    for s in range(columns):
        visited = padded[..., s : s + (width - 1) * step_x + 1 : step_x]
        lines = visited.sum(axis=3, dtype=np.int32).sum(axis=0, dtype=np.int64)
        for r in range(rows):
            counts[:, r, s] = lines[:, r : r + (height - 1) * step_y + 1 : step_y].sum(axis=1)
    return counts


def weight_counts(trace: LayerTrace) -> Counts:
    """Nonzero weights of all filters at each tap: (groups, C/groups, R, S)."""
    layer = trace.layer
    grouped = trace.weight.reshape(layer.groups, layer.group_filters, -1)
    counts = grouped.sum(axis=1, dtype=np.int32).astype(np.int64)
    shaped: Counts = counts.reshape(layer.groups, layer.group_channels, *layer.kernel)
    return shaped


def effectual_macs(trace: LayerTrace) -> int:
    """Multiplications whose operands are both nonzero, over all images.

    Every weight at tap (c, r, s) meets the same activations, so the count is the inner product of
    the weights per tap and the activations per tap.
    """
    activations = tap_counts(trace).ravel()
    return int(activations @ weight_counts(trace).ravel())


def output_nonzeros(trace: LayerTrace) -> int:
    """Values written back as nonzero, over all images; the own output, dense, if not known."""
    if trace.output is not None:
        return int(np.count_nonzero(trace.output))
    return trace.images * trace.layer.out_channels * trace.layer.output_pixels


def output_positions(trace: LayerTrace) -> int:
    """Values written back, zeros included, over all images."""
    if trace.output is not None:
        return int(trace.output.size)
    return trace.images * trace.layer.out_channels * trace.layer.output_pixels


def bytes_of_bits(bits: int) -> int:
    """Whole bytes that hold so many bits."""
    return -(-bits // 8)
