"""Batches: images that are processed together and share what is read of the weights."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sim.masks.sharing import shared
from sim.trace import LayerTrace


def batches(trace: LayerTrace, size: int) -> Iterator[LayerTrace]:
    """The images of a trace in successive batches of `size`; the last one may be smaller."""
    if trace.images <= size:
        yield trace
        return
    for first in range(0, trace.images, size):
        yield _batch(trace, first, size)


@shared
def _batch(trace: LayerTrace, first: int, size: int) -> LayerTrace:
    return _of_images(trace, np.arange(first, min(first + size, trace.images)))


def repeated(trace: LayerTrace, images: int) -> LayerTrace:
    """A trace of so many images, made of the recorded ones over and over.

    For comparisons at a published batch size when fewer images were recorded; totals are then those
    of `images` images.
    """
    return _of_images(trace, np.arange(images) % trace.images)


def _of_images(trace: LayerTrace, images: np.ndarray[tuple[int], np.dtype[np.intp]]) -> LayerTrace:
    output = None if trace.output is None else trace.output[images]
    blocks = trace.block_map
    if blocks is not None:
        blocks = replace(blocks, zero=blocks.zero[images])
    return replace(trace, activation=trace.activation[images], output=output, block_map=blocks)
