import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Events, Layer, LayerTrace, UserError, accelerator, simulate
from tests.examples import examples
from tests.reference import s2ta as reference
from tests.strategies import conv_layers, linear_layers, traces

small = traces(conv_layers(max_channels=20, max_size=5) | linear_layers)


@st.composite
def shapes(draw: st.DrawFn) -> reference.Shape:
    size = st.integers(1, 3)
    return reference.Shape(
        rows=draw(size),
        columns=draw(size),
        tpe_pixels=draw(size),
        tpe_filters=draw(size),
        weight_slots=draw(st.sampled_from([1, 2, 3, 4, 8])),
        overlap=draw(st.booleans()),
        residual=draw(st.sampled_from([0.0, 0.04, 0.4])),
        gate_operands=draw(st.booleans()),
        max_nonzeros=draw(st.sampled_from([1, 5, 8])),
    )


def _simulate(name: str, trace: LayerTrace, shape: reference.Shape) -> Events:
    extra = {"max_activation_nonzeros": shape.max_nonzeros} if name == "s2ta_aw" else {}
    array = accelerator(
        name,
        rows=shape.rows,
        columns=shape.columns,
        tpe_pixels=shape.tpe_pixels,
        tpe_filters=shape.tpe_filters,
        weight_slots=shape.weight_slots,
        fold_overlap=shape.overlap,
        gating_residual=shape.residual,
        gate_operands=shape.gate_operands,
        dram_bytes_per_cycle=math.inf,
        **extra,
    )
    return simulate(trace, array)


def bounded(mask: np.ndarray, bound: int, axis: int = 1) -> np.ndarray:
    """The first `bound` nonzeros of every 8 successive entries along an axis."""
    lanes = np.moveaxis(mask, axis, -1)
    kept = lanes.copy()
    for start in range(0, lanes.shape[-1], 8):
        block = lanes[..., start : start + 8]
        kept[..., start : start + 8] = block & (block.cumsum(axis=-1) <= bound)
    return np.moveaxis(kept, -1, axis)


