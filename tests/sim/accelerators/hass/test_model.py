import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Events, Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.hass.candidates import EngineRules, candidates
from sim.accelerators.hass.histograms import pair_histogram
from sim.accelerators.hass.model import design, folded
from sim.accelerators.hass.resources import Budget
from sim.platforms import platform
from tests.examples import examples
from tests.reference import hass as slow
from tests.reference.windows import effectual_macs
from tests.strategies import conv_layers, linear_layers, traces

SMALL = traces(st.one_of(conv_layers(8, 5), conv_layers(8, 5), linear_layers))
ROOMY = Budget(10**9, 10**9, 10**9, 0, 1e9)
OFFERED = ("coarse_group", "coarse_in", "coarse_out", "fine")


@settings(max_examples=examples(40), deadline=None)
@given(SMALL, st.integers(1, 11))
def test_histogram_counts_every_dot_product(trace: LayerTrace, cluster: int) -> None:
    histogram = pair_histogram(trace, cluster)
    expected = slow.histogram(trace, cluster)
    indices = np.argwhere(histogram.counts)
    assert {tuple(map(int, i)): int(histogram.counts[tuple(i)]) for i in indices} == dict(expected)
    zero = 1 - effectual_macs(trace) / trace.dense_macs
    assert histogram.pair_sparsity == pytest.approx(zero)


@st.composite
def hardware_parameters(draw: st.DrawFn) -> dict[str, int]:
    """Engines of any size; the layer uses what divides its own."""
    sizes = {name: draw(st.integers(1, 9)) for name in (*OFFERED, "cluster_channels")}
    return sizes | {"operand_bits": draw(st.sampled_from([8, 16]))}


def assert_accounted(
    events: Events, trace: LayerTrace, used: int, running: int, slots: int, given_pairs: int
) -> None:
    """Check causes and costs against what the loops counted.

    Args:
        events: of the model.
        trace: of the layer.
        used: multipliers that the layer can use.
        running: cycles, waiting included, ports not.
        slots: multiplier cycles of engines that do not wait.
        given_pairs: pairs that multipliers were given.
    """
    effectual = effectual_macs(trace)
    assert events.effectual_macs == effectual
    assert events.idle_multiplier_cycles == {
        "zero_operand": given_pairs - effectual,
        "fragmentation": slots - given_pairs,
        "imbalance": used * running - slots,
        "port": used * (events.cycles - running),
        "edge": (events.multipliers - used) * events.cycles,
    }


@settings(max_examples=examples(50), deadline=None)
@given(SMALL, hardware_parameters(), st.data())
def test_running_cycles_equal_stepping_every_stream(
    trace: LayerTrace, parameters: dict[str, int], data: st.DataObject
) -> None:
    empty, interleave = data.draw(st.sampled_from([0, 1])), data.draw(st.booleans())
    fifo = data.draw(st.sampled_from([1, 2, 5, 1000]))
    hardware = accelerator(
        "hass",
        **parameters,
        empty_vector_cycles=empty,
        dense_below=0.0,
        fifo_positions=fifo,
        interleave=interleave,
    )
    cluster = parameters["cluster_channels"]
    folding = slow.folding(trace, cluster, tuple(map(parameters.get, OFFERED)), sparse=True)
    engine = partial(slow.sparse_engine, multipliers=folding[3], empty=empty)
    running = slow.running_cycles(trace, cluster, folding, engine, fifo, interleave)
    slots = slow.busy_turns(trace, cluster, engine) * folding[3]
    events = simulate(trace, hardware)
    assert events.cycles == max(running, *slow.port_cycles(trace, cluster, folding))
    pairs = effectual_macs(trace)
    assert_accounted(events, trace, math.prod(folding), running, slots, pairs)
    bits = parameters["operand_bits"]
    assert events.actions == {f"mac_int{bits}": pairs}
    assert events.traffic_bytes[Access("sram_8kib", "weight", "read")] == pairs * bits // 8


@settings(max_examples=examples(40), deadline=None)
@given(SMALL, hardware_parameters())
def test_dense_engines_equal_stepping_every_stream(
    trace: LayerTrace, parameters: dict[str, int]
) -> None:
    cluster = parameters["cluster_channels"]
    folding = slow.folding(trace, cluster, tuple(map(parameters.get, OFFERED)), sparse=False)
    turns = slow.vector_length(trace, cluster) // folding[3]
    running = slow.running_cycles(trace, cluster, folding, lambda _: turns, 1, interleave=False)
    slots = slow.busy_turns(trace, cluster, lambda _: turns) * folding[3]
    events = simulate(trace, accelerator("dataflow_dense", **parameters))
    assert events.cycles == max(running, *slow.port_cycles(trace, cluster, folding))
    assert_accounted(events, trace, math.prod(folding), running, slots, trace.dense_macs)


