import numpy as np
from hypothesis import given, settings

from sim import LayerTrace
from sim.masks.totals import filter_nonzeros, tap_counts, window_activations
from sim.masks.windows import windows
from tests.examples import examples
from tests.strategies import traces


@settings(max_examples=examples(30), deadline=None)
@given(traces())
def test_tap_counts_look_at_every_window(trace: LayerTrace) -> None:
    counts = windows(trace).sum(axis=(1, 2)).transpose(0, 3, 4, 1, 2)
    assert np.array_equal(tap_counts(trace).reshape(counts.shape), counts)
    assert np.array_equal(window_activations(trace), counts.sum(axis=(1, 2, 3, 4)))


@settings(max_examples=examples(30), deadline=None)
@given(traces())
def test_nonzero_weights_are_those_of_each_filter(trace: LayerTrace) -> None:
    per_filter = [int(weight.sum()) for weight in trace.weight]
    assert filter_nonzeros(trace).tolist() == per_filter
    assert trace.weight_nonzeros == sum(per_filter)
