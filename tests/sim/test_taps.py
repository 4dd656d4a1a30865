from hypothesis import given, settings

from sim import LayerTrace
from sim.taps import effectual_macs, tap_counts
from tests.reference import windows
from tests.strategies import conv_layers, traces


@settings(max_examples=50, deadline=None)
@given(traces(conv_layers(6, 7)))
def test_effectual_macs_equal_the_pairwise_count(trace: LayerTrace) -> None:
    assert effectual_macs(trace) == windows.effectual_macs(trace)


@settings(max_examples=50, deadline=None)
@given(traces(conv_layers(4, 7)))
def test_tap_counts_add_up_over_every_window(trace: LayerTrace) -> None:
    layer, counts = trace.layer, tap_counts(trace)
    expected = [[[0] * layer.kernel[1] for _ in range(layer.kernel[0])] for _ in range(len(counts))]
    height, width = layer.output_size
    for image in range(trace.images):
        for group in range(layer.groups):
            for row in range(height):
                for column in range(width):
                    first = group * layer.group_filters
                    pairs = windows.operand_pairs(trace, image, first, row, column)
                    for c, r, s, _, activation in pairs:
                        expected[group * layer.group_channels + c][r][s] += activation
    assert counts.tolist() == expected
