from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace, UserError, accelerator, simulate
from sim.energy import technology
from sim.events import Events
from tests.examples import examples
from tests.reference.sparten import Hardware, Steps, sparten
from tests.strategies import traces

BALANCING = {"sparten_no_balancing": "none", "sparten_gb_s": "filter", "sparten": "chunk"}

hardware = st.builds(
    dict,
    clusters=st.sampled_from([1, 3, 8]),
    units_per_cluster=st.sampled_from([1, 2, 4]),
    chunk_bits=st.sampled_from([5, 16, 64, 70, 128, 300]),
    positions_per_filter_chunk=st.sampled_from([1, 3]),
    barrier=st.sampled_from(["input_chunk", "filter_chunk", "round"]),
)


def by_hand(trace: LayerTrace, name: str, sizes: dict[str, Any]) -> Steps:
    return sparten(
        trace,
        Hardware(
            sizes["clusters"],
            sizes["units_per_cluster"],
            sizes["chunk_bits"],
            sizes["positions_per_filter_chunk"],
            sizes["barrier"],
            BALANCING[name],
        ),
    )


def moved(events: Events, memory: str, operand: str, direction: str) -> int:
    return sum(
        count
        for access, count in events.traffic_bytes.items()
        if access == (memory, operand, direction)
    )


@pytest.mark.parametrize("name", BALANCING)
@settings(max_examples=examples(40), deadline=None)
@given(trace=traces(), sizes=hardware)
def test_equals_the_mechanism_stepped_by_hand(
    name: str, trace: LayerTrace, sizes: dict[str, Any]
) -> None:
    events = simulate(trace, accelerator(name, **sizes))
    steps = by_hand(trace, name, sizes)
    assert events.cycles == steps.cycles
    assert events.effectual_macs == steps.macs
    assert events.idle_multiplier_cycles == {
        cause: steps.idle[cause]
        for cause in ("empty_chunk", "barrier", "fragmentation", "cluster_imbalance", "bandwidth")
    }
    assert events.actions["sparten_inner_join"] == steps.joins
    filter_bytes = steps.filter_value_bytes + steps.filter_mask_bytes
    assert moved(events, "sram_512kib", "weight", "read") == filter_bytes
    broadcast_bytes = steps.broadcast_value_bytes + steps.broadcast_mask_bytes
    assert moved(events, "sram_2mib", "activation", "read") == broadcast_bytes


@pytest.mark.parametrize("name", BALANCING)
@settings(max_examples=examples(25), deadline=None)
@given(trace=traces(), seed=st.integers(0, 99))
def test_fewer_activations_never_cost_more(name: str, trace: LayerTrace, seed: int) -> None:
    kept = np.random.default_rng(seed).random(trace.activation.shape) < 0.6
    sparser = LayerTrace(trace.layer, trace.weight, trace.activation & kept)
    hardware = accelerator(name, clusters=4, units_per_cluster=4, chunk_bits=32)
    assert simulate(sparser, hardware).cycles <= simulate(trace, hardware).cycles


@settings(max_examples=examples(25), deadline=None)
@given(trace=traces(), seed=st.integers(0, 99))
def test_fewer_weights_never_cost_more_without_balancing(trace: LayerTrace, seed: int) -> None:
    kept = np.random.default_rng(seed).random(trace.weight.shape) < 0.6
    sparser = LayerTrace(trace.layer, trace.weight & kept, trace.activation)
    hardware = accelerator("sparten_no_balancing", clusters=4, units_per_cluster=4, chunk_bits=32)
    assert simulate(sparser, hardware).cycles <= simulate(trace, hardware).cycles


@pytest.mark.parametrize("name", BALANCING)
@settings(max_examples=examples(25), deadline=None)
@given(trace=traces())
def test_never_beats_one_match_per_multiplier_and_cycle(name: str, trace: LayerTrace) -> None:
    events = simulate(trace, accelerator(name, clusters=2, units_per_cluster=4))
    assert events.cycles * events.multipliers >= events.effectual_macs


def skewed() -> LayerTrace:
    """128 filters, every second one nearly empty."""
    rng = np.random.default_rng(7)
    layer = Layer.conv("conv", 64, 128, 3, padding=1, input_size=14)
    density = np.where(np.arange(128) % 2, 0.05, 0.8)[:, None, None, None]
    weight = rng.random(layer.weight_shape) < density
    return LayerTrace(layer, weight, rng.random((1, *layer.input_shape)) < 0.5)


def test_balancing_pays_on_skewed_filters() -> None:
    none, software, hardware = (
        simulate(skewed(), accelerator(name)).cycles
        for name in ("sparten_no_balancing", "sparten_gb_s", "sparten")
    )
    assert none > 1.5 * software
    assert software > hardware