@st.composite
def bounded_traces(draw: st.DrawFn) -> LayerTrace:
    trace = draw(small)
    weights, activations = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    slack = draw(st.integers(0, 8))
    activation = bounded(trace.activation, activations)
    output = None
    if draw(st.booleans()):
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        pooling = draw(st.integers(1, 3))
        size = [-(-edge // pooling) for edge in trace.layer.output_size]
        shape = (trace.images, trace.layer.out_channels, *size)
        output = bounded(rng.random(shape) < 0.6, draw(st.integers(1, 8)))
    return LayerTrace(
        trace.layer,
        bounded(trace.weight, weights),
        activation,
        output,
        activation_bound=min(8, activations + slack) if draw(st.booleans()) else None,
    )


def _check(events: Events, expected: reference.Tally, trace: LayerTrace) -> None:
    assert events.cycles == expected.cycles
    assert events.effectual_macs == expected.effectual_macs
    idle = {cause: count for cause, count in events.idle_multiplier_cycles.items() if count}
    assert idle == {cause: count for cause, count in expected.idle.items() if count}
    actions = {name: count for name, count in events.actions.items() if count}
    counted = {name: count for name, count in expected.actions.items() if count}
    assert actions == pytest.approx(counted)
    moved = events.traffic_bytes
    assert moved[Access("dram", "weight", "read")] == expected.stored["weight"]
    assert moved[Access("sram_512kib", "weight", "read")] == expected.reads["weight"]
    assert moved[Access("sram_2mib", "activation", "read")] == expected.reads["activation"]


@settings(max_examples=examples(60), deadline=None)
@given(bounded_traces(), shapes())
def test_dot_product_array_equals_the_stepped_one(
    trace: LayerTrace, shape: reference.Shape
) -> None:
    _check(_simulate("s2ta_w", trace, shape), reference.dot_product(trace, shape), trace)


@settings(max_examples=examples(80), deadline=None)
@given(bounded_traces(), shapes())
def test_time_unrolled_array_equals_the_stepped_one(
    trace: LayerTrace, shape: reference.Shape
) -> None:
    events = _simulate("s2ta_aw", trace, shape)
    expected = reference.time_unrolled(trace, shape)
    _check(events, expected, trace)
    written = events.traffic_bytes[Access("sram_2mib", "output", "write")]
    assert written == expected.stored["output"]


def test_groups_that_cut_blocks_cannot_use_the_bound() -> None:
    # Channels 6 to 9 are nonzero: two in each block of eight, four in the second group of six.
    layer = Layer.conv("grouped", 12, 4, 1, input_size=3, groups=2)
    activation = np.zeros((1, *layer.input_shape), dtype=bool)
    activation[:, 6:10] = True
    trace = LayerTrace(layer, activation=activation, activation_bound=2)
    shape = reference.Shape(
        rows=2,
        columns=2,
        tpe_pixels=2,
        tpe_filters=2,
        weight_slots=8,
        overlap=True,
        residual=0.04,
        gate_operands=True,
    )
    events = _simulate("s2ta_aw", trace, shape)
    assert events.cycles == 2 * 3 * 6 + 2
    _check(events, reference.time_unrolled(trace, shape), trace)


def test_compressed_maps_that_spill_move_compressed() -> None:
    rng = np.random.default_rng(0)
    layer = Layer.conv("conv", 20, 16, 3, padding=1, input_size=50)
    activation = bounded(rng.random((2, 20, 50, 50)) < 0.9, 3)
    output = bounded(rng.random((2, 16, 25, 25)) < 0.9, 4)
    trace = LayerTrace(layer, None, activation, output)
    events = simulate(trace, accelerator("s2ta_aw", activation_buffer_kib=1))
    shape = reference.Shape(
        rows=8,
        columns=8,
        tpe_pixels=8,
        tpe_filters=4,
        weight_slots=4,
        overlap=True,
        residual=0.04,
        gate_operands=True,
    )
    stored = reference.Tally()
    reference._write_back(stored, trace, shape)
    assert events.traffic_bytes[Access("dram", "output", "write")] == stored.stored["output"]
    assert stored.stored["output"] == 2 * 25 * 25 * 2 * 5
    # Blocks of 8, 8 and 4 channels, three values and a mask byte each.
    moved = 2 * 50 * 50 * 12
    assert events.traffic_bytes[Access("dram", "activation", "read")] == moved
    assert events.traffic_bytes[Access("sram_8kib", "activation", "write")] == moved


@pytest.mark.parametrize(("bound", "gain"), [(1, 8), (2, 4), (4, 2), (5, 1.6), (6, 1), (8, 1)])
def test_time_unrolling_gains_8_over_the_bound_up_to_the_pruners_limit(
    bound: int, gain: float
) -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=16)
    activation = bounded(np.ones((1, 64, 16, 16), dtype=bool), bound)
    weight = bounded(np.ones(layer.weight_shape, dtype=bool), 4)
    trace = LayerTrace(layer, weight, activation)
    free = {"dram_bytes_per_cycle": math.inf}
    base = simulate(trace, accelerator("sa_zvcg", **free)).cycles
    sparse = simulate(trace, accelerator("s2ta_aw", **free)).cycles
    fill, fill_aw = 64 + 32 - 2, 8 + 8 - 2
    assert (base - fill) / (sparse - fill_aw) == gain


@pytest.mark.parametrize(("bound", "cycles"), [(2, 4), (4, 8), (5, 8), (6, 8)])
def test_dense_weights_work_a_block_in_two_halves(bound: int, cycles: int) -> None:
    layer = Layer.conv("conv", 8, 32, 1, input_size=8)
    activation = bounded(np.ones((1, 8, 8, 8), dtype=bool), bound)
    trace = LayerTrace(layer, None, activation)
    events = simulate(trace, accelerator("s2ta_aw", dram_bytes_per_cycle=math.inf))
    assert events.cycles == cycles + 14


def test_weight_bound_alone_halves_the_time() -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=16)
    weight = bounded(np.ones(layer.weight_shape, dtype=bool), 4)
    array = accelerator("s2ta_w", dram_bytes_per_cycle=math.inf)
    dense, halved = (
        simulate(LayerTrace(layer, mask), array).cycles - (4 + 8 - 2) for mask in (None, weight)
    )
    assert dense == 2 * halved


def test_depthwise_layers_gain_nothing() -> None:
    layer = Layer.conv("dw", 32, 32, 3, padding=1, input_size=16, groups=32)
    rng = np.random.default_rng(0)
    activation = bounded(rng.random((1, 32, 16, 16)) < 0.9, 2)
    trace = LayerTrace(layer, None, activation)
    free = {"dram_bytes_per_cycle": math.inf}
    base = simulate(trace, accelerator("sa_zvcg", **free)).cycles - (64 + 32 - 2)
    assert simulate(trace, accelerator("s2ta_aw", **free)).cycles - (8 + 8 - 2) == base


def test_a_looser_stated_bound_costs_what_it_states() -> None:
    layer = Layer.conv("conv", 16, 8, 1, input_size=8)
    mask = bounded(np.ones((1, 16, 8, 8), dtype=bool), 2)
    weight = bounded(np.ones(layer.weight_shape, dtype=bool), 4)
    tight = LayerTrace(layer, weight, mask)
    loose = replace(tight, activation_bound=4)
    cycles = [simulate(trace, accelerator("s2ta_aw")).cycles for trace in (tight, loose)]
    assert cycles == [2 * 2 + 14, 2 * 4 + 14]


@pytest.mark.parametrize("name", ["s2ta_w", "s2ta_aw"])
def test_as_many_multipliers_as_the_baseline(name: str) -> None:
    assert accelerator(name).multipliers == accelerator("sa_zvcg").multipliers == 2048


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"tpe_pixels": 0}, "tpe_pixels is 0"),
        ({"tpe_filters": 0}, "tpe_filters is 0"),
        ({"weight_slots": 9}, "weight_slots is 9"),
        ({"max_activation_nonzeros": 0}, "max_activation_nonzeros is 0"),
        ({"rows": 0}, "rows is 0"),
    ],
)
def test_bad_parameters_are_named(override: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("s2ta_aw", **override)  # type: ignore[arg-type]
