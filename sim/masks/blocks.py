"""Zero blocks of im2col matrices: how many there are, and which (columns: see block_map.py)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from sim.layer import Layer, Mask
from sim.masks.block_map import BlockMap, block_grid
from sim.masks.totals import effectual_macs
from sim.masks.windows import padded_map, window_view
from sim.trace import LayerTrace

SCRATCH_BYTES = 1 << 22
"""Size of the piece of an im2col matrix that is made at a time (one byte per value)."""


def block_count(layer: Layer, width: int, height: int) -> int:
    """Blocks of one image, partial ones at the edges included."""
    down, across = block_grid(layer, width, height)
    return down * across


def padded_macs(layer: Layer, width: int, height: int) -> int:
    """Multiplications of one image when every block counts as a whole one."""
    return block_count(layer, width, height) * width * height * layer.group_filters


def natural_zero_blocks(layer: Layer, activation: Mask, width: int, height: int) -> Mask:
    """Blocks that hold no nonzero activation; the padding of the layer is zero.

    Args:
        layer: the shape.
        activation: (N, C, H, W), True where nonzero.
        width: columns of a block.
        height: output pixels of a block.

    Returns:
        (N, pixel blocks, groups x column blocks), see `block_grid`.
    """
    pieces = _pieces(layer, activation, width)
    return _zero_blocks(layer, len(activation), width, height, pieces)


def zero_blocks(trace: LayerTrace, width: int, height: int) -> Mask:
    """Blocks in which everything is zero, be it by the activation mask or by the block map.

    A map of other blocks than width x height is taken value by value.

    Returns:
        (N, pixel blocks, groups x column blocks), see `block_grid`.
    """
    layer, given = trace.layer, trace.block_map
    if given is None or (given.width, given.height) == (width, height):
        natural = natural_zero_blocks(layer, trace.activation, width, height)
        return natural if given is None else natural | given.zero
    kept = (
        replace(piece, values=piece.values & ~_mapped(layer, given, piece))
        for piece in _pieces(layer, trace.activation, width)
    )
    return _zero_blocks(layer, trace.images, width, height, kept)


def block_macs(trace: LayerTrace) -> int:
    """Multiplications of all images whose operands are both nonzero, zeroed blocks left out."""
    total = int(effectual_macs(trace).sum())
    layer, given = trace.layer, trace.block_map
    if given is None or not given.zero.any():
        return total
    filters = trace.weight.reshape(layer.groups, layer.group_filters, layer.window)
    weights = filters.sum(axis=1, dtype=np.int64)
    for piece in _pieces(layer, trace.activation, 1):
        removed = np.count_nonzero(piece.values & _mapped(layer, given, piece), axis=2)
        total -= int((removed * weights[piece.groups, piece.columns]).sum())
    return total


@dataclass(frozen=True, eq=False)
class _Piece:
    """Part of the im2col matrices of one image: values are (groups, columns, output pixels)."""

    image: int
    groups: slice
    columns: slice
    values: Mask


def _pieces(layer: Layer, activation: Mask, width: int) -> Iterator[_Piece]:
    """Some groups, or some channels of one group, at a time; cut where blocks of `width` end."""
    taps = layer.kernel[0] * layer.kernel[1]
    multiple = width // gcd(width, taps)
    fitting = SCRATCH_BYTES // (taps * layer.output_pixels)
    group_step = max(1, fitting // layer.group_channels)
    channel_step = max(1, fitting // multiple) * multiple
    for image, channels in enumerate(activation):
        padded = padded_map(channels, layer)
        by_group = padded.reshape(layer.groups, layer.group_channels, *padded.shape[1:])
        for group in range(0, layer.groups, group_step):
            groups = slice(group, group + group_step)
            for first in range(0, layer.group_channels, channel_step):
                taken = by_group[groups, first : first + channel_step]
                values = (
                    window_view(taken, layer)
                    .transpose(0, 1, 4, 5, 2, 3)
                    .reshape(len(taken), taken.shape[1] * taps, layer.output_pixels)
                )
                columns = slice(first * taps, first * taps + values.shape[1])
                yield _Piece(image, groups, columns, values)


def _mapped(layer: Layer, given: BlockMap, piece: _Piece) -> Mask:
    """The bit of the map over each value of a piece."""
    down, across = block_grid(layer, given.width, given.height)
    by_group = given.zero[piece.image].reshape(down, layer.groups, across // layer.groups)
    columns = np.arange(piece.columns.start, piece.columns.stop) // given.width
    pixels = np.arange(layer.output_pixels) // given.height
    bits: Mask = by_group.transpose(1, 2, 0)[piece.groups][:, columns][:, :, pixels]
    return bits


def _zero_blocks(
    layer: Layer, images: int, width: int, height: int, pieces: Iterable[_Piece]
) -> Mask:
    down, across = block_grid(layer, width, height)
    zero = np.ones((images, down, layer.groups, across // layer.groups), dtype=np.bool_)
    for piece in pieces:
        occupied = _any_of(_any_of(piece.values, height, axis=2), width, axis=1)
        first = piece.columns.start // width
        blocks = slice(first, first + occupied.shape[1])
        zero[piece.image, :, piece.groups, blocks] = ~occupied.transpose(2, 0, 1)
    return zero.reshape(images, down, across)


def _any_of(values: Mask, size: int, axis: int) -> Mask:
    """Whether any of each `size` successive entries of the axis is True; the last may be fewer."""
    if size == 1:
        return values
    starts = np.arange(0, values.shape[axis], size)
    any_true: Mask = np.logical_or.reduceat(values, starts, axis=axis)
    return any_true
