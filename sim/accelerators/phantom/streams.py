"""Pieces, slices and streams: what a layer looks like to Phantom's PE columns.

A filter's weights in the order channel, kernel column, kernel row are cut into pieces of THREADS
weights, and the pieces into slices of one piece per PE column; each convolution group is filled
up with zeros to whole slices. A 3x3 filter has one slice per channel with a kernel column in each
piece; a 1x1 or fully connected filter takes nine channels per slice.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.accelerators.phantom.packing import CODE_ENTRIES, THREADS, Streams
from sim.layer import Layer, Mask
from sim.masks.windows import padded_map, taps
from sim.trace import LayerTrace

Patterns = npt.NDArray[np.uint8]
PATTERNS = 2**THREADS
"""Different weight patterns of a piece."""
_WORD = np.dtype("<u4")
_GATHERED = np.uint32(1 << 24 | 1 << 18 | 1 << 12 | 1 << 6)
"""Times four bytes of 0 or 1, the first the lowest: they stand in the highest byte as a code."""


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


def ordered_weights(trace: LayerTrace) -> Patterns:
    """Weights 0/1 in the order in which pieces are cut, (K, window)."""
    weight = trace.weight.transpose(0, 1, 3, 2).reshape(trace.layer.out_channels, -1)
    return weight.view(np.uint8)


def weight_bits(trace: LayerTrace, pe_columns: int) -> Patterns:
    """Weights as bits of the threads that hold them, (K, pieces, THREADS) 0/1."""
    return _pieces(ordered_weights(trace), 1, pieces_per_group(trace.layer, pe_columns))


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


def band_streams(bits: Patterns) -> Streams:
    """Products per entry for each nonzero weight pattern.

    Args:
        bits: (pieces, THREADS, bands, stream length).

    Returns:
        Codes are (codes of a stream, PATTERNS - 1, pieces, bands).
    """
    length = bits.shape[3]
    missing = -length % CODE_ENTRIES
    filled = np.pad(bits, [(0, 0)] * 3 + [(0, missing)]) if missing else bits
    words = np.ascontiguousarray(filled).view(_WORD) * _GATHERED
    words >>= 24
    lanes = np.ascontiguousarray(words.astype(np.uint8).transpose(3, 1, 0, 2))
    codes = np.empty((len(lanes), PATTERNS - 1, *lanes.shape[2:]), dtype=np.uint8)
    for pattern in range(1, PATTERNS):
        others, lane = pattern & (pattern - 1), (pattern & -pattern).bit_length() - 1
        if others:
            np.add(codes[:, others - 1], lanes[:, lane], out=codes[:, pattern - 1])
        else:
            codes[:, pattern - 1] = lanes[:, lane]
    return Streams(codes, length)


def neuron_streams(weights: Patterns, met: Patterns, bands: Bands) -> list[Streams]:
    """Products per entry where the streams run over the filters of a core, for each run of bands.

    Args:
        weights: (K, window) 0/1.
        met: (pieces, THREADS) bits of the activations that the weights of every filter meet.
        bands: how filters are split over cores.

    Returns:
        Codes are (codes of a stream, bands, pieces).
    """
    window = weights.shape[1]
    kept = np.negative(met.reshape(-1)[:window])  # all bits of a byte where there is an activation
    runs = []
    for first, last, length in bands.parts:
        rows = weights[first * bands.rows :][: (last - first) * length]
        stream = Streams.of(rows.reshape(last - first, length, window).swapaxes(0, 1))
        codes = _pieces(stream.codes & kept, 2, len(met))
        runs.append(Streams(codes[..., 0] + codes[..., 1] + codes[..., 2], length))
    return runs
