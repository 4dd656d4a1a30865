"""What a layer writes is what its readers read, be it whole or in pieces."""

from dataclasses import replace

import numpy as np
import pytest

from sim import Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer, UserError, matmul

ORIGIN = Provenance("s", "n", "dense", "measured", "measured", "none")
TOKENS, HEADS, WIDTH = 6, 2, 4
PIECES = (("scores", "weight"), ("mixed", "weight"))


def masks(layer: Layer) -> LayerTrace:
    rng = np.random.default_rng(len(layer.name))
    weight = (2, *layer.weight_shape) if layer.is_product else layer.weight_shape
    return LayerTrace(layer, rng.random(weight) < 0.5, rng.random((2, *layer.input_shape)) < 0.5)


def network(**changes: object) -> NetworkTrace:
    packed = masks(Layer.linear("qkv", 8, 3 * HEADS * WIDTH, TOKENS))
    first = TracedLayer(packed, None, **({"consumer": "scores", "pieces": PIECES} | changes))  # type: ignore[arg-type]
    products = (
        matmul("scores", TOKENS, WIDTH, TOKENS, HEADS),
        matmul("mixed", TOKENS, TOKENS, WIDTH, HEADS),
    )
    return NetworkTrace(ORIGIN, (first, *(TracedLayer(masks(each)) for each in products)))


def test_a_packed_projection_writes_query_key_and_value_token_by_token() -> None:
    packed, scores, mixed = network().traces
    output = packed.output
    assert output is not None
    for image, head, token, lane in np.ndindex(2, HEADS, TOKENS, WIDTH):
        channel, place = head * WIDTH + lane, np.unravel_index(token, packed.layer.output_size)
        query, key, value = output[image].reshape(3, HEADS * WIDTH, *packed.layer.output_size)
        position = np.unravel_index(token, scores.layer.input_size)
        assert query[channel][place] == scores.activation[image, channel][position]
        assert key[channel][place] == scores.weight[image, head * TOKENS + token, lane, 0, 0]
        assert value[channel][place] == mixed.weight[image, head * WIDTH + lane, token, 0, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"consumer": None}, "has no consumer"),
        ({"pieces": (("gone", "weight"),)}, "gone"),
        ({"pieces": (("scores", "left"),)}, "consumer_operand"),
        ({"pieces": "scores"}, "expected a tuple of readers"),
        ({"pieces": (("scores",),)}, "expected a tuple of readers"),
    ],
)
def test_pieces_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        _ = network(**changes).traces


def test_pieces_that_do_not_fit_the_positions_are_refused() -> None:
    layer, pieces = masks(Layer.linear("a", 4, 4, 7)), PIECES[:1]
    odd = TracedLayer(layer, None, "scores", "activation", pieces)
    reader = TracedLayer(masks(matmul("scores", 3, 5, 3)))
    with pytest.raises(UserError, match="scores reads 15 values of its 7 positions"):
        _ = NetworkTrace(ORIGIN, (odd, reader)).traces


def test_the_other_numbers_are_those_of_the_same_layers() -> None:
    trace = network()
    with pytest.raises(UserError, match="numbers is 'float'"):
        replace(trace, numbers="float")
    for other in (trace, replace(trace, numbers="real", layers=trace.layers[1:])):
        with pytest.raises(UserError, match="expected the same layers"):
            replace(trace, other=other)
    with pytest.raises(UserError, match="other is"):
        replace(trace, other="real")
    both = replace(trace, other=replace(trace, numbers="real"))
    assert both.form("real").other is both.form("int8").other is None
