"""Pieces, slices and streams: what a layer looks like to Phantom's PE columns.

A filter's weights in the order channel, kernel column, kernel row are cut into pieces of THREADS
weights, and the pieces into slices of one piece per PE column; each convolution group is filled
up with zeros to whole slices. A 3x3 filter has one slice per channel with a kernel column in each
piece; a 1x1 or fully connected filter takes nine channels per slice.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.phantom.packing import THREADS, Products
from sim.layer import Layer, Mask
from sim.masks.windows import padded_map, taps
from sim.trace import LayerTrace

Patterns = npt.NDArray[np.uint8]
PATTERNS = 2**THREADS
"""Different weight patterns of a piece."""
_LINE_BYTES = 64


def pieces_per_group(layer: Layer, pe_columns: int) -> int:
    """Pieces of one filter, filled up to whole slices."""
    slice_weights = pe_columns * THREADS
    return -(-layer.window // slice_weights) * pe_columns


def _pieces(bits: Patterns, axis: int, pieces: int) -> Patterns:
    """Replace an axis of weights by two: pieces and THREADS, filled up with zeros."""
    missing = pieces * THREADS - bits.shape[axis]
    widths = [(0, missing if index == axis else 0) for index in range(bits.ndim)]
    padded = np.pad(bits, widths) if missing else bits
    shape = (*padded.shape[:axis], pieces, THREADS, *padded.shape[axis + 1 :])
    return padded.reshape(shape)


def weight_bits(trace: LayerTrace, pe_columns: int) -> Patterns:
    """Weights as bits of the threads that hold them, (K, pieces, THREADS) 0/1."""
    weight = trace.weight.transpose(0, 1, 3, 2).reshape(trace.layer.out_channels, -1)
    return _pieces(weight.view(np.uint8), 1, pieces_per_group(trace.layer, pe_columns))


def weight_patterns(bits: Patterns) -> Patterns:
    """(K, pieces): the bits of each piece as a number below PATTERNS."""
    codes = bits[..., 0].copy()
    for bit in range(1, THREADS):
        codes += bits[..., bit] << bit
    return codes


def activation_bits(layer: Layer, image: Mask, pe_columns: int) -> Patterns:
    """(groups * pieces, THREADS, output rows, output columns) 0/1 of one image (C, H, W).

    Strided: only the positions that outputs use are looked at.
    """
    padded = padded_map(image, layer).view(np.uint8)
    met = np.stack(list(taps(padded, layer, transposed=True)), axis=1)
    flat = met.reshape(layer.groups, layer.window, *layer.output_size)
    pieces = _pieces(flat, 1, pieces_per_group(layer, pe_columns))
    return pieces.reshape(-1, *pieces.shape[2:])


@dataclass(frozen=True)
class Bands:
    """Output rows split over cores: `whole` bands of `rows` rows and one of `rest` rows, if any."""

    rows: int
    whole: int
    rest: int

    @classmethod
    def of(cls, height: int, cores: int) -> "Bands":
        """Bands of equal height, rounded up, for at most `cores` cores."""
        rows = -(-height // cores)
        return cls(rows, *divmod(height, rows))

    @property
    def count(self) -> int:
        """Cores that have a band."""
        return self.whole + (self.rest > 0)

    @property
    def parts(self) -> list[tuple[int, int, int]]:
        """(first band, last band + 1, rows of each) of the runs of equally high bands."""
        last = [(self.whole, self.count, self.rest)] if self.rest else []
        return [(0, self.whole, self.rows), *last]


def band_products(bits: Patterns) -> Products:
    """Products per entry for each nonzero weight pattern.

    Args:
        bits: (pieces, THREADS, bands, stream length).

    Returns:
        (stream length, PATTERNS - 1, pieces, bands).
    """
    pieces, _, bands, length = bits.shape
    lanes = np.empty((length, THREADS, pieces * bands), dtype=np.uint8)
    for first in range(0, length, _LINE_BYTES):  # a turned copy of more would leave the cache
        part = np.ascontiguousarray(bits[..., first : first + _LINE_BYTES].swapaxes(0, 1))
        turned = part.reshape(THREADS, pieces * bands, -1).transpose(2, 0, 1)
        lanes[first : first + _LINE_BYTES] = turned
    lanes = lanes.reshape(length, THREADS, pieces, bands)
    products = np.empty((length, PATTERNS - 1, pieces, bands), dtype=np.uint8)
    for pattern in range(1, PATTERNS):
        others, lane = pattern & (pattern - 1), (pattern & -pattern).bit_length() - 1
        if others:
            np.add(products[:, others - 1], lanes[:, lane], out=products[:, pattern - 1])
        else:
            products[:, pattern - 1] = lanes[:, lane]
    return products
