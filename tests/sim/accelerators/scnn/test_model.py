import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, UserError, accelerator, simulate
from tests.examples import examples
from tests.reference import scnn as reference
from tests.reference.windows import effectual_macs
from tests.strategies import conv_layers, linear_layers, traces

SMALL = st.one_of(conv_layers(8, 8), conv_layers(8, 8), linear_layers)
PARAMETERS = st.fixed_dictionaries(
    {
        "pe_rows": st.integers(1, 3),
        "pe_columns": st.integers(1, 3),
        "weight_vector": st.integers(1, 4),
        "activation_vector": st.integers(1, 4),
        "accumulator_banks": st.sampled_from([1, 3, 5, 32]),
        "accumulator_entries": st.sampled_from([1, 30, 6144]),
        "filters_per_group": st.integers(0, 5),
        "late_pointwise_filters_per_group": st.sampled_from([0, 1, 3]),
        "plane_tiles": st.sampled_from(["balanced", "large_first", "ceiling"]),
        "barrier": st.sampled_from(["filter_group", "channel"]),
        "stride_products": st.sampled_from(["sub_grids", "all"]),
        "exchange_values_per_cycle": st.integers(1, 3),
        "dram_bytes_per_cycle": st.just(math.inf),
    }
)


@settings(max_examples=examples(50), deadline=None)
@given(traces(SMALL), PARAMETERS)
def test_equals_the_loop_reference(trace: LayerTrace, parameters: dict) -> None:
    model = accelerator("scnn", **parameters)
    events = simulate(trace, model)
    steps = trace.layer.stride if parameters["stride_products"] == "sub_grids" else (1, 1)
    filters = reference.filters_in_group(trace, parameters)
    assert model.filters_in_group(trace.layer) == filters
    told = reference.run(trace, filters, parameters, steps)
    split = reference.run(trace, 10**6, parameters, trace.layer.stride)
    vector = parameters["weight_vector"] * parameters["activation_vector"]
    exchange = reference.exchange(trace, filters, parameters) * trace.images
    assert events.cycles == told.cycles + exchange
    assert events.effectual_macs == effectual_macs(trace)
    assert events.idle_multiplier_cycles == {
        "fragmentation": vector * told.pairs - told.products,
        "accumulator_banks": vector * (told.busy - told.pairs),
        "stride": told.products - split.products,
        "edge": split.products - events.effectual_macs,
        "barrier": model.multipliers * told.cycles - vector * told.busy,
        "exchange": model.multipliers * exchange,
        "bandwidth": 0,
    }


@settings(max_examples=examples(40), deadline=None)
@given(
    traces(SMALL, with_output=True),
    PARAMETERS,
    st.sampled_from([(8, 4, 8), (16, 4, 20), (16, 8, 10240)]),
)
def test_bytes_equal_the_loop_reference(
    trace: LayerTrace, parameters: dict, storage: tuple[int, int, int]
) -> None:
    names = ("operand_bits", "index_bits", "activation_ram_bytes")
    parameters = parameters | dict(zip(names, storage, strict=True))
    events = simulate(trace, accelerator("scnn", **parameters))
    steps = trace.layer.stride if parameters["stride_products"] == "sub_grids" else (1, 1)
    filters = reference.filters_in_group(trace, parameters)
    expected: Counter = Counter()
    for image in range(trace.images):
        expected.update(reference.traffic(trace, image, filters, parameters, steps))
    assert dict(events.traffic_bytes) == dict(expected)


@pytest.mark.parametrize(("kernel", "stride"), [(11, 4), (7, 2), (5, 2), (5, 3), (3, 2), (1, 1)])
def test_halos_shrink_with_the_stride(kernel: int, stride: int) -> None:
    layer = Layer.conv(
        "conv", 2, 40, kernel, stride=stride, padding=kernel // 2, input_size=(40, 26)
    )
    trace, model = LayerTrace(layer), accelerator("scnn", accumulator_entries=1000)
    parameters = {
        "pe_rows": 8,
        "pe_columns": 8,
        "filters_per_group": 0,
        "late_pointwise_filters_per_group": 0,
        "accumulator_entries": 1000,
        "exchange_values_per_cycle": 1,
    }
    filters = reference.filters_in_group(trace, parameters)
    assert model.filters_in_group(layer) == filters
    assert model.exchange_cycles(layer) == reference.exchange(trace, filters, parameters)


@settings(max_examples=examples(30), deadline=None)
@given(traces(SMALL), st.integers(0, 2**31))
def test_fewer_nonzeros_never_cost_more(trace: LayerTrace, seed: int) -> None:
    rng = np.random.default_rng(seed)
    thinned = LayerTrace(
        trace.layer,
        trace.weight & (rng.random(trace.weight.shape) < 0.7),
        trace.activation & (rng.random(trace.activation.shape) < 0.7),
    )
    model = accelerator("scnn", pe_rows=2, pe_columns=2)
    assert simulate(thinned, model).cycles <= simulate(trace, model).cycles


