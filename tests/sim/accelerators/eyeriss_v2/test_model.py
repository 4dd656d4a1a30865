import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.eyeriss_v2 import chip
from sim.energy import technology
from sim.events import Events
from tests.examples import examples
from tests.reference.eyeriss_v2 import Hardware, eyeriss_v2
from tests.strategies import traces

EYERISS_V2 = accelerator("eyeriss_v2")

hardware = st.fixed_dictionaries(
    {
        "pe_rows": st.sampled_from([5, 6, 24]),
        "pe_columns": st.sampled_from([1, 2, 8]),
        "macs_per_pe": st.sampled_from([1, 2, 3]),
        "psum_entries": st.sampled_from([1, 3, 32]),
        "activation_entries": st.sampled_from([1, 8, 16]),
        "weight_entries": st.sampled_from([4, 20, 192]),
        "empty_column_cycles": st.sampled_from([0, 1]),
        "depthwise_skips_zero_activations": st.booleans(),
    }
)


def moved(events: Events, memory: str, operand: str, direction: str) -> int:
    return sum(
        count
        for access, count in events.traffic_bytes.items()
        if access == (memory, operand, direction)
    )


@settings(max_examples=examples(60), deadline=None)
@given(trace=traces(), sizes=hardware)
def test_equals_the_mechanism_stepped_by_hand(trace: LayerTrace, sizes: dict[str, int]) -> None:
    events = simulate(trace, accelerator("eyeriss_v2", **sizes))
    steps = eyeriss_v2(trace, Hardware(**sizes))
    assert events.cycles == steps.cycles
    assert events.effectual_macs == steps.effectual
    assert events.actions["mac_int8"] == steps.products
    assert events.idle_multiplier_cycles == {
        cause: steps.idle[cause]
        for cause in ("column_padding", "zero_operand", "barrier", "fragmentation", "bandwidth")
    }
    assert moved(events, "spad_16b", "activation", "read") == steps.activation_reads
    assert moved(events, "spad_192b", "weight", "read") == steps.weight_reads
    assert moved(events, "spad_192b", "weight", "write") == steps.weight_loads


@settings(max_examples=examples(40), deadline=None)
@given(trace=traces(), seed=st.integers(0, 99))
def test_fewer_activations_never_cost_more(trace: LayerTrace, seed: int) -> None:
    kept = np.random.default_rng(seed).random(trace.activation.shape) < 0.6
    sparser = LayerTrace(trace.layer, trace.weight, trace.activation & kept)
    pes = accelerator("eyeriss_v2", pe_columns=2)
    assert simulate(sparser, pes).cycles <= simulate(trace, pes).cycles


@settings(max_examples=examples(40), deadline=None)
@given(trace=traces())
def test_never_beats_one_match_per_multiplier_and_cycle(trace: LayerTrace) -> None:
    events = simulate(trace, accelerator("eyeriss_v2"))
    assert events.cycles * events.multipliers >= events.effectual_macs


@pytest.mark.parametrize("trace", chip.chip_traces(), ids=lambda trace: trace.layer.name)
def test_pe_work_equals_the_published_counts(trace: LayerTrace) -> None:
    """Multiplications of all PEs, against the artifact's PE cycles at one multiplication each."""
    published = {entry.layer.name: entry.pe_macs for entry in chip.chip_layers()}
    one_mac = accelerator("eyeriss_v2", macs_per_pe=1)
    products = simulate(trace, one_mac).actions["mac_int8"]
    # layers without public masks are drawn to that total, up to a whole weight per channel
    exact = trace.layer.is_depthwise or trace.layer.name in chip.channel_nonzeros()
    dense_image = trace.layer.name == "L01"
    if dense_image:
        assert trace.dense_macs == published["L01"]
    elif exact:
        assert products == published[trace.layer.name]
    else:
        assert products == pytest.approx(published[trace.layer.name], rel=0.02)


def test_work_of_public_pointwise_layers_is_channelwise_products() -> None:
    published = {entry.layer.name: entry.pe_macs for entry in chip.chip_layers()}
    layers = {entry.layer.name: entry.layer for entry in chip.chip_layers()}
    for name, nonzeros in chip.channel_nonzeros().items():
        # first-come places: only the numbers per channel matter
        weight = (np.arange(layers[name].out_channels)[:, None] < nonzeros.weights)[
            :, :, None, None
        ]
        pixels = np.arange(layers[name].output_pixels)[None] < nonzeros.activations[:, None]
        trace = LayerTrace(layers[name], weight, pixels.reshape(1, *layers[name].input_shape))
        events = simulate(trace, accelerator("eyeriss_v2"))
        assert events.effectual_macs == published[name], name


def test_model_is_faster_than_the_chip_and_calibration_closes_exactly_that_gap() -> None:
    fit = chip.calibration(accelerator("eyeriss_v2"))
    assert fit.chip_cycles == pytest.approx(136_000, rel=1e-3)
    assert 1.2 < fit.factor < 2.0
    assert fit.calibrated_cycles(fit.raw_cycles) == pytest.approx(fit.chip_cycles)
    assert fit.calibrated_cycles(2 * fit.raw_cycles) == pytest.approx(2 * fit.chip_cycles)


