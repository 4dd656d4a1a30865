import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Events, Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.systolic import queues, stepping
from tests.examples import examples
from tests.reference import systolic as reference
from tests.reference import windows
from tests.strategies import conv_layers, linear_layers, traces


def _random(layer: Layer, density: float, images: int = 1, seed: int = 0) -> LayerTrace:
    rng = np.random.default_rng(seed)
    inputs = rng.random((images, *layer.input_shape)) < density
    return LayerTrace(layer, rng.random(layer.weight_shape) < density, inputs)


def _moved(events: Events, operand: str, direction: str) -> int:
    return sum(
        count
        for access, count in events.traffic_bytes.items()
        if access.memory != "dram" and (access.operand, access.direction) == (operand, direction)
    )


arrays = st.tuples(st.integers(1, 9), st.integers(1, 9))


@settings(max_examples=examples(60), deadline=None)
@given(traces(), arrays, st.sampled_from(["os", "ws", "is"]), st.booleans())
def test_dense_array_equals_the_stepped_one(
    trace: LayerTrace, shape: tuple[int, int], dataflow: str, overlap: bool
) -> None:
    rows, columns = shape
    events = simulate(
        trace,
        accelerator("sa", rows=rows, columns=columns, dataflow=dataflow, fold_overlap=overlap),
    )
    expected = reference.dense(trace, rows, columns, dataflow, overlap)
    assert events.cycles == expected.cycles
    assert events.effectual_macs == expected.effectual_macs == windows.effectual_macs(trace)
    assert _nonzero(events.idle_multiplier_cycles) == _nonzero(expected.idle)
    assert dict(events.actions) == dict(expected.actions)
    for operand in ("weight", "activation", "psum"):
        assert _moved(events, operand, "read") == expected.reads[operand], operand


@settings(max_examples=examples(40), deadline=None)
@given(traces(), arrays, st.booleans(), st.sampled_from([0.0, 0.04, 0.4]), st.booleans())
def test_zero_gated_array_equals_the_stepped_one(
    trace: LayerTrace, shape: tuple[int, int], overlap: bool, residual: float, gate: bool
) -> None:
    rows, columns = shape
    array = accelerator(
        "sa_zvcg",
        rows=rows,
        columns=columns,
        fold_overlap=overlap,
        gating_residual=residual,
        gate_operands=gate,
        dram_bytes_per_cycle=math.inf,
    )
    events = simulate(trace, array)
    expected = reference.dense(trace, rows, columns, "os", overlap)
    actions = reference.zero_gated_actions(trace, residual, gate)
    assert events.cycles == expected.cycles
    assert _nonzero(events.idle_multiplier_cycles) == _nonzero(expected.idle)
    assert dict(events.actions) == pytest.approx(dict(actions))


@settings(max_examples=examples(80), deadline=None)
@given(
    traces(conv_layers(max_channels=12, max_size=6) | linear_layers),
    arrays,
    st.sampled_from([(1, 1), (2, 1), (2, 2), (2, 3), (2, 4), (3, 2), (4, 4), (5, 7)]),
    st.booleans(),
    st.tuples(st.sampled_from([0.0, 0.04, 0.4]), st.booleans()),
)
def test_threaded_array_equals_the_stepped_one(
    trace: LayerTrace,
    shape: tuple[int, int],
    queues: tuple[int, int],
    overlap: bool,
    gating: tuple[float, bool],
) -> None:
    array = accelerator(
        "sa_smt",
        rows=shape[0],
        columns=shape[1],
        threads=queues[0],
        queue_depth=queues[1],
        fold_overlap=overlap,
        gating_residual=gating[0],
        gate_operands=gating[1],
        dram_bytes_per_cycle=math.inf,
    )
    events = simulate(trace, array)
    expected = reference.threaded(trace, shape, *queues, overlap, gating)
    assert events.cycles == expected.cycles
    assert events.effectual_macs == expected.effectual_macs
    assert _nonzero(events.idle_multiplier_cycles) == _nonzero(expected.idle)
    assert dict(events.actions) == pytest.approx(dict(expected.actions))


@pytest.mark.parametrize("size", [(65, 3), (130, 2), (3, 70), (64, 32)])
def test_queues_of_tiles_that_span_several_words(size: tuple[int, int]) -> None:
    layer = Layer.conv("conv", 2, 70, 2, input_size=(13, 12))
    trace = _random(layer, 0.6, seed=1)
    array = accelerator("sa_smt", rows=size[0], columns=size[1], dram_bytes_per_cycle=math.inf)
    expected = reference.threaded(trace, size, 2, 2, True, (0.04, True))
    assert simulate(trace, array).cycles == expected.cycles


