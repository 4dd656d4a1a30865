import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, BlockMap, Events, Layer, LayerTrace, UserError, accelerator, simulate
from sim.masks.block_map import block_grid
from tests.examples import examples
from tests.reference import blocks as reference_blocks
from tests.reference import sparse_blox as reference
from tests.strategies import block_traces, conv_layers, linear_layers, traces

small = st.one_of(conv_layers(max_channels=6, max_size=5), linear_layers)
edges = st.sampled_from([1, 2, 3, 4, 8])
BUFFER = "sram_2mib"


def moved(events: Events, memory: str, operand: str, direction: str) -> int:
    return events.traffic_bytes.get(Access(memory, operand, direction), 0)  # type: ignore[arg-type]


def nonzero(counts: Mapping[str, float]) -> dict[str, float]:
    return {key: value for key, value in counts.items() if value}


def assert_equal(events: Events, stepped: reference.Tally, trace: LayerTrace) -> None:
    assert events.cycles == stepped.cycles
    assert events.effectual_macs == stepped.effectual_macs == reference_blocks.block_macs(trace)
    assert nonzero(events.idle_multiplier_cycles) == nonzero(stepped.idle)
    assert nonzero(events.actions) == nonzero(stepped.actions)
    assert moved(events, "sram_512kib", "weight", "read") == stepped.weight_reads
    assert moved(events, BUFFER, "activation", "read") == stepped.activation_reads
    assert moved(events, BUFFER, "psum", "read") == 4 * stepped.sums_read
    assert moved(events, BUFFER, "psum", "write") == 4 * stepped.sums_read


@settings(max_examples=examples(50), deadline=None)
@given(block_traces(small, edges), edges, edges, st.integers(1, 9), st.booleans(), st.booleans())
def test_systolic_array_equals_the_stepped_one(
    trace: LayerTrace, rows: int, height: int, columns: int, overlap: bool, skips: bool
) -> None:
    values = {"rows": rows, "columns": columns, "fold_overlap": overlap}
    name = "sparse_blox" if skips else "sparse_blox_dense"
    array = accelerator(name, **values, **({"block_height": height} if skips else {}))
    design = reference.Design(rows, height, skips)
    stepped = reference.systolic(trace, design, columns, overlap)
    assert_equal(simulate(trace, array), stepped, trace)


@settings(max_examples=examples(50), deadline=None)
@given(block_traces(small, edges), edges, st.integers(1, 7), st.integers(0, 2), st.booleans())
def test_vector_unit_equals_the_stepped_one(
    trace: LayerTrace, lanes: int, accumulators: int, transfer: int, skips: bool
) -> None:
    name = "sparse_blox_vector" if skips else "sparse_blox_vector_dense"
    unit = accelerator(name, lanes=lanes, accumulators=accumulators, transfer_cycles=transfer)
    design = reference.Design(1, lanes, skips)
    stepped = reference.vector(trace, design, accumulators, transfer)
    assert_equal(simulate(trace, unit), stepped, trace)


