"""Filters and windows cut into chunks of bits, and the pairs without a zero of two chunks.

Operands are flattened in the order (r, s, c), the channel running fastest, and cut into chunks; the
last chunk is filled up with zeros. A chunk is held in 64-bit words.
"""

import numpy as np
import numpy.typing as npt

from sim.arithmetic import ceil_div
from sim.layer import Layer, Mask
from sim.masks.windows import padded_map, strided_windows, window_view

Words = npt.NDArray[np.uint64]
PairCounts = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
WORD_BITS = 64
WORD_BYTES = 8


def chunk_words(bits: Mask, chunk_bits: int) -> Words:
    """(..., length) bits to (..., chunks, words)."""
    *lead, length = bits.shape
    chunks = ceil_div(length, chunk_bits)
    words = ceil_div(chunk_bits, WORD_BITS)
    if chunk_bits == words * WORD_BITS:
        packed = np.packbits(bits, axis=-1)
        fill = chunks * words * WORD_BYTES - packed.shape[-1]
        whole = np.pad(packed, [*[(0, 0)] * len(lead), (0, fill)]) if fill else packed
        return np.ascontiguousarray(whole).view(np.uint64).reshape(*lead, chunks, words)
    flat = np.zeros((*lead, chunks * chunk_bits), dtype=np.bool_)
    flat[..., :length] = bits
    cut = np.zeros((*lead, chunks, words * WORD_BITS), dtype=np.bool_)
    cut[..., :chunk_bits] = flat.reshape(*lead, chunks, chunk_bits)
    return np.packbits(cut, axis=-1).view(np.uint64)


def window_words(image: Mask, layer: Layer, parts: int, chunk_bits: int) -> Words:
    """Activation mask (C, H, W) of one image as chunks, (chunks, words, parts, positions).

    Args:
        image: the mask.
        layer: the shape.
        parts: into which the channels are cut, each of one group or more.
        chunk_bits: of a chunk.
    """
    part_channels = layer.in_channels // parts
    if not (part_channels % WORD_BITS or chunk_bits % WORD_BITS):
        return _words_of_pixels(image, layer, parts, chunk_bits // WORD_BITS)
    padded = padded_map(image.transpose(1, 2, 0), layer, rows_axis=0)
    windows = window_view(padded, layer, rows_axis=0)  # (P, Q, channels, R, S)
    split = windows.reshape(*windows.shape[:2], parts, -1, *layer.kernel)
    flat = split.transpose(2, 0, 1, 4, 5, 3).reshape(parts, layer.output_pixels, -1)
    return np.ascontiguousarray(chunk_words(flat, chunk_bits).transpose(2, 3, 0, 1))


def _words_of_pixels(image: Mask, layer: Layer, parts: int, words_of_chunk: int) -> Words:
    """As `window_words` where a word holds channels of one pixel and part only."""
    channels_last = np.ascontiguousarray(image.transpose(1, 2, 0))
    pixels = np.packbits(channels_last, axis=-1).view(np.uint64)
    met = strided_windows(pixels[np.newaxis], layer)  # (1, P, Q, R, S, words)
    split = met.reshape(layer.output_pixels, layer.kernel[0] * layer.kernel[1], parts, -1)
    words = split.transpose(1, 3, 2, 0).reshape(-1, parts, layer.output_pixels)
    chunks = ceil_div(len(words), words_of_chunk)
    cut = np.zeros((chunks * words_of_chunk, *words.shape[1:]), dtype=np.uint64)
    cut[: len(words)] = words
    return cut.reshape(chunks, words_of_chunk, *words.shape[1:])


def pairs_of_chunks(weights: Words, windows: Words, scratch: Words) -> PairCounts:
    """Common ones of each filter chunk with each window chunk, in the shape of `scratch`.

    Args:
        weights: (words, ...), of any shapes that broadcast.
        windows: likewise.
        scratch: of the shape of the result.
    """
    words = len(weights)
    np.bitwise_and(weights[0], windows[0], out=scratch)
    # three words hold at most 192 ones, which a byte still counts
    narrow = np.bitwise_count(scratch)
    count: PairCounts = narrow if words < 4 else narrow.astype(np.uint16)
    for word in range(1, words):
        np.bitwise_and(weights[word], windows[word], out=scratch)
        np.add(count, np.bitwise_count(scratch), out=count)
    return count
