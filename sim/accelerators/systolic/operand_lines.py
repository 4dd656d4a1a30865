"""Operands of all dot products of a layer as an array of queues takes them: step by step.

A line is an output pixel or a filter. Lines are cut into tiles and packed into words, one bit per
line (`packed_pixels`, `packed_filters`), or left as they are (`single_pixels`, `single_filters`):
where a single line of one operand is not zero, the words of the other tell which pairs of a step
hold no zero. Positions of a window are in the order (r, s, c), the channel running fastest.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arithmetic import ceil_div
from sim.layer import Mask
from sim.masks.windows import padded_map, taps
from sim.trace import LayerTrace

Plane = npt.NDArray[np.unsignedinteger]
WORD_TYPES = ((8, np.uint8), (16, np.uint16), (32, np.uint32), (64, np.uint64))


@dataclass(frozen=True)
class Cut:
    """Lines of some sets (images), each set cut into tiles; the last tile may be filled with zeros.

    Attributes:
        sets: sets of lines; no tile holds lines of two.
        lines: of a set.
        size: lines of a tile.
    """

    sets: int
    lines: int
    size: int

    @classmethod
    def of(cls, sets: int, lines: int, largest: int) -> "Cut":
        """Tiles of `largest` lines, or of one set where that is less."""
        return cls(sets, lines, min(lines, largest))

    @property
    def tiles(self) -> int:
        """How many tiles all sets have together."""
        return self.sets * self.tiles_of_set

    @property
    def tiles_of_set(self) -> int:
        """How many tiles one set has."""
        return ceil_div(self.lines, self.size)

    @property
    def filled(self) -> int:
        """Lines of a set, those that fill its last tile included."""
        return self.tiles_of_set * self.size

    @property
    def word_type(self) -> type[np.unsignedinteger]:
        """The smallest word that holds the lines of a tile, or 64 bits if several are needed."""
        return next((kind for bits, kind in WORD_TYPES if self.size <= bits), np.uint64)

    @property
    def word_bytes(self) -> int:
        """Bytes of all words of a tile."""
        width = np.dtype(self.word_type).itemsize
        return ceil_div(self.size, 8 * width) * width


def packed_pixels(trace: LayerTrace, cut: Cut, threads: int) -> Plane:
    """Activations as words, (threads, steps, groups, words of all tiles)."""
    bits = _pixel_bits(trace, cut)
    packed = np.packbits(
        bits.reshape(*bits.shape[:2], cut.tiles, cut.size), axis=-1, bitorder="little"
    )
    fill = cut.word_bytes - packed.shape[-1]
    if fill:
        packed = np.pad(packed, [(0, 0)] * 3 + [(0, fill)])
    words = packed.reshape(*packed.shape[:2], -1).view(cut.word_type)
    return _by_step(words, threads)


def packed_filters(trace: LayerTrace, cut: Cut, threads: int) -> Plane:
    """Weights as words, (threads, steps, groups, words of all tiles)."""
    layer = trace.layer
    weight = trace.weight.reshape(layer.groups, layer.group_filters, -1).view(np.uint8)
    if cut.filled > cut.lines:
        weight = np.pad(weight, [(0, 0), (0, cut.filled - cut.lines), (0, 0)])
    lines = weight.reshape(layer.groups, cut.tiles, cut.size, -1)
    packed = np.zeros((*lines.shape[:2], cut.word_bytes, lines.shape[3]), dtype=np.uint8)
    for bit in reversed(range(8)):  # of a byte: much faster than np.packbits along an outer axis
        packed += packed  # and than a shift of bytes
        taken = lines[:, :, bit::8]
        packed[:, :, : taken.shape[2]] |= taken
    ordered = _window_order(packed.reshape(layer.groups, -1, *trace.weight.shape[1:]))
    return _by_step(ordered.view(cut.word_type), threads)


def single_pixels(trace: LayerTrace, cut: Cut, threads: int) -> Mask:
    """Activations line by line, (threads, steps, groups, tiles, lines of a tile)."""
    bits = _pixel_bits(trace, cut)
    return _by_step(bits.reshape(*bits.shape[:2], cut.tiles, cut.size), threads)


def single_filters(trace: LayerTrace, cut: Cut, threads: int) -> Mask:
    """Weights line by line, (threads, steps, groups, tiles, lines of a tile)."""
    layer = trace.layer
    bits = _window_order(
        trace.weight.reshape(layer.groups, layer.group_filters, *trace.weight.shape[1:])
    )
    if cut.filled > cut.lines:
        bits = np.pad(bits, [(0, 0), (0, 0), (0, cut.filled - cut.lines)])
    return _by_step(bits.reshape(*bits.shape[:2], cut.tiles, cut.size), threads)


def _pixel_bits(trace: LayerTrace, cut: Cut) -> Mask:
    """(groups, window, sets, lines) nonzero activations, the lines filled up to whole tiles."""
    layer = trace.layer
    shape = (layer.groups, -1, layer.group_channels, trace.images, cut.filled)
    taps_of_window = layer.kernel[0] * layer.kernel[1]
    bits = np.zeros((shape[0], taps_of_window, *shape[2:]), dtype=np.bool_)
    by_group = (trace.images, layer.groups, layer.group_channels, layer.output_pixels)
    for tap, taken in enumerate(taps(padded_map(trace.activation, layer), layer)):
        met = taken.reshape(by_group).transpose(1, 2, 0, 3)
        bits[:, tap, :, :, : layer.output_pixels] = met
    return bits.reshape(layer.groups, layer.window, trace.images, cut.filled)


def _window_order(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(groups, lines, C, R, S) to (groups, window, lines)."""
    groups, lines = values.shape[:2]
    moved = values.transpose(0, 3, 4, 2, 1).reshape(groups, -1, lines)
    return np.ascontiguousarray(moved)


def _by_step(values: npt.NDArray[Any], threads: int) -> npt.NDArray[Any]:
    """(groups, window, ...) to (threads, steps, groups, ...); steps that do not exist are zero."""
    groups, window = values.shape[:2]
    steps = ceil_div(window, threads)
    fill = threads * steps - window
    if fill:
        values = np.pad(values, [(0, 0), (0, fill)] + [(0, 0)] * (values.ndim - 2))
    cut = values.reshape(groups, threads, steps, *values.shape[2:])
    return np.ascontiguousarray(np.moveaxis(cut, 0, 2))
