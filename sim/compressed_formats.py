"""Bytes that a tensor takes in memory, from the zeros it really has: bitmap and run-length."""

import numpy as np
import numpy.typing as npt

from sim.arithmetic import ceil_div
from sim.layer import Mask
from sim.outputs import output_values
from sim.trace import LayerTrace

INT8_BITS = 8


def raw_bytes(values: int, value_bits: int) -> int:
    """Bytes of `values` uncompressed numbers."""
    return -(-values * value_bits // 8)


def bitmap_bytes_by_group(mask: Mask, groups: int, value_bits: int) -> npt.NDArray[np.int64]:
    """Bytes (groups,) of each part of a tensor: one bit per value, then the nonzero values.

    Args:
        mask: True where the value is not zero; the groups cut its first axis.
        groups: parts that are stored one by one, each rounded up to whole bytes.
        value_bits: bits of one value.
    """
    parts = mask.reshape(groups, -1)
    if groups == 1:
        return np.array([bitmap_bytes(mask, value_bits)])
    nonzeros = np.count_nonzero(parts, axis=1).astype(np.int64)
    whole_bytes: npt.NDArray[np.int64] = -(-(parts.shape[1] + nonzeros * value_bits) // 8)
    return whole_bytes


def bitmap_bytes(mask: Mask, value_bits: int) -> int:
    """Bytes of a whole tensor as a bitmap and its nonzero values."""
    nonzeros = int(np.count_nonzero(mask))  # without an axis some ten times faster than along one
    return ceil_div(mask.size + nonzeros * value_bits, 8)


def bitmap_map_bytes(trace: LayerTrace, image: int) -> tuple[int, int]:
    """(input, output) of one image as bitmaps of INT8; an output that is not known has no zeros."""
    values = output_values(trace)
    dense = ceil_div(values, 8) + values
    output = dense if trace.output is None else bitmap_bytes(trace.output[image], INT8_BITS)
    return bitmap_bytes(trace.activation[image], INT8_BITS), output


def run_length_pairs(mask: Mask, run_bits: int = 5) -> int:
    """(run of zeros, value) pairs that a tensor takes, in the order of its memory.

    A run longer than the field can hold ends in a pair whose value is a zero, which therefore
    stands for 2**run_bits zeros; so do the zeros after the last nonzero value.
    Source: run-length compression of Eyeriss, IEEE JSSC 52(1), 2017.
    """
    span = 2**run_bits
    places = np.flatnonzero(mask)
    edges = np.concatenate([[-1], places])
    steps = edges[1:] - edges[:-1]
    full = steps[steps > span] - 1  # runs that fill the field at least once, in most masks few
    tail: int = mask.size - 1 - int(edges[-1])
    within = int((full // span).sum())
    after: int = -(-tail // span)
    return len(places) + within + after


def run_length_bytes(
    mask: Mask, value_bits: int = 16, run_bits: int = 5, word_bits: int = 64
) -> int:
    """Bytes of a run-length stream: as many pairs as fit in a word beside one end-of-stream bit.

    With 16-bit values, 5-bit runs and 64-bit words that is 3 pairs per word, as in Eyeriss.
    """
    pairs_per_word = (word_bits - 1) // (value_bits + run_bits)
    return -(-run_length_pairs(mask, run_bits) // pairs_per_word) * word_bits // 8