def test_dense_pointwise_layer_that_fits_leaves_no_multiplier_idle() -> None:
    layer = Layer.conv("conv", 128, 64, 1, input_size=(8, 8))
    for name in BALANCING:
        events = simulate(LayerTrace(layer), accelerator(name))
        assert events.cycles == layer.dense_macs // 1024, name
        assert not any(events.idle_multiplier_cycles.values()), name


@pytest.mark.parametrize("name", BALANCING)
def test_the_further_units_run_ahead_the_less_they_wait(name: str) -> None:
    strict, ahead, further, free = (
        simulate(skewed(), accelerator(name, positions_per_filter_chunk=positions, barrier=barrier))
        for barrier, positions in (
            ("input_chunk", 4),
            ("filter_chunk", 2),
            ("filter_chunk", 4),
            ("round", 4),
        )
    )
    assert strict.cycles > ahead.cycles > further.cycles > free.cycles
    assert strict.traffic_bytes == further.traffic_bytes == free.traffic_bytes


def test_filter_chunks_are_read_once_per_stretch_of_positions() -> None:
    layer = Layer.conv("conv", 128, 32, 1, input_size=(8, 8))
    filter_bytes = 32 * (128 + 16)
    for positions, loads in ((1, 64), (2, 32), (3, 32), (16, 32)):
        hardware = accelerator("sparten", positions_per_filter_chunk=positions)
        events = simulate(LayerTrace.of(layer), hardware)
        assert moved(events, "sram_512kib", "weight", "read") == loads * filter_bytes


def test_unknown_barrier_is_refused() -> None:
    with pytest.raises(UserError, match="barrier is 'never'; expected one of input_chunk"):
        accelerator("sparten", barrier="never")


def test_few_filters_are_not_paired() -> None:
    layer = Layer.conv("conv", 64, 32, 3, padding=1, input_size=16)
    trace = LayerTrace(layer, np.random.default_rng(0).random(layer.weight_shape) < 0.3)
    plain = simulate(trace, accelerator("sparten_no_balancing"))
    assert simulate(trace, accelerator("sparten")).cycles == plain.cycles


def test_dram_holds_the_maps_only_where_the_buffer_does_not() -> None:
    layer = Layer.conv("conv", 32, 32, 3, padding=1, input_size=32)
    weights, both_maps = 32 * (288 + 3 * 16), 2 * (32 * 1024 + 32 * 1024 // 8)
    fits, spills = (
        simulate(LayerTrace(layer), accelerator("sparten", activation_buffer_kib=size))
        for size in (72, 71)
    )
    assert fits.dram_bytes == weights
    assert spills.dram_bytes == weights + both_maps


def test_narrow_dram_makes_the_layer_wait() -> None:
    layer = Layer.linear("fc", 128, 64)
    events = simulate(LayerTrace(layer), accelerator("sparten", dram_bytes_per_cycle=0.5))
    assert events.cycles == 2 * 64 * (128 + 16)
    assert events.idle_multiplier_cycles["bandwidth"] > 0


@pytest.mark.parametrize("chunk_bits", [64, 192, 256, 300])
def test_chunks_of_any_size_count_all_their_matches(chunk_bits: int) -> None:
    layer = Layer.linear("fc", 600, 1)
    events = simulate(LayerTrace(layer), accelerator("sparten", chunk_bits=chunk_bits))
    assert events.cycles == events.effectual_macs == 600


def test_output_is_written_as_sparse_as_the_next_layer_reads_it() -> None:
    layer = Layer.conv("conv", 4, 8, 1, input_size=(4, 4))
    output = np.zeros((1, 8, 2, 2), dtype=bool)
    output[0, 0, 0, 0] = True
    events = simulate(LayerTrace(layer, output=output), accelerator("sparten"))
    assert moved(events, "sram_2mib", "output", "write") == 1 + 32 // 8


def test_every_count_has_an_energy_and_only_gb_h_permutes() -> None:
    trace = skewed()
    for name in BALANCING:
        events = simulate(trace, accelerator(name))
        energy = technology(45).energy_pj(events)
        assert energy["mac"] == pytest.approx(0.561 * events.effectual_macs)
        assert energy["other"] == pytest.approx(0.792 * events.cycles * 1024)
        assert ("sparten_permutation" in events.actions) == (name == "sparten")


@pytest.mark.parametrize(
    "name", ["clusters", "units_per_cluster", "chunk_bits", "positions_per_filter_chunk"]
)
def test_impossible_parameter_names_itself(name: str) -> None:
    with pytest.raises(UserError, match=f"'sparten'.*{name} is 0.*at least 1"):
        accelerator("sparten", **{name: 0})
