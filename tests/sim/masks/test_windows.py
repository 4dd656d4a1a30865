import numpy as np
from hypothesis import given, settings

from sim import Layer, LayerTrace
from sim.masks.windows import padded_map, tap_places, taps, window_bits, window_view
from tests.examples import examples
from tests.reference.windows import operand_pairs, padded_lines, stored_line
from tests.strategies import conv_layers, traces

SMALL = conv_layers(max_channels=4, max_size=6)


@settings(max_examples=examples(60), deadline=None)
@given(SMALL)
def test_places_are_those_found_by_stepping(layer: Layer) -> None:
    for axis in (0, 1):
        place, inside = tap_places(layer, axis)
        stepped = [
            [stored_line(layer, axis, output, tap) for tap in range(layer.kernel[axis])]
            for output in range(layer.output_size[axis])
        ]
        assert np.where(inside, place, -1).tolist() == [
            [-1 if line is None else line for line in lines] for lines in stepped
        ]
        reached = len(padded_lines(layer, axis)) - layer.extent[axis]
        assert (layer.output_size[axis] - 1) * layer.stride[axis] in range(
            reached - layer.stride[axis] + 1, reached + 1
        )


@settings(max_examples=examples(60), deadline=None)
@given(traces(SMALL))
def test_windows_hold_what_each_output_reads(trace: LayerTrace) -> None:
    layer = trace.layer
    activations, weights = window_bits(trace)
    for image, group in np.ndindex(trace.images, layer.groups):
        first = group * layer.group_filters
        for pixel in range(layer.output_pixels):
            row, column = divmod(pixel, layer.output_size[1])
            pairs = sorted(
                (
                    (r, s, c, w, a)
                    for c, r, s, w, a in operand_pairs(trace, image, first, row, column)
                )
            )
            assert activations[image, group, pixel].tolist() == [a for *_, a in pairs]
            assert weights[group, 0].tolist() == [w for *_, w, _ in pairs]


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL))
def test_taps_are_the_windows_weight_by_weight(trace: LayerTrace) -> None:
    padded = padded_map(trace.activation, trace.layer)
    view = window_view(padded, trace.layer)
    rows, columns = trace.layer.kernel
    by_row = np.stack(list(taps(padded, trace.layer)), axis=-1)
    by_column = np.stack(list(taps(padded, trace.layer, transposed=True)), axis=-1)
    assert np.array_equal(by_row.reshape(*by_row.shape[:-1], rows, columns), view)
    by_column = by_column.reshape(*by_column.shape[:-1], columns, rows)
    assert np.array_equal(by_column.swapaxes(-1, -2), view)


def test_places_without_input_are_filled_as_asked() -> None:
    layer = Layer.conv("c", 1, 1, 1, padding=((1, 0), (0, 2)), input_size=2, input_dilation=2)
    values = np.zeros((1, 2, 2), dtype=np.bool_)
    empty = padded_map(values, layer, fill=True)[0]
    assert empty.shape == (4, 5)
    assert empty.sum() == 16
    assert not empty[1::2, 0:3:2].any()
