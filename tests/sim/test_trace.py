from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim import BlockMap, Layer, LayerTrace, UserError, matmul
from tests.examples import examples
from tests.strategies import layers, traces


@settings(max_examples=examples(30), deadline=None)
@given(layers)
def test_what_is_left_out_has_no_zeros(layer: Layer) -> None:
    for dense in (LayerTrace.of(layer), LayerTrace(layer), LayerTrace(layer, None, None)):
        assert dense.weight.shape == layer.weight_shape
        assert dense.activation.shape == (1, *layer.input_shape)
        assert dense.weight.all()
        assert dense.activation.all()
        assert dense.activation_bound == min(8, layer.in_channels)
        assert dense.output is None
        assert dense.block_map is None


@settings(max_examples=examples(30), deadline=None)
@given(traces(with_output=True))
def test_of_and_the_constructor_hold_the_same(trace: LayerTrace) -> None:
    same = LayerTrace.of(
        trace.layer, weight=trace.weight, activation=trace.activation, output=trace.output
    )
    for name in ("layer", "weight", "activation", "output", "activation_bound"):
        assert np.array_equal(getattr(same, name), getattr(trace, name)), name


def test_a_trace_is_replaced_not_changed() -> None:
    trace = LayerTrace.of(Layer.linear("fc", 8, 2), activation_bound=8)
    with pytest.raises(FrozenInstanceError):
        trace.activation_bound = 3  # type: ignore[misc]
    assert replace(trace, weight=~trace.weight).weight_density == 0
    with pytest.raises(UserError, match="more than the stated bound 3"):
        replace(trace, activation_bound=3)


def test_a_trace_begins_with_its_layer() -> None:
    with pytest.raises(UserError, match="takes a Layer first, not str"):
        LayerTrace.of("conv1")  # type: ignore[arg-type]


def test_masks_of_the_wrong_kind_are_refused() -> None:
    layer = Layer.linear("fc", 8, 2)
    with pytest.raises(UserError, match=r"fc: weight mask has shape \(2, 8\); expected"):
        LayerTrace(layer, np.ones((2, 8), dtype=bool))
    with pytest.raises(UserError, match="dtype float64"):
        LayerTrace(layer, np.ones((2, 8, 1, 1)))
    with pytest.raises(UserError, match="more than the stated bound 3"):
        LayerTrace(layer, activation_bound=3)
    with pytest.raises(UserError, match=r"activation mask has shape \(\); expected"):
        LayerTrace(layer, activation=np.array(True))


@pytest.mark.parametrize("output", [np.ones((1, 2, 1, 1)), np.ones(1, dtype=bool), True, [True]])
def test_output_masks_of_the_wrong_kind_are_refused(output: Any) -> None:
    with pytest.raises(UserError, match=r"fc: output mask has (shape|dtype float64)"):
        LayerTrace(Layer.linear("fc", 8, 2), output=output)


def test_an_output_mask_has_the_images_of_the_input() -> None:
    with pytest.raises(UserError, match="output mask holds 2 images, the input 1"):
        LayerTrace(Layer.linear("fc", 8, 2), output=np.ones((2, 2, 1, 1), dtype=bool))


@pytest.mark.parametrize("bound", [9, -1, "3", 2.5])
def test_a_stated_bound_is_a_count_of_eight(bound: Any) -> None:
    with pytest.raises(UserError, match="activation_bound is"):
        LayerTrace(Layer.linear("fc", 8, 2), activation_bound=bound)


def test_a_mask_changed_afterwards_changes_no_trace() -> None:
    layer = Layer.conv("c", 2, 2, 1, input_size=2)
    mask = np.ones((1, 2, 2, 2), dtype=bool)
    trace = LayerTrace.of(layer, activation=mask, output=mask)
    mask[:] = False
    assert trace.activation.all()
    assert trace.output is not None
    assert trace.output.all()
    with pytest.raises(ValueError, match="read-only"):
        trace.activation[:] = False


def test_each_image_of_a_product_has_its_own_second_operand() -> None:
    rng = np.random.default_rng(0)
    layer = matmul("scores", 4, 3, 6, 2)
    weight = rng.random((2, *layer.weight_shape)) < 0.5
    trace = LayerTrace(layer, weight, rng.random((2, *layer.input_shape)) < 0.5)
    first, second = trace.products_by_image()
    assert np.array_equal(second.weight, weight[1])
    assert np.array_equal(second.activation[0], trace.activation[1])
    assert first.images == 1
    # column j of head h is a position, inner index c of head h a channel of the map
    for image, head, column, inner in np.ndindex(2, 2, 6, 3):
        row, place = divmod(column, 2)  # six columns lie in a map of 3 x 2
        kept = trace.second_map[image, head * 3 + inner, row, place]
        assert kept == weight[image, head * 6 + column, inner, 0, 0]


@pytest.mark.parametrize("images", [1, 3])
def test_second_operands_of_other_numbers_of_images_are_refused(images: int) -> None:
    layer = matmul("scores", 4, 3, 6)
    weight = np.ones((images, *layer.weight_shape), dtype=np.bool_)
    with pytest.raises(UserError, match=r"scores: weight mask has shape .*; expected \(2, 6, 3"):
        LayerTrace(layer, weight, np.ones((2, *layer.input_shape), dtype=np.bool_))


def test_weights_of_other_layers_are_the_same_for_all_images() -> None:
    layer = Layer.linear("fc", 3, 4)
    with pytest.raises(UserError, match=r"weight mask has shape \(2, 4, 3, 1, 1\)"):
        LayerTrace(layer, np.ones((2, 4, 3, 1, 1), dtype=np.bool_))
    with pytest.raises(UserError, match="fc: its second operand is no map"):
        _ = LayerTrace(layer).second_map


def test_products_have_no_block_map() -> None:
    layer = matmul("scores", 4, 3, 6)
    zero = np.zeros((1, 1, 1), dtype=np.bool_)
    with pytest.raises(UserError, match="scores: a product of activations has no block map"):
        LayerTrace(layer, block_map=BlockMap(4, 4, zero))
