"""What a layer writes back: the map as its reader sees it, and how much of it is the layer's work.

A map that is concatenated of the outputs of several layers lies in memory as one, and whether it
stays on chip is decided by all of it. Each layer writes its part alone, so that all of them write
the map once.
"""

from fractions import Fraction
from math import ceil, sqrt

import numpy as np

from sim.layer import Layer, Mask
from sim.trace import LayerTrace


def output_values(trace: LayerTrace) -> int:
    """Values of one image's output map, after pooling if the trace has the consumer's input."""
    if trace.output is None:
        return trace.layer.out_channels * trace.layer.output_pixels
    return int(trace.output[0].size)


def written_share(trace: LayerTrace, pooling_on_chip: bool = True) -> Fraction:
    """Values that the layer writes back, relative to the values of its output mask.

    The output mask is the input of the layer that reads it: after pooling, and where branches are
    concatenated with the channels of the other branches. The share takes the other branches out
    and, when pooling happens elsewhere, puts the pooled positions back in. The bytes of the mask
    times this share are then exact without pooling and concatenation; with them they assume the
    same density (pooling raises it, so that this is an upper bound).

    A gate, a value for each channel of a map that it is multiplied onto, stands for the whole map:
    the layer that made the map is first read pooled, by the gate's layers, and has written no more.
    """
    layer = trace.layer
    computed = layer.out_channels * layer.output_pixels
    if trace.output is None or trace.output[0].size == computed:
        return Fraction(1)
    channels, height, width = trace.output.shape[1:]
    if layer.output_pixels == 1 and layer.out_channels == channels:
        return Fraction(1)
    pooled = channels if _flattened(layer, trace.output) else layer.out_channels * height * width
    written = min(pooled, computed) if pooling_on_chip else computed
    return Fraction(written, channels * height * width)


def _flattened(layer: Layer, output: Mask) -> bool:
    """Whether a map was laid out as channels of one pixel, rather than pooled to one pixel.

    Then each of the layer's channels has as many values as a map of its own sides' ratio.
    """
    channels, *size = output.shape[1:]
    positions, rest = divmod(channels, layer.out_channels)
    if size != [1, 1] or rest or positions == 1:
        return False
    height, width = layer.output_size
    shrunk = sqrt(positions / (height * width))
    return bool(round(height * shrunk) * round(width * shrunk) == positions)


def written_masks(trace: LayerTrace) -> Mask:
    """The output masks (N, K', H', W'); where the trace has none, the layer's own output, dense."""
    if trace.output is not None:
        return trace.output
    layer = trace.layer
    return np.ones((trace.images, layer.out_channels, *layer.output_size), dtype=np.bool_)


def scaled(count: int, share: Fraction) -> int:
    """A count times a share, rounded up."""
    return ceil(count * share)
