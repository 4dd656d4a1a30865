import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.eyeriss.check import compared, totals
from sim.accelerators.eyeriss.mapping import cost, rows_read, sets_that_fit, strip_rows
from sim.accelerators.eyeriss.published import published, published_traces
from tests.examples import examples
from tests.reference import eyeriss as reference
from tests.reference import windows
from tests.strategies import conv_layers, linear_layers, traces

SMALL = st.one_of(conv_layers(max_channels=6, max_size=6), linear_layers)


def chip(model) -> reference.Chip:
    return reference.Chip(
        pe_rows=model.pe_rows,
        pe_columns=model.pe_columns,
        buffer_bytes=model.buffer_kib * 1024,
        value_bytes=model.value_bits // 8,
        filter_words=model.filter_words,
        activation_words=model.activation_words,
        psum_words=model.psum_words,
    )


@settings(max_examples=examples(50), deadline=None)
@given(
    traces(SMALL),
    st.sampled_from([(12, 14), (4, 3), (2, 5)]),
    st.sampled_from([8, 16]),
    st.sampled_from([(480.0, True), (480.0, False), (math.inf, True)]),
)
def test_the_search_finds_what_trying_every_mapping_finds(
    trace: LayerTrace, size: tuple[int, int], bits: int, link: tuple[float, bool]
) -> None:
    model = accelerator("eyeriss", pe_rows=size[0], pe_columns=size[1], value_bits=bits, batch=2)
    model = replace(model, buffer_kib=1, filter_words=30, activation_words=6, psum_words=4)
    model = replace(model, dram_mbytes_per_s=link[0], dram_overlap=link[1])
    stored = reference.input_bytes(trace, bits, 5, 64)
    expected = reference.best(trace.layer, chip(model), trace.images, stored)
    assert model.workload(trace).activation_bytes == stored
    if expected is None:
        with pytest.raises(UserError, match="larger buffer_kib"):
            simulate(trace, model)
        return
    spent = cost(trace.layer, model.hardware, model.workload(trace), model.mapping(trace))
    dram = int(spent.activation_bytes + spent.weight_bytes)
    energy = 200 * dram + 6 * int(spent.buffer_bytes)
    assert (energy, int(spent.cycles)) == (expected.energy, expected.cycles)
    events = simulate(trace, model)
    assert events.effectual_macs == windows.effectual_macs(trace)
    outputs = trace.layer.out_channels * trace.layer.output_pixels
    written = trace.images * reference.stored_bytes([True] * outputs, bits, 5, 64)
    busy = max(expected.cycles, math.ceil(int(spent.buffer_bytes) / 16))
    transfer = math.ceil((dram + written) * 200 / link[0])
    assert events.cycles == (max(busy, transfer) if link[1] else busy + transfer)
    assert events.cycles * events.multipliers >= events.dense_macs


@settings(max_examples=examples(50), deadline=None)
@given(conv_layers(max_size=12), st.integers(1, 12), st.sampled_from([(12, 14), (5, 3)]))
def test_strips_and_sets_match_a_count_one_by_one(
    layer: Layer, height: int, size: tuple[int, int]
) -> None:
    model = accelerator("eyeriss", pe_rows=size[0], pe_columns=size[1])
    per_strip = [len(reference.input_rows(layer, s)) for s in reference.strips(layer, height)]
    assert rows_read(layer, height) == sum(per_strip)
    if height <= layer.output_size[0]:
        assert strip_rows(layer, height) >= max(per_strip)
    assert sets_that_fit(layer, model.hardware, height) == reference.pe_sets(
        layer, chip(model), height
    )


def test_activation_zeros_save_bytes_and_energy_but_no_multiplier_cycle() -> None:
    layer = Layer.conv("conv", 16, 16, 3, padding=1, input_size=14)
    empty = np.zeros((1, *layer.input_shape), dtype=bool)
    dense = simulate(LayerTrace(layer), accelerator("eyeriss"))
    zeros = simulate(LayerTrace(layer, activation=empty), accelerator("eyeriss"))
    assert zeros.cycles * zeros.multipliers >= layer.dense_macs
    assert zeros.actions["mac_int16"] == 0 < dense.actions["mac_int16"]
    assert zeros.dram_bytes < dense.dram_bytes
    assert zeros.idle_multiplier_cycles["zero_operand"] == layer.dense_macs


