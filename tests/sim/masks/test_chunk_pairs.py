from unittest.mock import patch

import numpy as np
import pytest

from sim import Layer, LayerTrace
from sim.masks import chunk_pairs
from sim.masks.chunk_pairs import ChunkPairs, chunked_layer
from sim.masks.sharing import sharing
from sim.masks.windows import window_bits

LAYER = Layer.conv("conv", 8, 12, 3, padding=1, input_size=(5, 6), groups=4)


def _trace() -> LayerTrace:
    rng = np.random.default_rng(1)
    weight = rng.random(LAYER.weight_shape) < 0.6
    return LayerTrace(LAYER, weight, rng.random((2, *LAYER.input_shape)) < 0.6)


def _all(pairs: ChunkPairs, blocks: list[slice]) -> list[list[int]]:
    parts = [np.stack([counts.copy() for counts in pairs.of_block(block)]) for block in blocks]
    counted: list[list[int]] = np.concatenate(parts, axis=-1).tolist()
    return counted


@pytest.mark.parametrize("chunk_bits", [5, 200])
@pytest.mark.parametrize("bundled", [1, 2])
def test_counts_are_those_of_the_bits_whether_kept_or_not(bundled: int, chunk_bits: int) -> None:
    trace, blocks = _trace(), [slice(0, 7), slice(7, 30)]
    inputs, weights = window_bits(trace)  # (N, groups, P, W), (groups, filters, W)
    for image in (0, 1):
        plain = _all(chunked_layer(trace, bundled, chunk_bits).pairs(image), blocks)
        by_filter = np.einsum("gpw,gfw->gfp", inputs[image].astype(int), weights.astype(int))
        totals = np.sum(plain, axis=0).reshape(by_filter.shape)  # whatever the chunks
        assert np.array_equal(totals, by_filter)
        with sharing(), patch.object(chunk_pairs, "BLOCK_OUTPUTS", 50):
            chunked = chunked_layer(trace, bundled, chunk_bits)
            assert chunked.keeps
            assert chunked.pairs(image) is chunked_layer(trace, bundled, chunk_bits).pairs(image)
            assert _all(chunked.pairs(image), blocks) == plain


def test_a_layer_beyond_the_bound_is_not_kept() -> None:
    words = 4 * 8  # one of 64 bits for the window of each group
    size = 2 * LAYER.output_pixels * (LAYER.out_channels + words)
    for bound, keeps in ((size, True), (size - 1, False)):
        with sharing(), patch.object(chunk_pairs, "KEPT_BYTES", bound):
            assert chunked_layer(_trace(), 1, 64).keeps is keeps
