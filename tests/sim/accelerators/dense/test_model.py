import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, UserError, accelerator, simulate
from tests.examples import examples
from tests.reference import dense as reference
from tests.reference.windows import effectual_macs
from tests.strategies import conv_layers, linear_layers, traces

SMALL = st.one_of(conv_layers(8, 8), linear_layers)


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL), st.integers(1, 9), st.integers(1, 9))
def test_mapped_array_equals_the_loop_reference(
    trace: LayerTrace, filters: int, pixels: int
) -> None:
    model = accelerator("dense_mapped", filters_in_parallel=filters, pixels_in_parallel=pixels)
    events = simulate(trace, model)
    told = reference.mapped_counts(trace, filters, pixels)
    assert events.cycles == told["cycles"]
    assert events.dense_macs == told["slots"]
    assert events.effectual_macs == effectual_macs(trace)
    assert (
        events.idle_multiplier_cycles["edge"] == filters * pixels * told["cycles"] - told["slots"]
    )
    assert events.actions["register_bit"] == told["register_bits"]
    reads = events.traffic_bytes
    assert reads[Access("sram_512kib", "weight", "read")] == told["weight_reads"]
    assert reads[Access("sram_2mib", "activation", "read")] == told["activation_reads"]


@settings(max_examples=examples(40), deadline=None)
@given(traces(SMALL), st.integers(1, 2000))
def test_ideal_array_equals_the_loop_reference(trace: LayerTrace, multipliers: int) -> None:
    events = simulate(trace, accelerator("dense_ideal", multipliers=multipliers))
    assert events.cycles == reference.ideal_cycles(trace, multipliers)
    assert events.effectual_macs == effectual_macs(trace)


@pytest.mark.parametrize("name", ["dense_ideal", "dense_mapped"])
def test_registers_are_those_of_the_systolic_array(name: str) -> None:
    trace = LayerTrace.of(Layer.conv("conv", 8, 16, 3, padding=1, input_size=8))
    systolic = simulate(trace, accelerator("sa", dataflow="os"))
    assert simulate(trace, accelerator(name)).actions == systolic.actions


def test_fully_connected_layers_use_one_column_of_the_mapped_array() -> None:
    events = simulate(LayerTrace(Layer.linear("fc", 512, 1000)), accelerator("dense_mapped"))
    assert events.cycles == 32 * 512
    assert events.utilisation == 1000 * 512 / (32 * 512 * 1024)


def test_a_narrow_dram_stalls_the_array() -> None:
    layer = Layer.linear("fc", 1024, 1024)
    free = simulate(LayerTrace(layer), accelerator("dense_ideal"))
    narrow = simulate(LayerTrace(layer), accelerator("dense_ideal", dram_bytes_per_cycle=16.0))
    assert free.cycles == 1024
    assert free.dram_bytes == 1024 * 1024
    assert narrow.cycles == 1024 * 1024 // 16
    assert narrow.idle_multiplier_cycles["bandwidth"] == 1024 * (narrow.cycles - free.cycles)


def test_a_value_read_by_the_ideal_array_serves_many_multiplications() -> None:
    trace = LayerTrace(Layer.linear("fc", 10, 11))
    reads = simulate(trace, accelerator("dense_ideal", buffer_reuse=7)).traffic_bytes
    assert reads[Access("sram_512kib", "weight", "read")] == 16
    assert reads[Access("sram_2mib", "activation", "read")] == 16


def test_impossible_parameters_are_named() -> None:
    with pytest.raises(UserError, match="multipliers is 0"):
        accelerator("dense_ideal", multipliers=0)
    with pytest.raises(UserError, match="dram_bytes_per_cycle is 0"):
        accelerator("dense_mapped", dram_bytes_per_cycle=0.0)
