import numpy as np
import pytest

from sim import Layer
from sim.masks.chunk_words import chunk_words, window_words
from sim.masks.windows import window_bits
from sim.trace import LayerTrace


@pytest.mark.parametrize("chunk_bits", [5, 64, 100, 128, 192])
@pytest.mark.parametrize("channels", [3, 64, 128])
def test_windows_are_cut_in_the_order_of_their_bits(chunk_bits: int, channels: int) -> None:
    """In the form for channels that fill words and in the one for any others."""
    layer = Layer.conv("conv", channels, 4, 3, stride=2, padding=1, input_size=(5, 6))
    inputs = np.random.default_rng(0).random((1, *layer.input_shape)) < 0.5
    bits = window_bits(LayerTrace(layer, activation=inputs))[0][0]
    words = window_words(inputs[0], layer, 1, chunk_bits)
    assert np.array_equal(words.transpose(2, 3, 0, 1), chunk_words(bits, chunk_bits))
    ones = np.bitwise_count(words).sum(axis=1, dtype=np.int64)
    fill = -bits.shape[-1] % chunk_bits
    cut = np.pad(bits[0], [(0, 0), (0, fill)]).reshape(len(bits[0]), -1, chunk_bits)
    assert np.array_equal(ones[:, 0].T, cut.sum(axis=-1))
