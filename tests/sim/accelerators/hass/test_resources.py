"""What one layer's hardware takes of a board, and where the weights of all layers go."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer
from sim.accelerators.hass.engine import divisors
from sim.accelerators.hass.exploration import HOMES
from sim.accelerators.hass.memory import place_weights
from sim.accelerators.hass.resources import Budget, Resources, bram18_blocks, layer_resources
from sim.accelerators.hass.vectors import VectorShape
from tests.examples import examples
from tests.reference import hass_resources as slow
from tests.strategies import conv_layers, linear_layers

ONE = np.ones(1, dtype=np.int64)

deep = st.builds(
    Layer.conv,
    st.just("deep"),
    st.sampled_from([6, 32, 48]),
    st.sampled_from([5, 64, 96]),
    st.sampled_from([1, 3, (3, 1)]),
    padding=st.sampled_from([0, 1]),
    input_size=st.sampled_from([7, (3, 40)]),
)
layers = st.one_of(conv_layers(max_channels=12), linear_layers, deep, deep)


@settings(max_examples=examples(60), deadline=None)
@given(layers, st.integers(1, 11), st.booleans(), st.sampled_from([8, 16]), st.data())
def test_a_layer_takes_what_is_laid_out_block_by_block(
    layer: Layer, cluster: int, sparse: bool, bits: int, data: st.DataObject
) -> None:
    shape = VectorShape.of(layer, cluster)
    group, vector, out, turns = (
        int(data.draw(st.sampled_from(list(divisors(value)))))
        for value in (shape.groups, shape.vectors, shape.filters, shape.lanes)
    )
    fine = data.draw(st.integers(1, shape.lanes)) if sparse else shape.lanes // turns
    folding = (group, vector, out, fine)
    columns = (ONE * group, ONE * vector, ONE * out, ONE * fine)
    resources = layer_resources(layer, shape, sparse, columns, bits)
    weights = slow.weights(layer, folding, bits)
    pointwise = layer.kernel == (1, 1)
    lines = slow.Memory() if pointwise else slow.line_buffers(layer, folding, bits)
    logic = slow.logic(layer, shape.lanes, sparse, folding, bits)
    multipliers = group * vector * out * fine
    assert resources.dsp == (multipliers if bits == 16 else -(-multipliers // 2))
    assert resources.lut == logic + weights.lut + lines.lut
    assert resources.line_bram18 == lines.bram18
    assert resources.weight_bram18 == weights.bram18
    assert resources.weight_uram == weights.uram
    assert resources.streamed_bytes == weights.streamed_bytes


@pytest.mark.parametrize(("columns", "blocks"), [(62, 0), (63, 2)])
def test_line_buffers_hold_the_padding_too(columns: int, blocks: int) -> None:
    layer = Layer.conv("c", 1, 1, 3, padding=1, input_size=(5, columns))
    resources = layer_resources(layer, VectorShape.of(layer, 8), True, (ONE,) * 4, 16)
    assert resources.line_bram18 == blocks


def test_block_ram_uses_its_best_shape() -> None:
    depth, width = np.array([512, 1024, 2048, 513]), np.array([36, 18, 9, 36])
    assert list(bram18_blocks(depth, width)) == [1, 1, 1, 2]


def test_an_engine_with_a_multiplier_for_every_pair_selects_nothing() -> None:
    layer = Layer.conv("c", 8, 8, 3, input_size=8)
    shape = VectorShape.of(layer, 8)

    def luts(fine: int, *, sparse: bool) -> int:
        return int(layer_resources(layer, shape, sparse, (ONE, ONE, ONE, ONE * fine), 16).lut[0])

    assert luts(9, sparse=True) == luts(9, sparse=False)
    assert luts(8, sparse=True) > luts(9, sparse=True)  # eight of nine pairs are a choice


def test_partial_sums_take_a_memory_word_per_filter() -> None:
    def luts(filters: int) -> int:
        layer = Layer.conv("p", 8, filters, 1, input_size=4)
        shape = VectorShape.of(layer, 8)
        return int(layer_resources(layer, shape, True, (ONE,) * 4, 16).lut[0])

    assert luts(65) - luts(64) == 32


def demand(weights: list[slow.Weights], lines: list[int]) -> Resources:
    zero = np.zeros((1, len(weights)), dtype=np.int64)
    bram18, uram, streamed = (np.array([column]) for column in zip(*weights, strict=True))
    return Resources(zero, zero, np.array([lines]), bram18, uram, streamed)


sizes = st.integers(0, 30)
weights = st.builds(
    lambda bram, uram, streamed: slow.Weights(bram, uram if bram else 0, streamed if bram else 0),
    sizes,
    st.integers(1, 9),
    st.integers(1, 50),
)


@given(st.lists(weights, min_size=1, max_size=6), sizes, st.integers(0, 90), st.integers(0, 30))
def test_weights_go_where_single_layers_are_put_in_turn(
    layers: list[slow.Weights], lines: int, bram18: int, uram: int
) -> None:
    budget = Budget(1, 1, bram18, uram, memory_bytes_per_cycle=1.0)
    placed = place_weights(demand(layers, [lines] + [0] * (len(layers) - 1)), budget)
    expected = slow.homes(layers, lines, bram18, uram)
    assert [HOMES[home] for home in placed.home[0]] == expected

    def total(home: str, column: str) -> int:
        pairs = zip(layers, expected, strict=True)
        return sum(getattr(layer, column) for layer, memory in pairs if memory == home)

    assert placed.bram18[0] == lines + total("bram", "bram18")
    assert placed.uram[0] == total("uram", "uram") <= uram
    assert placed.streamed_bytes[0] == total("off_chip", "streamed_bytes")
    assert placed.fits[0] == (placed.bram18[0] <= bram18)


def test_every_state_is_placed_on_its_own() -> None:
    first, second = slow.Weights(10, 4, 99), slow.Weights(3, 4, 9)
    rows = [demand(list(pair), [5, 0]) for pair in ((first, second), (second, first))]
    both = Resources(
        **{name: np.vstack([getattr(row, name) for row in rows]) for name in vars(rows[0])}
    )
    placed = place_weights(both, Budget(1, 1, bram18=8, uram=4, memory_bytes_per_cycle=1.0))
    assert placed.home.tolist() == [[1, 0], [0, 1]]
    assert placed.bram18.tolist() == [8, 8]


@pytest.mark.parametrize(("bram18", "fits"), [(5, True), (4, False)])
def test_line_buffers_leave_less_block_ram_for_weights_and_cannot_leave_the_chip(
    bram18: int, fits: bool
) -> None:
    budget = Budget(1, 1, bram18=bram18, uram=0, memory_bytes_per_cycle=1.0)
    placed = place_weights(demand([slow.Weights(10, 4, 99)], [5]), budget)
    assert placed.streamed_bytes.tolist() == [99]
    assert placed.bram18.tolist() == [5]
    assert placed.fits.tolist() == [fits]
