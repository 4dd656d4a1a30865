from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.phantom.cores import column_pieces
from sim.accelerators.phantom.packing import PACKERS, Streams
from tests.examples import examples
from tests.reference import phantom as reference
from tests.strategies import conv_layers, linear_layers, traces

SMALL = st.one_of(conv_layers(6, 7), conv_layers(6, 7), linear_layers)
PARAMETERS = st.fixed_dictionaries(
    {
        "mesh_rows": st.integers(1, 3),
        "mesh_columns": st.integers(1, 3),
        "pe_columns": st.integers(1, 4),
        "lookahead": st.sampled_from([1, 2, 3, 5, 9]),
        "scheduler": st.sampled_from(sorted(PACKERS)),
        "intra_core": st.sampled_from(["lockstep", "decoupled", "rotated"]),
        "inter_core": st.sampled_from(["none", "density", "oracle"]),
        "skip_empty_slices": st.booleans(),
        "mapping": st.sampled_from(["auto", "bands", "filters"]),
    }
)


@settings(max_examples=examples(80), deadline=None)
@given(traces(SMALL), PARAMETERS)
def test_equals_the_loop_reference(trace: LayerTrace, parameters: dict) -> None:
    model = accelerator("phantom_2d", fill_cycles=2, **parameters)
    events = simulate(trace, model)
    told = reference.run(trace, parameters)
    per_core = 3 * parameters["pe_columns"]
    assert events.cycles == told.cycles + 2 * told.tiles
    assert events.effectual_macs == told.wanted
    assert events.actions["comparator_int8"] == told.entries
    assert events.idle_multiplier_cycles == {
        "fragmentation": 3 * told.busy_column_cycles - told.wanted,
        "column_imbalance": per_core * told.busy_core_cycles - 3 * told.busy_column_cycles,
        "barrier": per_core * (told.assigned_core_cycles - told.busy_core_cycles),
        "edge": model.multipliers * told.cycles - per_core * told.assigned_core_cycles,
        "fill": model.multipliers * 2 * told.tiles,
        "bandwidth": 0,
    }


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL, with_output=True), PARAMETERS)
def test_bytes_equal_the_loop_reference(trace: LayerTrace, parameters: dict) -> None:
    model = accelerator("phantom_2d", activation_buffer_kib=1, **parameters)
    expected: Counter = Counter()
    for image in range(trace.images):
        expected.update(reference.traffic(trace, image, parameters, 1024))
    assert Counter(simulate(trace, model).traffic_bytes) == expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 3), max_size=24), st.integers(1, 8), st.sampled_from(sorted(PACKERS))
)
def test_packers_equal_the_stepped_scheduler(
    entries: list[int], lookahead: int, scheduler: str
) -> None:
    stream = np.array(entries, dtype=np.uint8)[:, None]
    assert np.array_equal(Streams.of(stream).products, stream)
    told = reference.schedule(list(entries), lookahead, scheduler)
    assert PACKERS[scheduler](Streams.of(stream), lookahead).tolist() == [told]


