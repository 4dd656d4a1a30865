from collections import Counter
from math import ceil, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, UserError, accelerator, simulate
from sim.batches import batches
from sim.claims import claims
from tests.examples import examples
from tests.reference import sense as reference
from tests.reference import windows
from tests.strategies import conv_layers, linear_layers, traces

SMALL = st.one_of(conv_layers(max_channels=7, max_size=6), linear_layers)
COMPUTE_BOUND = {"dram_gbytes_per_s": inf}


def dram(events, operand: str) -> int:
    return sum(
        count
        for access, count in events.traffic_bytes.items()
        if access.memory == "dram" and access.operand == operand
    )


@settings(max_examples=examples(60), deadline=None)
@given(
    traces(SMALL),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
    st.booleans(),
)
def test_cycles_and_idle_causes_match_the_plain_loops(
    trace: LayerTrace, rows: int, columns: int, tile: int, sync: int, clustered: bool
) -> None:
    array = reference.Array(rows, columns, tile, sync, clustered)
    expected: Counter = Counter()
    for image in range(trace.images):
        expected += reference.compute(trace, image, array)
    name = "sense" if clustered else "sense_unclustered"
    model = accelerator(
        name, rows=rows, columns=columns, tile=tile, sync_interval=sync, **COMPUTE_BOUND
    )
    events = simulate(trace, model)
    fill = trace.images * (rows + columns - 2)
    assert events.idle_multiplier_cycles["bandwidth"] == 0
    assert events.cycles - fill == expected["cycles"]
    assert events.effectual_macs == expected["effectual"] == windows.effectual_macs(trace)
    for cause in ("edge", "kernel_imbalance", "channel_imbalance"):
        assert events.idle_multiplier_cycles[cause] == expected[cause]