@settings(max_examples=examples(40), deadline=None)
@given(traces(), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_without_a_map_the_array_is_the_dense_one(
    trace: LayerTrace, rows: int, columns: int, overlap: bool
) -> None:
    """Cycles, actions and bytes are those of the SCALE-Sim array, weights stationary."""
    values = {"rows": rows, "columns": columns, "fold_overlap": overlap}
    dense = simulate(trace, accelerator("sparse_blox_dense", **values))
    other = simulate(trace, accelerator("sa", **values, dataflow="ws"))
    assert dense.cycles == other.cycles
    assert nonzero(dense.idle_multiplier_cycles) == nonzero(other.idle_multiplier_cycles)
    assert dense.actions == other.actions
    assert dense.traffic_bytes == other.traffic_bytes


@pytest.mark.parametrize("design", ["sparse_blox", "sparse_blox_vector"])
@settings(max_examples=examples(30), deadline=None)
@given(trace=block_traces(small, edges))
def test_skipping_costs_no_cycle_and_the_map_is_all_that_it_adds(
    design: str, trace: LayerTrace
) -> None:
    skipping = simulate(trace, accelerator(design))
    plain = simulate(trace, accelerator(f"{design}_dense"))
    assert skipping.cycles <= plain.cycles
    for access, count in skipping.traffic_bytes.items():
        if access.operand != "metadata":
            assert count <= plain.traffic_bytes[access]
    assert not any(access.operand == "metadata" for access in plain.traffic_bytes)


@settings(max_examples=examples(40), deadline=None)
@given(
    block_traces(small, edges),
    st.sampled_from(["buffer", "dram"]),
    st.integers(1, 2),
    st.sampled_from([1, 2048]),
)
def test_bytes_from_dram_are_those_that_the_dma_gathers(
    trace: LayerTrace, source: str, weight_kib: int, activation_kib: int
) -> None:
    array = accelerator(
        "sparse_blox",
        im2col_source=source,
        weight_buffer_kib=weight_kib,
        activation_buffer_kib=activation_kib,
    )
    events = simulate(trace, array)
    design = reference.Design(8, 8, skips=True)
    stepped = reference.systolic(trace, design, 8, overlap=True)
    layer = trace.layer
    map_bytes = math.ceil(math.prod(block_grid(layer, 8, 8)) / 8)
    fillings = math.ceil(trace.weight.size / (1024 * weight_kib))
    off_chip = source == "dram" or trace.activation[0].size > 512 * activation_kib
    buffer = "sram_8kib" if activation_kib == 1 else BUFFER
    whole_input = trace.images * trace.activation[0].size
    gathered = stepped.gathered_once if source == "dram" else whole_input
    fetched = moved(events, "dram", "activation", "read")
    assert fetched == (gathered * fillings if off_chip else 0)
    assert moved(events, buffer, "activation", "write") == fetched
    written = map_bytes * trace.images if off_chip else 0
    assert moved(events, "dram", "metadata", "write") == written
    assert moved(events, "dram", "metadata", "read") == written * fillings
    on_chip = map_bytes * trace.images
    assert moved(events, buffer, "metadata", "write") == on_chip + written * fillings
    passes = math.ceil(layer.group_filters / 8)
    assert moved(events, buffer, "metadata", "read") == on_chip * passes + written
    # A bit per block is read in each pass, zero or not.
    bits = math.prod(block_grid(layer, 8, 8)) * passes * trace.images
    assert stepped.map_reads_bits == bits


def test_waiting_for_dram_is_an_idle_cause() -> None:
    layer = Layer.conv("conv", 8, 8, 1, input_size=8)
    trace = LayerTrace(layer)
    free = simulate(trace, accelerator("sparse_blox"))
    bound = simulate(trace, accelerator("sparse_blox", dram_bytes_per_cycle=0.25))
    assert free.idle_multiplier_cycles["bandwidth"] == 0
    assert bound.cycles == 4 * bound.dram_bytes
    assert bound.idle_multiplier_cycles["bandwidth"] == 64 * (bound.cycles - free.cycles)


def test_a_zero_block_saves_its_height_in_every_pass_over_it() -> None:
    layer = Layer.conv("conv", 16, 24, 1, input_size=8)  # 2 x 8 blocks of 8x8, 3 filter tiles
    full = simulate(LayerTrace(layer), accelerator("sparse_blox"))
    activation = np.ones((1, 16, 8, 8), dtype=bool)
    activation[0, 8:, 2] = False  # one line of eight pixels in one block of channels
    skipping = simulate(LayerTrace(layer, activation=activation), accelerator("sparse_blox"))
    assert full.cycles - skipping.cycles == 3 * 8
    activation[0, 8:] = False
    half = simulate(LayerTrace(layer, activation=activation), accelerator("sparse_blox"))
    assert full.cycles - half.cycles == 3 * 64
    none = LayerTrace(layer, activation=np.zeros((1, 16, 8, 8), dtype=bool))
    assert simulate(none, accelerator("sparse_blox")).cycles == 0


def test_what_the_network_zeroed_is_skipped_though_the_feature_map_is_full() -> None:
    layer = Layer.conv("conv", 8, 8, 3, padding=1, input_size=8)
    zero = np.zeros((1, *block_grid(layer, 8, 8)), dtype=bool)
    zero[0, 3, 4] = True
    trace = LayerTrace(layer, block_map=BlockMap(8, 8, zero))
    full = simulate(replace(trace, block_map=None), accelerator("sparse_blox"))
    skipping = simulate(trace, accelerator("sparse_blox"))
    assert full.cycles - skipping.cycles == 8
    assert full.effectual_macs - skipping.effectual_macs == 8 * 8 * 8 - _padding_in(layer, 3, 4)
    other = simulate(trace, accelerator("sparse_blox_dense"))
    assert other.cycles == full.cycles  # without a map the zeros are multiplied
    assert other.effectual_macs == skipping.effectual_macs


def _padding_in(layer: Layer, down: int, across: int) -> int:
    """Multiplications in a block of the zeros around the map, all filters."""
    trace = LayerTrace(layer)
    kept = Counter(
        reference_blocks.value_kept(trace, 0, 0, pixel, column)
        for pixel in range(8 * down, 8 * down + 8)
        for column in range(8 * across, 8 * across + 8)
    )
    return kept[False] * layer.out_channels


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("sparse_blox", {"im2col_source": "disk"}, "im2col_source is 'disk'; expected one of"),
        ("sparse_blox", {"block_height": 0}, "block_height is 0"),
        ("sparse_blox_vector", {"transfer_cycles": -1}, "at least 0"),
        ("sparse_blox_dense", {"block_height": 8}, "'block_height'"),
    ],
)
def test_impossible_values_are_named(name: str, values: dict[str, int], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator(name, **values)