def test_calibration_leaves_the_model_alone() -> None:
    trace = LayerTrace(Layer.conv("conv", 16, 32, 3, padding=1, input_size=8))
    before = simulate(trace, accelerator("eyeriss_v2")).cycles
    chip.calibration(accelerator("eyeriss_v2"))
    assert simulate(trace, accelerator("eyeriss_v2")).cycles == before


def test_odd_columns_waste_half_a_cycle_of_both_multipliers() -> None:
    layer = Layer.conv("conv", 1, 3, 1, input_size=(1, 10))
    events = simulate(LayerTrace(layer), accelerator("eyeriss_v2"))
    assert events.cycles == 10 * 2
    assert events.idle_multiplier_cycles["column_padding"] == 10


def test_empty_column_costs_what_the_parameter_says() -> None:
    layer = Layer.conv("conv", 2, 4, 1, input_size=(1, 10))
    weight = np.ones(layer.weight_shape, dtype=bool)
    weight[:, 1] = False
    trace = LayerTrace(layer, weight)
    skipped, bubble = (
        simulate(trace, accelerator("eyeriss_v2", empty_column_cycles=n)).cycles for n in (0, 1)
    )
    assert (skipped, bubble) == (20, 30)


def test_dense_weights_of_a_pe_never_exceed_its_scratchpad() -> None:
    """32 filters x 4 channels fill 128 of 192 entries; 8 channels would need 256."""
    layer = Layer.conv("conv", 8, 32, 1, input_size=(1, 6))
    dense = simulate(LayerTrace(layer), accelerator("eyeriss_v2"))
    assert dense.cycles == 6 * 4 * 16
    half = np.random.default_rng(0).random(layer.weight_shape) < 0.3
    sparse = simulate(LayerTrace(layer, half), accelerator("eyeriss_v2"))
    assert moved(sparse, "sram_108kib", "psum", "read") == 0  # all 8 channels at once
    assert moved(dense, "sram_108kib", "psum", "read") == 32 * 6 * 20 // 8


def test_maps_that_do_not_fit_go_through_dram() -> None:
    layer = Layer.conv("conv", 64, 64, 1, input_size=(64, 64))
    trace = LayerTrace(layer)
    on_chip = simulate(trace, accelerator("eyeriss_v2", activation_buffer_kib=4096))
    off_chip = simulate(trace, accelerator("eyeriss_v2"))
    assert moved(on_chip, "dram", "activation", "read") == 0
    values = 64 * 64 * 64
    stored = values * 12 // 8 + values // 4 * 4 // 8
    assert moved(off_chip, "dram", "activation", "read") == 2 * stored  # two blocks of filters
    assert moved(off_chip, "dram", "output", "write") == stored


def test_image_and_result_cross_dram_even_if_they_fit() -> None:
    layer = Layer.conv("conv", 8, 8, 1, input_size=(8, 8))
    inside, alone = (
        simulate(LayerTrace.of(layer, reads_image=ends, ends_network=ends), EYERISS_V2)
        for ends in (False, True)
    )
    stored = 512 * 12 // 8 + 64 * 4 // 8
    assert alone.dram_bytes == inside.dram_bytes + 2 * stored


@pytest.mark.parametrize(("size_kib", "entry"), [(8, "8kib"), (72, "108kib"), (2048, "2mib")])
def test_global_buffer_costs_by_its_capacity(size_kib: int, entry: str) -> None:
    layer = Layer.conv("conv", 8, 8, 1, input_size=(8, 8))
    model = accelerator("eyeriss_v2", activation_buffer_kib=size_kib)
    memories = {access.memory for access in simulate(LayerTrace.of(layer), model).traffic_bytes}
    assert {name for name in memories if name.startswith("sram")} == {f"sram_{entry}"}


def test_narrow_dram_makes_the_layer_wait() -> None:
    trace = LayerTrace(Layer.linear("fc", 64, 32))
    events = simulate(trace, accelerator("eyeriss_v2", dram_bytes_per_cycle=1.0))
    assert events.cycles == events.dram_bytes
    assert events.idle_multiplier_cycles["bandwidth"] > 0


def test_every_count_has_an_energy() -> None:
    events = simulate(
        LayerTrace(Layer.conv("c", 8, 8, 3, padding=1, input_size=8)), accelerator("eyeriss_v2")
    )
    energy = technology(65).energy_pj(events)
    assert set(energy) == {"mac", "sram", "buffer", "dram"}
    assert all(value > 0 for value in energy.values())


def test_kernel_taller_than_the_array_is_refused() -> None:
    trace = LayerTrace(Layer.conv("tall", 1, 1, 5, input_size=9))
    with pytest.raises(UserError, match=r"tall: the kernel has 5 rows.*has 4"):
        simulate(trace, accelerator("eyeriss_v2", pe_rows=4))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("pe_rows", 0, "at least 1"),
        ("macs_per_pe", 0, "at least 1"),
        ("empty_column_cycles", 2, "one of 0, 1"),
        ("dram_bytes_per_cycle", 0.0, "above 0"),
    ],
)
def test_impossible_parameter_names_itself(name: str, value: float, expected: str) -> None:
    with pytest.raises(UserError, match=f"'eyeriss_v2'.*{name} is {value}.*{expected}"):
        accelerator("eyeriss_v2", **{name: value})
