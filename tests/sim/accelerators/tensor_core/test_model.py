import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Events, Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.tensor_core.patterns import Pattern
from tests.examples import examples
from tests.reference import tensor_core as reference
from tests.reference.windows import effectual_macs
from tests.strategies import conv_layers, linear_layers, traces

SMALL = traces(conv_layers(max_channels=14, max_size=5) | linear_layers)


@st.composite
def cores(draw: st.DrawFn) -> reference.Core:
    kept = draw(st.sampled_from([1, 2, 4]))
    return reference.Core(
        subpartitions=draw(st.integers(1, 3)),
        filters_per_subpartition=draw(st.integers(1, 4)),
        lanes=kept * draw(st.integers(1, 4)),
        tile_pixels=draw(st.integers(1, 9)),
        kept=kept,
        largest_block=draw(st.sampled_from([1, 4, 8, 12])),
        operand_bytes_per_cycle=draw(st.sampled_from([1.0, 7.0, math.inf])),
    )


def thinned(mask: np.ndarray, kept: int, block: int) -> np.ndarray:
    """The first `kept` nonzeros of every `block` successive input channels."""
    result = mask.copy()
    for start in range(0, mask.shape[1], block):
        part = mask[:, start : start + block]
        result[:, start : start + block] = part & (part.cumsum(axis=1) <= kept)
    return result


@st.composite
def pruned_traces(draw: st.DrawFn) -> LayerTrace:
    trace = draw(SMALL)
    kept, block = draw(st.sampled_from([(2, 4), (2, 6), (2, 8), (1, 3), (4, 8), (8, 8)]))
    weight = thinned(trace.weight, kept, block)
    return LayerTrace.of(trace.layer, weight=weight, activation=trace.activation)


def core_of(shape: reference.Core) -> dict[str, int | float]:
    return {**vars(shape), "dram_bytes_per_cycle": math.inf}


def moved(events: Events, memory: str, operand: str, direction: str) -> int:
    key = (memory, operand, direction)
    return sum(count for access, count in events.traffic_bytes.items() if access == key)


@settings(max_examples=examples(80), deadline=None)
@given(pruned_traces(), cores())
def test_equals_the_stepped_core(trace: LayerTrace, shape: reference.Core) -> None:
    events = simulate(trace, accelerator("stc", **core_of(shape)))
    expected = reference.run(trace, shape)
    assert events.cycles == expected.cycles
    assert events.effectual_macs == expected.effectual_macs == effectual_macs(trace)
    idle = {cause: count for cause, count in events.idle_multiplier_cycles.items() if count}
    assert idle == {cause: count for cause, count in expected.idle.items() if count}
    assert dict(events.actions) == dict(expected.actions)
    assert moved(events, "sram_512kib", "weight", "read") == expected.operand_bytes["weight"]
    activations = moved(events, "sram_2mib", "activation", "read")
    assert activations == expected.operand_bytes["activation"]
    assert moved(events, "dram", "weight", "read") == expected.stored_weight_bytes
    for direction in ("read", "write"):
        assert moved(events, "sram_8kib", "psum", direction) == expected.psum[direction]


@pytest.mark.parametrize(("kept", "block", "gain"), [(4, 4, 1), (2, 4, 2), (1, 4, 2), (2, 8, 2)])
def test_gain_is_two_at_2_of_4_and_never_more(kept: int, block: int, gain: int) -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=16)
    weight = thinned(np.ones(layer.weight_shape, dtype=bool), kept, block)
    trace = LayerTrace.of(layer, weight=weight)
    dense, sparse = (simulate(trace, accelerator(name)).cycles for name in ("tc", "stc"))
    assert dense == layer.dense_macs // 1024
    assert dense / sparse == gain


def test_one_block_of_three_nonzeros_makes_a_layer_dense() -> None:
    layer = Layer.conv("conv", 64, 64, 1, input_size=(8, 16))
    weight = thinned(np.ones(layer.weight_shape, dtype=bool), 2, 4)
    sparse = simulate(LayerTrace.of(layer, weight=weight), accelerator("stc")).cycles
    weight = weight.copy()
    weight[5, 8:11] = True
    fallback = simulate(LayerTrace.of(layer, weight=weight), accelerator("stc")).cycles
    assert fallback == 2 * sparse


def test_flexible_ratios_gain_more_until_operands_arrive_too_slowly() -> None:
    layer = Layer.conv("conv", 192, 64, 1, input_size=(8, 16))
    weight = thinned(np.ones(layer.weight_shape, dtype=bool), 2, 8)
    trace = LayerTrace.of(layer, weight=weight)
    sparse = simulate(trace, accelerator("stc"))
    free = simulate(trace, accelerator("stc_flexible", operand_bytes_per_cycle=math.inf))
    bound = simulate(trace, accelerator("stc_flexible"))
    assert sparse.cycles == 2 * free.cycles
    assert free.cycles < bound.cycles < sparse.cycles
    assert bound.idle_multiplier_cycles["buffer_bandwidth"] > 0
    assert sparse.idle_multiplier_cycles["buffer_bandwidth"] == 0


def test_one_pixel_waits_for_its_weights() -> None:
    trace = LayerTrace.of(Layer.linear("fc", 1024, 256))
    events = simulate(trace, accelerator("tc"))
    steps = 4 * 64
    assert events.cycles == math.ceil((1024 * 256 + steps * 16) / 42)


def test_zeros_of_activations_change_nothing_but_the_effectual_count() -> None:
    layer = Layer.conv("conv", 16, 16, 3, padding=1, input_size=8)
    empty = np.zeros((1, *layer.input_shape), dtype=bool)
    dense, zeros = (
        simulate(LayerTrace.of(layer, activation=mask), accelerator("stc"))
        for mask in (None, empty)
    )
    assert (zeros.cycles, zeros.traffic_bytes, zeros.actions) == (
        dense.cycles,
        dense.traffic_bytes,
        dense.actions,
    )
    assert zeros.effectual_macs == 0


def test_compressed_weights_take_less_dram() -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=8)
    weight = thinned(np.ones(layer.weight_shape, dtype=bool), 2, 4)
    trace = LayerTrace.of(layer, weight=weight)
    read = Access("dram", "weight", "read")
    dense, sparse = (
        simulate(trace, accelerator(name)).traffic_bytes[read] for name in ("tc", "stc")
    )
    assert dense == weight.size
    assert sparse == weight.size // 2 + weight.size // 2 // 4


@pytest.mark.parametrize(("block", "bits"), [(4, 2), (6, 3), (8, 3), (16, 4)])
def test_an_index_tells_the_places_of_a_block_apart(block: int, bits: int) -> None:
    assert Pattern(2, block).index_bits == bits


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"subpartitions": 0}, "subpartitions is 0"),
        ({"kept": 3}, "kept is 3; expected one of 1, 2, 4, 8"),
        ({"largest_block": 32}, "largest_block is 32; expected one of 1, 2"),
        ({"operand_bytes_per_cycle": 0.0}, "operand_bytes_per_cycle is 0.0"),
        ({"tile_pixels": -1}, "tile_pixels is -1"),
    ],
)
def test_impossible_parameters_are_named(override: dict[str, int | float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("stc", **override)