def test_chunks_of_tiles_do_not_change_the_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer.conv("conv", 8, 40, 3, padding=1, input_size=10)
    trace = _random(layer, 0.5, images=2)
    whole = queues.tile_cycles(trace, 8, 4, 2, 2)
    monkeypatch.setattr(queues, "PLANE_BYTES", 20)
    assert np.array_equal(queues.tile_cycles(trace, 8, 4, 2, 2), whole)


@pytest.mark.parametrize("density", [0.4, 0.75, 1.0])
@pytest.mark.parametrize("size", [(8, 4), (2, 3)])
def test_segments_of_steps_do_not_change_the_queues(
    monkeypatch: pytest.MonkeyPatch, density: float, size: tuple[int, int]
) -> None:
    """With and without segments whose first guess of what waits is wrong."""
    trace = _random(Layer.conv("conv", 30, 9, 2, input_size=(3, 4)), density, images=2)
    monkeypatch.setattr(queues, "PLANE_BYTES", 1)
    whole = queues.tile_cycles(trace, *size, 2, 2)
    monkeypatch.setattr(queues, "PLANE_BYTES", 1 << 16)
    monkeypatch.setattr(stepping, "SHORTEST_SEGMENT", 7)
    for lead_in in (1, 12):
        monkeypatch.setattr(stepping, "LEAD_IN", lead_in)
        assert np.array_equal(queues.tile_cycles(trace, *size, 2, 2), whole)


def test_threads_share_a_multiplier_up_to_their_number() -> None:
    """With a quarter of the pairs effectual, 2 threads nearly halve the time, 4 do better."""
    trace = _random(Layer.conv("conv", 128, 64, 3, padding=1, input_size=16), 0.5)
    dense = simulate(trace, accelerator("sa_zvcg")).cycles
    gains = {
        (threads, depth): dense
        / simulate(trace, accelerator("sa_smt", threads=threads, queue_depth=depth)).cycles
        for threads, depth in ((2, 2), (2, 4), (4, 4))
    }
    assert 1.5 < gains[2, 2] < gains[2, 4] < 2
    assert 2 < gains[4, 4] < 4


def test_bandwidth_bounds_a_fully_connected_layer() -> None:
    trace = LayerTrace(Layer.linear("fc", 4096, 4096))
    events = simulate(trace, accelerator("sa_zvcg", dram_bytes_per_cycle=8.0))
    assert events.cycles == 4096 * 4096 // 8
    free = simulate(trace, accelerator("sa_zvcg", dram_bytes_per_cycle=math.inf))
    stalls = events.idle_multiplier_cycles["bandwidth"]
    assert stalls == events.multipliers * (events.cycles - free.cycles) > 0
    assert events.actions == free.actions


def test_maps_beyond_the_activation_buffer_go_through_dram() -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=32)
    small, large = (
        simulate(LayerTrace(layer), accelerator("sa", activation_buffer_kib=size))
        for size in (127, 128)
    )
    weights = Access("dram", "weight", "read")
    assert large.dram_bytes == large.traffic_bytes[weights] == 64 * 64 * 9
    assert small.traffic_bytes[Access("dram", "activation", "read")] == 64 * 32 * 32
    assert small.traffic_bytes[Access("dram", "output", "write")] == 64 * 32 * 32
    again = simulate(
        LayerTrace(layer), accelerator("sa", activation_buffer_kib=127, weight_buffer_kib=18)
    )
    assert again.traffic_bytes[Access("dram", "activation", "read")] == 2 * 64 * 32 * 32


def _nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"rows": 0}, "rows is 0"),
        ({"columns": -1}, "columns is -1"),
        ({"dataflow": "rs"}, "dataflow is 'rs'; expected one of os, ws, is"),
        ({"dram_bytes_per_cycle": 0.0}, "dram_bytes_per_cycle is 0.0"),
        ({"dram_bytes_per_cycle": math.nan}, "dram_bytes_per_cycle is nan"),
        ({"weight_buffer_kib": 0}, "weight_buffer_kib is 0"),
        ({"fold_overlap": 1}, "fold_overlap is 1"),
        ({"queue": 1}, "'queue'"),
    ],
)
def test_bad_parameters_are_named(override: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message.replace("[", r"\[")):
        accelerator("sa", **override)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"threads": 0}, "threads is 0"),
        ({"queue_depth": 0}, "queue_depth is 0"),
        ({"gating_residual": 1.1}, "gating_residual is 1.1"),
        ({"gating_residual": -0.1}, "gating_residual is -0.1"),
        ({"gate_operands": "yes"}, "gate_operands is 'yes'"),
    ],
)
def test_bad_gating_and_queues_are_named(override: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("sa_smt", **override)  # type: ignore[arg-type]
