import numpy as np
from hypothesis import given, settings

from sim import Layer, LayerTrace
from sim.masks.density_bound import DBB_BLOCK, tightest_bound
from tests.examples import examples
from tests.strategies import traces


def test_tightest_bound_looks_at_blocks_of_eight_channels() -> None:
    mask = np.zeros((1, 12, 1, 1), dtype=bool)
    mask[0, [0, 7, 8, 9, 11]] = True
    assert tightest_bound(mask) == 3
    assert LayerTrace(Layer.linear("fc", 12, 1), mask).weight_bound == 3


@settings(max_examples=examples(30), deadline=None)
@given(traces())
def test_a_tightest_bound_is_the_fullest_block(trace: LayerTrace) -> None:
    channels = trace.activation.shape[1]
    fullest = max(
        int(trace.activation[:, start : start + DBB_BLOCK].sum(axis=1).max())
        for start in range(0, channels, DBB_BLOCK)
    )
    assert trace.activation_bound == fullest