def test_streams_longer_than_a_byte_can_count_are_packed_in_full() -> None:
    stream = np.full((1000, 1), 3, dtype=np.uint8)
    assert PACKERS["in_order"](Streams.of(stream), 27).tolist() == [1000]
    assert PACKERS["in_order"](Streams.of(0 * stream), 27).tolist() == [38]


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL), st.integers(0, 2**31), st.sampled_from(["in_order", "blocked_out_of_order"]))
def test_fewer_nonzeros_never_cost_more_in_stored_order(
    trace: LayerTrace, seed: int, scheduler: str
) -> None:
    rng = np.random.default_rng(seed)
    thinned = LayerTrace(
        trace.layer,
        trace.weight & (rng.random(trace.weight.shape) < 0.7),
        trace.activation & (rng.random(trace.activation.shape) < 0.7),
    )
    model = accelerator("phantom_2d", inter_core="none", scheduler=scheduler, lookahead=4)
    assert simulate(thinned, model).cycles <= simulate(trace, model).cycles


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL), st.sampled_from([1, 3, 9, 27]))
def test_lookahead_bounds_the_speedup_when_no_slice_is_skipped(
    trace: LayerTrace, lookahead: int
) -> None:
    dense = LayerTrace(trace.layer, activation=np.ones_like(trace.activation))
    model = accelerator(
        "phantom_2d",
        lookahead=lookahead,
        skip_empty_slices=False,
        fill_cycles=0,
        mapping="filters",
        inter_core="none",
    )
    assert simulate(dense, model).cycles <= lookahead * simulate(trace, model).cycles


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL))
def test_a_longer_lookahead_or_freer_scheduler_never_costs_more(trace: LayerTrace) -> None:
    def cycles(**changes: int | str) -> int:
        return simulate(
            trace, accelerator("phantom_2d", inter_core="none", mapping="bands", **changes)
        ).cycles

    assert cycles(lookahead=9) <= cycles(lookahead=4) <= cycles(lookahead=1)
    assert cycles() <= cycles(scheduler="blocked_in_order")
    assert cycles(scheduler="blocked_out_of_order") <= cycles(scheduler="blocked_in_order")
    assert cycles(scheduler="unbounded") <= cycles(scheduler="blocked_out_of_order")
    assert cycles(intra_core="decoupled") <= cycles(intra_core="lockstep")


def test_a_dense_3x3_layer_keeps_every_thread_busy() -> None:
    layer = Layer.conv("conv", 4, 8, 3, input_size=(30, 30))
    events = simulate(LayerTrace(layer), accelerator("phantom_2d", fill_cycles=0))
    assert events.cycles == layer.dense_macs // 252
    assert events.utilisation == 1.0


def test_rotation_spreads_a_dense_kernel_column_over_the_pe_columns() -> None:
    layer = Layer.conv("conv", 9, 4, 3, input_size=(30, 30))
    weight = np.zeros(layer.weight_shape, dtype=bool)
    weight[..., 0] = True
    trace = LayerTrace(layer, weight)
    fixed = simulate(trace, accelerator("phantom_2d", intra_core="decoupled", fill_cycles=0))
    turned = simulate(trace, accelerator("phantom_2d", intra_core="rotated", fill_cycles=0))
    assert fixed.cycles == 9 * 28 * 28 // 7
    assert turned.cycles < 0.4 * fixed.cycles


def test_rotation_turns_by_one_column_per_slice() -> None:
    taken = [[q * 3 + (pe - q) % 3 for q in range(8)] for pe in range(3)]
    assert column_pieces(24, 3, turn=1).tolist() == taken
    assert column_pieces(24, 3, turn=0).tolist() == [list(range(pe, 24, 3)) for pe in range(3)]


def test_small_maps_give_every_core_its_own_filters() -> None:
    deep = Layer.conv("deep", 9, 28, 1, input_size=(7, 7))
    model = accelerator("phantom_2d", fill_cycles=0)
    assert model.split(deep) == (28, 1)
    assert model.split(Layer.conv("wide", 9, 28, 1, input_size=(28, 28))) == (4, 7)
    assert simulate(LayerTrace(deep), model).cycles == 49


def test_masks_and_values_cross_dram_when_the_buffer_is_too_small() -> None:
    layer = Layer.conv("conv", 8, 16, 3, padding=1, input_size=(10, 10))
    weight = np.zeros(layer.weight_shape, dtype=bool)
    weight[0] = True
    held = simulate(LayerTrace(layer, weight), accelerator("phantom_2d"))
    spilled = simulate(
        LayerTrace(layer, weight), accelerator("phantom_2d", activation_buffer_kib=1)
    )
    assert held.dram_bytes == 72 + 16 * 72 // 8
    assert spilled.dram_bytes == held.dram_bytes + 800 + 100 + 1600 + 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lookahead": 0}, "lookahead is 0"),
        ({"lookahead": 300}, "lookahead is 300; expected at most 254"),
        ({"scheduler": "fifo"}, "scheduler is 'fifo'; expected one of in_order"),
        ({"fill_cycles": -1}, "fill_cycles is -1; expected a whole number of at least 0"),
    ],
)
def test_impossible_parameters_are_named(change: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("phantom_2d", **change)
