import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import LayerTrace
from sim.tap_counts import activation_macs, effectual_macs, tap_counts
from tests.reference import windows
from tests.reference.sense import output_tiles
from tests.strategies import conv_layers, layers, traces

SMALL = conv_layers(max_channels=5, max_size=7)


@settings(max_examples=40, deadline=None)
@given(traces(SMALL, max_images=1), st.integers(1, 4))
def test_counts_are_those_of_every_window(trace: LayerTrace, edge: int) -> None:
    layer, activation = trace.layer, trace.activation[0]
    counts = tap_counts(layer, activation, (edge, edge))
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


@settings(max_examples=40, deadline=None)
@given(traces(SMALL))
def test_effectual_macs_match_a_count_one_by_one(trace: LayerTrace) -> None:
    assert effectual_macs(trace) == windows.effectual_macs(trace)


@given(traces(layers))
def test_activation_macs_are_the_effectual_ones_of_dense_weights(trace: LayerTrace) -> None:
    dense = LayerTrace(trace.layer, activation=trace.activation)
    assert activation_macs(trace) == effectual_macs(dense)
