from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import BlockMap, Layer, LayerTrace, UserError
from sim.masks import blocks as fast
from sim.masks.block_map import block_grid
from tests.examples import examples
from tests.reference import blocks as reference
from tests.strategies import block_traces, conv_layers, linear_layers

small = st.one_of(conv_layers(max_channels=8, max_size=6), linear_layers)
edges = st.sampled_from([1, 2, 3, 4, 8, 16])


@settings(max_examples=examples(60), deadline=None)
@given(block_traces(small, edges), edges, edges)
def test_zero_blocks_are_those_of_the_loops(trace: LayerTrace, width: int, height: int) -> None:
    assert np.array_equal(
        fast.zero_blocks(trace, width, height), reference.zero_blocks(trace, width, height)
    )
    plain = replace(trace, block_map=None)
    natural = fast.natural_zero_blocks(trace.layer, trace.activation, width, height)
    assert np.array_equal(natural, reference.zero_blocks(plain, width, height))


@settings(max_examples=examples(40), deadline=None)
@given(block_traces(conv_layers(max_channels=6, max_size=5), edges))
def test_macs_outside_zeroed_blocks_are_those_of_the_loops(trace: LayerTrace) -> None:
    assert fast.block_macs(trace) == reference.block_macs(trace)


@settings(max_examples=examples(40), deadline=None)
@given(block_traces(small, edges), edges, edges, st.sampled_from([1, 40, 300]))
def test_pieces_of_any_size_give_the_same(
    trace: LayerTrace, width: int, height: int, scratch_bytes: int
) -> None:
    whole = fast.zero_blocks(trace, width, height)
    macs = fast.block_macs(trace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "SCRATCH_BYTES", scratch_bytes)
        assert np.array_equal(fast.zero_blocks(trace, width, height), whole)
        assert fast.block_macs(trace) == macs


def test_blocks_do_not_cross_groups_and_partial_ones_count() -> None:
    depthwise = Layer.conv("depthwise", 5, 10, 3, padding=1, input_size=7, groups=5)
    assert block_grid(depthwise, 8, 8) == (7, 10)  # 49 pixels; 9 columns in each of 5 groups
    assert fast.block_count(depthwise, 8, 8) == 70
    assert fast.padded_macs(depthwise, 8, 8) == 70 * 64 * 2
    assert fast.padded_macs(depthwise, 9, 7) == depthwise.dense_macs


def test_only_padding_is_a_zero_block_and_only_where_padding_is() -> None:
    layer = Layer.conv("conv", 1, 1, 3, padding=1, input_size=4)
    zero = fast.natural_zero_blocks(layer, np.ones((1, 1, 4, 4), dtype=bool), 3, 4)
    # Top kernel row over the first line of pixels, bottom kernel row over the last one.
    assert zero[0].tolist() == [
        [True, False, False],
        [False, False, False],
        [False, False, False],
        [False, False, True],
    ]


def test_one_activation_may_be_kept_in_one_block_and_zeroed_in_another() -> None:
    layer = Layer.conv(
        "conv", 1, 1, (1, 2), input_size=(1, 3)
    )  # two windows share the middle value
    zero = np.array([[[True, False], [False, False]]])
    trace = LayerTrace(layer, block_map=BlockMap(1, 1, zero))
    assert fast.block_macs(trace) == 3
    assert fast.zero_blocks(trace, 2, 1)[0].tolist() == [[False], [False]]
    assert fast.zero_blocks(trace, 1, 1)[0].tolist() == zero[0].tolist()


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((1, 2, 3), bool, r"conv: map of 8x8 blocks has shape \(1, 2, 3\); expected \(1, 4, 3\)"),
        ((2, 4, 3), bool, r"expected \(1, 4, 3\)"),
        ((4, 3), bool, "expected three axes"),
        ((1, 4, 3), float, "dtype float64"),
    ],
)
def test_a_map_of_another_shape_is_one_clear_error(
    shape: tuple[int, ...], dtype: type, message: str
) -> None:
    layer = Layer.conv("conv", 2, 4, 3, padding=1, input_size=(5, 5))
    with pytest.raises(UserError, match=message):
        LayerTrace(layer, block_map=BlockMap(8, 8, np.zeros(shape, dtype=dtype)))


def test_a_block_has_edges() -> None:
    with pytest.raises(UserError, match="width is 0"):
        BlockMap(0, 8, np.zeros((1, 1, 1), dtype=bool))
