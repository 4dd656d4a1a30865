import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import LayerTrace
from sim.masks.tile_taps import tile_tap_counts
from tests.examples import examples
from tests.reference import windows
from tests.reference.sense import output_tiles
from tests.strategies import conv_layers, traces

SMALL = conv_layers(max_channels=5, max_size=7)


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL, max_images=1), st.integers(1, 4))
def test_counts_are_those_of_every_window(trace: LayerTrace, edge: int) -> None:
    layer, activation = trace.layer, trace.activation[0]
    counts = tile_tap_counts(layer, activation, (edge, edge))
    tiles = output_tiles(trace, edge)
    expected = np.zeros(counts.shape)
    for group in range(layer.groups):
        filter_ = group * layer.group_filters
        for index, pixels in enumerate(tiles):
            for row, column in pixels:
                for c, r, s, _, a in windows.operand_pairs(trace, 0, filter_, row, column):
                    channel = group * layer.group_channels + c
                    expected[channel, index, r * layer.kernel[1] + s] += a
    assert np.array_equal(counts, expected)