def test_dense_interior_layer_uses_every_multiplier_but_edges_and_halos() -> None:
    layer = Layer.conv("conv", 4, 64, 1, input_size=(32, 32))
    events = simulate(LayerTrace(layer), accelerator("scnn"))
    assert events.cycles == layer.dense_macs // 1024
    assert events.utilisation == 1.0


def test_fully_connected_runs_at_a_quarter_of_peak_before_the_exchange() -> None:
    layer = Layer.linear("fc", 128, 1024)
    events = simulate(LayerTrace(layer), accelerator("scnn", dram_bytes_per_cycle=math.inf))
    array_cycles = layer.dense_macs // (64 * 4)
    assert events.cycles == array_cycles + 1024 // 64 * 63
    assert events.idle_multiplier_cycles["fragmentation"] == 3 * layer.dense_macs


def test_a_stride_without_sub_grids_pays_for_the_wasted_products() -> None:
    layer = Layer.conv("conv", 8, 16, 3, stride=2, padding=1, input_size=(64, 64))
    split = simulate(LayerTrace(layer), accelerator("scnn"))
    naive = simulate(LayerTrace(layer), accelerator("scnn", stride_products="all"))
    assert split.idle_multiplier_cycles["stride"] == 0
    assert naive.idle_multiplier_cycles["stride"] > split.effectual_macs
    assert naive.cycles > 2 * split.cycles


def test_a_stride_over_one_pixel_is_none() -> None:
    strided, plain = (Layer.conv("conv", 3, 5, 1, stride, input_size=1) for stride in (2, 1))
    costs = [simulate(LayerTrace.of(layer), accelerator("scnn")) for layer in (strided, plain)]
    assert costs[0] == costs[1]


@settings(max_examples=examples(30), deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(["balanced", "large_first", "ceiling"]))
def test_the_writer_and_the_reader_of_a_map_agree_where_it_lies(seed: int, tiling: str) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(2, 9)), int(rng.integers(2, 9))
    mask = rng.random((1, 5, rows, columns)) < rng.random()
    writer = Layer.conv("writer", 2, 5, 3, padding=1, input_size=(rows, columns))
    reader = Layer.conv("reader", 5, 4, 3, padding=1, input_size=(rows, columns))
    pes = {"pe_rows": 2, "pe_columns": 3, "plane_tiles": tiling, "activation_ram_bytes": 12}
    model = accelerator("scnn", **pes)
    written = simulate(LayerTrace.of(writer, output=mask), model).traffic_bytes
    read = simulate(LayerTrace.of(reader, activation=mask), model).traffic_bytes
    assert written[Access("dram", "output", "write")] == read[Access("dram", "activation", "read")]


def test_late_pointwise_layers_have_a_limit_of_their_own() -> None:
    late, early = (Layer.conv("conv", 16, 200, 1, input_size=size) for size in (8, 9))
    window, pixel = (
        Layer.conv("conv", 16, 200, 3, padding=1, input_size=8),
        Layer.linear("fc", 16, 200),
    )
    model = accelerator("scnn")
    assert model.filters_in_group(late) == 8
    assert [model.filters_in_group(layer) for layer in (early, window, pixel)] == [200, 113, 200]
    assert accelerator("scnn", late_pointwise_filters_per_group=0).filters_in_group(late) == 200


def test_a_narrow_dram_holds_a_layer_of_few_products_up() -> None:
    trace = LayerTrace.of(Layer.linear("fc", 256, 256))
    free, bound = (
        simulate(trace, accelerator("scnn", dram_bytes_per_cycle=rate)) for rate in (math.inf, 4.0)
    )
    assert bound.cycles == 256 * 256 * 20 // 8 // 4 > free.cycles
    assert bound.idle_multiplier_cycles["bandwidth"] == 1024 * (bound.cycles - free.cycles)


def test_an_input_larger_than_the_rams_is_fetched_in_passes() -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=(64, 64))
    small = simulate(LayerTrace(layer), accelerator("scnn", activation_ram_bytes=4096))
    large = simulate(LayerTrace(layer), accelerator("scnn", activation_ram_bytes=2**20))
    weight, activation = Access("dram", "weight", "read"), Access("dram", "activation", "read")
    stored = 64 * 64 * 9 * 20 // 8
    assert large.traffic_bytes[weight] == stored
    assert large.traffic_bytes[activation] == 0
    assert small.traffic_bytes[weight] == 3 * stored  # 64 pixels x 64 channels x 20 bit = 2.5 RAMs
    assert small.traffic_bytes[activation] == 64 * 64 * 64 * 20 // 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"barrier": "never"}, "barrier is 'never'; expected one of filter_group, channel"),
        ({"pe_rows": 0}, "pe_rows is 0"),
        ({"filters_per_group": -1}, "filters_per_group is -1"),
        ({"late_pointwise_filters_per_group": -2}, "late_pointwise_filters_per_group is -2"),
        ({"operand_bits": 7}, "operand_bits is 7; expected one of 8, 16"),
    ],
)
def test_impossible_parameters_are_named(change: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("scnn", **change)