def test_zero_gating_leaves_the_multiplications_of_nonzero_activations() -> None:
    layer = Layer.conv("conv", 4, 6, 3, stride=2, padding=1, input_size=7, groups=2)
    rng = np.random.default_rng(3)
    trace = LayerTrace(layer, activation=rng.random((2, *layer.input_shape)) < 0.4)
    actions = simulate(trace, accelerator("eyeriss")).actions
    gated = windows.effectual_macs(trace)  # of dense weights
    assert actions["mac_int16"] == gated
    assert actions["spad_448b"] == 2 * gated
    assert actions["register_bit"] == 16 * (trace.dense_macs + 2 * gated)


def test_weight_zeros_change_nothing_but_the_effectual_count() -> None:
    layer = Layer.conv("conv", 16, 16, 3, padding=1, input_size=14)
    pruned = LayerTrace(layer, np.zeros(layer.weight_shape, dtype=bool))
    dense, sparse = (simulate(t, accelerator("eyeriss")) for t in (LayerTrace(layer), pruned))
    assert sparse.traffic_bytes == dense.traffic_bytes
    assert sparse.actions == dense.actions
    assert (sparse.effectual_macs, sparse.cycles) == (0, dense.cycles)


def test_a_batch_reads_the_weights_once() -> None:
    layer = Layer.linear("fc", 512, 256)
    trace = LayerTrace(layer, activation=np.ones((4, 512, 1, 1), dtype=bool))
    single, shared = (simulate(trace, accelerator("eyeriss", batch=b)) for b in (1, 4))
    assert single.dram_bytes - shared.dram_bytes == 3 * 512 * 256 * 2


def test_a_map_that_does_not_fit_is_an_error_that_says_what_to_do() -> None:
    layer = Layer.conv("wide", 3, 8, 3, input_size=(3, 400))
    with pytest.raises(UserError, match=r"wide: one output row.*larger buffer_kib"):
        simulate(LayerTrace(layer), accelerator("eyeriss", buffer_kib=1))


# The published tables. The maps are random at the published densities: the run-length code of
# real maps, whose zeros cluster, can only be shorter.

TOTALS_MB = {"alexnet": 15.4, "vgg16": 321.1}


@pytest.mark.parametrize("network", ["alexnet", "vgg16"])
def test_published_dram_totals_are_met_within_ten_percent(network: str) -> None:
    table = compared(network)
    print(table[["layer", "chosen_dram_mb_error"]])  # for the reader of a failure
    assert table["chosen_dram_mb"].sum() == pytest.approx(TOTALS_MB[network], rel=0.10)
    assert table["chosen_dram_mb_error"].abs().max() < 0.20


def test_the_published_mapping_gives_the_published_traffic() -> None:
    total = totals(compared("alexnet")).set_index(["mapping", "quantity"])["error"]
    assert abs(total["published", "dram_mb"]) < 0.10
    assert abs(total["published", "buffer_mib"]) < 0.10


def test_the_published_mapping_keeps_the_published_number_of_pes_busy() -> None:
    table = published("alexnet").set_index("layer")
    for trace in published_traces("alexnet", seed=0):
        row = table.loc[trace.layer.name]
        pes = trace.layer.kernel[0] * row["e"] * row["r"] * row["t"]
        assert pes == row["active_pes"]


def test_published_tables_add_up_to_the_printed_totals() -> None:
    assert published("alexnet")["dram_mb"].sum() == pytest.approx(15.4, abs=0.05)
    assert published("vgg16")["dram_mb"].sum() == pytest.approx(321.1, abs=0.65)
    assert published("vgg16")["processing_ms"].sum() == pytest.approx(3755.2, abs=0.65)


def test_an_unknown_table_is_named() -> None:
    with pytest.raises(UserError, match="resnet50"):
        published("resnet50")