@settings(max_examples=examples(60), deadline=None)
@given(
    traces(SMALL, max_images=3),
    st.sampled_from(["adaptive", "activations_first", "weights_first"]),
    st.sampled_from([8, 16]),
    st.integers(1, 3),
)
def test_dram_reads_match_the_plain_loops(
    trace: LayerTrace, order: str, bits: int, batch: int
) -> None:
    model = accelerator("sense", reuse_order=order, value_bits=bits, batch=batch, buffer_kib=1)
    events = simulate(trace, model)
    reads = [reference.dram_reads(part, order, bits, 1024, 1024) for part in batches(trace, batch)]
    assert dram(events, "activation") == sum(inputs for inputs, _ in reads)
    assert dram(events, "weight") == sum(weights for _, weights in reads)


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL), st.integers(1, 4), st.sampled_from([8, 16]))
def test_stores_of_the_multipliers_match_the_plain_loops(
    trace: LayerTrace, tile: int, bits: int
) -> None:
    events = simulate(trace, accelerator("sense", tile=tile, value_bits=bits))
    expected = reference.stores(trace, reference.Array(32, 32, tile, 1, True), bits // 8)
    told = {
        f"{access.operand} {access.direction}": count
        for access, count in events.traffic_bytes.items()
        if access.memory.startswith("spad")
    }
    assert told == {key: expected[key] for key in told}
    assert len(told) == 4
    assert events.actions["register_bit"] == 32 * events.effectual_macs


@settings(max_examples=examples(30), deadline=None)
@given(traces(SMALL))
def test_more_zeros_never_cost_more_without_clustering(trace: LayerTrace) -> None:
    keep = np.random.default_rng(0).random(trace.weight.shape) < 0.6
    thinner = LayerTrace(trace.layer, trace.weight & keep, trace.activation)
    model = accelerator("sense_unclustered", rows=4, columns=3, tile=3)
    assert simulate(thinner, model).cycles <= simulate(trace, model).cycles


@pytest.mark.parametrize("channels", [3, 4, 11])
def test_cutting_the_work_into_blocks_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    rng = np.random.default_rng(1)
    layer = Layer.conv("conv", 2 * channels, 10, 3, padding=1, input_size=9, groups=2)
    trace = LayerTrace(
        layer,
        rng.random(layer.weight_shape) < 0.5,
        rng.random((1, *layer.input_shape)) < 0.5,
    )
    model = accelerator("sense", rows=8, columns=4, tile=2)
    whole = simulate(trace, model)
    monkeypatch.setattr("sim.accelerators.sense.kernels.BLOCK_VALUES", 40)
    assert simulate(trace, model) == whole


def test_balanced_kernels_leave_no_kernel_imbalance_on_a_dense_map() -> None:
    layer = Layer.conv("conv", 32, 32, 3, input_size=16)
    weight = np.zeros(layer.weight_shape, dtype=bool)
    weight[:, :, 0, :] = True
    events = simulate(LayerTrace(layer, weight), accelerator("sense", **COMPUTE_BOUND))
    assert events.idle_multiplier_cycles["kernel_imbalance"] == 0
    assert events.cycles == 3 * 14 * 14 + 62


def test_clustering_puts_equally_full_channels_together() -> None:
    layer = Layer.conv("conv", 64, 32, 1, input_size=8)
    activation = np.zeros((1, 64, 8, 8), dtype=bool)
    activation[:, ::2] = True
    trace = LayerTrace(layer, activation=activation)
    natural = simulate(trace, accelerator("sense_unclustered", **COMPUTE_BOUND))
    clustered = simulate(trace, accelerator("sense", **COMPUTE_BOUND))
    assert (natural.cycles, clustered.cycles) == (2 * 64 + 62, 64 + 62)


def test_peak_rate_of_the_abstract_follows_from_the_configuration() -> None:
    model = accelerator("sense")
    assert model.multipliers == 1024
    assert model.peak_gops == claims()["sense-peak"].low


def test_a_slow_dram_shows_as_bandwidth_and_as_sum_without_overlap() -> None:
    layer = Layer.linear("fc", 512, 512)
    slow = accelerator("sense", dram_gbytes_per_s=0.1)
    serial = accelerator("sense", dram_gbytes_per_s=0.1, dram_overlap=False)
    fast = accelerator("sense", **COMPUTE_BOUND)
    trace = LayerTrace(layer)
    transfer = ceil(simulate(trace, slow).dram_bytes * 200 / 100)
    assert simulate(trace, slow).cycles == transfer
    assert simulate(trace, serial).cycles == transfer + simulate(trace, fast).cycles
    assert simulate(trace, slow).idle_multiplier_cycles["bandwidth"] > 0


def test_a_batch_shares_the_weights_and_nothing_else() -> None:
    layer = Layer.linear("fc", 64, 4096)
    trace = LayerTrace(layer, activation=np.ones((4, 64, 1, 1), dtype=bool))
    single, shared = (simulate(trace, accelerator("sense", batch=b)) for b in (1, 4))
    assert dram(single, "weight") == 4 * dram(shared, "weight")
    assert dram(single, "activation") == dram(shared, "activation")
    assert single.effectual_macs == shared.effectual_macs
    read = Access("sram_512kib", "weight", "read")
    assert single.traffic_bytes[read] == shared.traffic_bytes[read]
    alone, together = (
        simulate(trace, accelerator("sense", batch=b, **COMPUTE_BOUND)) for b in (1, 4)
    )
    assert alone.cycles == together.cycles


def test_pooling_elsewhere_writes_the_map_before_pooling() -> None:
    layer = Layer.conv("conv", 3, 8, 3, padding=1, input_size=8)
    trace = LayerTrace(layer, output=np.ones((1, 8, 4, 4), dtype=bool))
    inside = simulate(trace, accelerator("sense"))
    outside = simulate(trace, accelerator("sense", pooling_on_chip=False))
    assert dram(outside, "output") == 4 * dram(inside, "output") == 4 * 8 * 16 * 17 // 8


def test_partial_sums_return_for_every_further_chunk_of_channels() -> None:
    layer = Layer.conv("conv", 65, 8, 1, input_size=4)
    events = simulate(LayerTrace(layer), accelerator("sense"))
    once = 8 * 16 * 4
    assert events.traffic_bytes[Access("sram_512kib", "psum", "write")] == 3 * once
    assert events.traffic_bytes[Access("sram_512kib", "psum", "read")] == 2 * once


def test_activations_are_read_once_for_each_block_of_filters() -> None:
    layer = Layer.conv("conv", 4, 65, 1, input_size=4)
    events = simulate(LayerTrace(layer), accelerator("sense"))
    assert events.traffic_bytes[Access("sram_512kib", "activation", "read")] == 3 * 4 * 16 * 17 // 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 0}, "rows is 0"),
        ({"channel_order": "random"}, "channel_order is 'random'; expected one of natural"),
        ({"reuse_order": "both"}, "reuse_order is 'both'"),
        ({"value_bits": 4}, "value_bits is 4; expected one of 8, 16"),
        ({"dram_gbytes_per_s": 0.0}, "dram_gbytes_per_s is 0.0; expected a number above 0"),
        ({"frequency_mhz": inf}, "frequency_mhz is inf; expected a finite number above 0"),
    ],
)
def test_impossible_values_are_named(change: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("sense", **change)