@settings(max_examples=examples(30), deadline=None)
@given(SMALL, st.data())
def test_every_candidate_has_the_interval_of_its_slowest_stream(
    trace: LayerTrace, data: st.DataObject
) -> None:
    cluster = data.draw(st.integers(2, 9))
    empty, bits = data.draw(st.sampled_from([0, 1])), data.draw(st.sampled_from([8, 16]))
    dense_below = data.draw(st.sampled_from([0.0, 1.0]))
    rules = EngineRules(empty, dense_below, data.draw(st.booleans()), bits)
    options = candidates(pair_histogram(trace, cluster), rules, ROOMY)
    index = data.draw(st.integers(0, len(options.interval) - 1))
    shape = options.folding(index)
    folding = (shape.coarse_group, shape.coarse_in, shape.coarse_out, shape.fine)
    if rules.dense_below:
        length = slow.vector_length(trace, cluster)
        assert length % shape.fine == 0
        engine = lambda _: length // shape.fine  # noqa: E731
    else:
        engine = lambda p: slow.sparse_engine(p, shape.fine, empty)  # noqa: E731
    average = slow.average_cycles(trace, cluster, folding, engine, rules.interleave)
    assert int(options.engine[index]) == average
    assert int(options.interval[index]) == max(average, *slow.port_cycles(trace, cluster, folding))
    assert int(options.resources.dsp[index]) == math.ceil(math.prod(folding) * bits / 16)


@settings(max_examples=examples(30), deadline=None)
@given(SMALL, st.sampled_from([1, 3, 64]))
def test_waiting_never_makes_a_layer_faster_than_its_average(trace: LayerTrace, fifo: int) -> None:
    hardware = accelerator("hass", dense_below=0.0, fifo_positions=fifo, coarse_out=1)
    histogram = hardware.histogram(trace)
    planned = candidates(histogram, hardware.rules, ROOMY)
    shape = histogram.shape
    mine = hardware._folding(shape, sparse=True)
    same = [i for i in range(len(planned.interval)) if planned.folding(i) == mine]
    longer_fifo = replace(hardware, fifo_positions=10**6)
    assert int(planned.interval[same[0]]) == simulate(trace, longer_fifo).cycles
    assert int(planned.interval[same[0]]) <= simulate(trace, hardware).cycles


@settings(max_examples=examples(25), deadline=None)
@given(SMALL)
def test_pass_takes_every_weight_for_nonzero(trace: LayerTrace) -> None:
    unpruned = replace(trace, weight=np.ones_like(trace.weight))
    events = simulate(trace, accelerator("pass", dense_below=0.0))
    assert events.cycles == simulate(unpruned, accelerator("hass", dense_below=0.0)).cycles
    assert events.effectual_macs == effectual_macs(trace)
    wasted = effectual_macs(unpruned) - effectual_macs(trace)
    assert events.idle_multiplier_cycles["zero_operand"] == wasted


@settings(max_examples=examples(25), deadline=None)
@given(SMALL)
def test_dense_dataflow_does_not_see_zeros(trace: LayerTrace) -> None:
    hardware = accelerator("dataflow_dense")
    dense = LayerTrace(trace.layer, activation=np.ones_like(trace.activation))
    assert simulate(trace, hardware).cycles == simulate(dense, hardware).cycles
    assert simulate(trace, hardware).cycles * hardware.multipliers >= trace.dense_macs


def test_sparse_engine_gives_way_to_the_dense_one_under_ten_percent() -> None:
    layer = Layer.conv("c", 10, 8, 1, input_size=5)
    activation = np.ones((1, 10, 5, 5), dtype=bool)
    activation[:, 0] = False  # exactly 10 % of the pairs
    trace = LayerTrace(layer, activation=activation)
    assert candidates(pair_histogram(trace, 5), EngineRules(1, 0.1, True, 16), ROOMY).sparse
    activation[:, 0, 0, 0] = True
    fuller = LayerTrace(layer, activation=activation)
    assert not candidates(pair_histogram(fuller, 5), EngineRules(1, 0.1, True, 16), ROOMY).sparse
    assert (
        simulate(fuller, accelerator("hass")).cycles
        == simulate(fuller, accelerator("dataflow_dense")).cycles
    )


def test_impossible_parameters_are_named() -> None:
    with pytest.raises(UserError, match="empty_vector_cycles is 2"):
        accelerator("hass", empty_vector_cycles=2)
    with pytest.raises(UserError, match="fifo_positions is 0"):
        accelerator("pass", fifo_positions=0)
    with pytest.raises(UserError, match="fine is 0"):
        accelerator("dataflow_dense", fine=0)


def test_a_design_runs_at_its_planned_interval_or_slower() -> None:
    rng = np.random.default_rng(3)
    shapes = [
        Layer.conv("a", 3, 8, 3, stride=2, padding=1, input_size=16),
        Layer.conv("b", 8, 8, 3, padding=1, input_size=8, groups=8),
        Layer.conv("c", 8, 12, 1, input_size=8),
    ]
    layers = [
        LayerTrace(s, rng.random(s.weight_shape) < 0.6, rng.random((2, *s.input_shape)) < 0.5)
        for s in shapes
    ]
    hardware = accelerator("hass")
    explored = design(layers, hardware, platform("zc706", dsp=60))
    assert explored.dsp <= 54
    for trace, layer in zip(layers, explored.layers, strict=True):
        events = simulate(trace, folded(hardware, layer))
        assert events.cycles >= layer.interval_cycles * trace.images - 1
        assert events.multipliers == layer.dsp
