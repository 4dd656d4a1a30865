import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Access, Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.dstc.tiles import Arrangement
from tests.examples import examples
from tests.reference import dstc as reference
from tests.strategies import conv_layers, linear_layers, traces

SMALL = traces(conv_layers(max_channels=10, max_size=5) | linear_layers)

cores = st.builds(
    reference.Core,
    units=st.integers(1, 6),
    unit_pixels=st.integers(1, 4),
    unit_filters=st.integers(1, 4),
    tile_pixels=st.integers(1, 9),
    tile_filters=st.integers(1, 9),
    merge_sums_per_cycle=st.sampled_from([1, 3, 100]),
    operand_bytes_per_cycle=st.sampled_from([1.0, 7.0, math.inf]),
)


@settings(max_examples=examples(60), deadline=None)
@given(SMALL, cores)
def test_equals_the_stepped_core(trace: LayerTrace, shape: reference.Core) -> None:
    events = simulate(trace, accelerator("dstc", **vars(shape)))
    expected = reference.run(trace, shape)
    assert events.cycles == expected.cycles
    assert events.effectual_macs == expected.products
    idle = {cause: count for cause, count in events.idle_multiplier_cycles.items() if count}
    assert idle == {cause: count for cause, count in expected.idle.items() if count}
    assert events.actions == {"mac_int8": expected.products, "register_bit": expected.register_bits}
    moved = events.traffic_bytes
    assert moved[Access("sram_2mib", "activation", "read")] == expected.input_bytes
    assert moved[Access("sram_512kib", "weight", "read")] == expected.weight_bytes
    for direction in ("read", "write"):
        assert moved[Access("sram_8kib", "psum", direction)] == 4 * expected.products


def _cycles(kept_pixels: int, kept_filters: int) -> int:
    """A tile of each unit whose vectors hold as many nonzeros, at each of 16 positions."""
    layer = Layer.conv("conv", 16, 64, 1, input_size=(4, 32))
    weight, activation = (
        np.zeros(shape, dtype=bool) for shape in (layer.weight_shape, (1, *layer.input_shape))
    )
    weight[np.arange(64) % 32 < kept_filters] = True
    activation[..., :kept_pixels] = True
    trace = LayerTrace.of(layer, weight=weight, activation=activation)
    return simulate(trace, accelerator("dstc", operand_bytes_per_cycle=math.inf)).cycles


def test_nonzeros_are_skipped_eight_and_sixteen_at_a_time() -> None:
    dense = 8 * 16
    assert _cycles(32, 32) == dense
    assert _cycles(24, 32) == dense * 3 // 4
    assert _cycles(17, 32) == dense * 3 // 4
    assert _cycles(16, 32) == dense // 2
    assert _cycles(32, 17) == dense
    assert _cycles(32, 16) == dense // 2
    assert _cycles(8, 16) == dense // 8
    assert _cycles(1, 1) == dense // 8
    assert _cycles(0, 32) == 0


def test_slow_accumulators_hold_dense_tiles_up_and_sparse_ones_not() -> None:
    layer = Layer.conv("conv", 16, 64, 1, input_size=(4, 32))
    slow = accelerator("dstc", merge_sums_per_cycle=116, operand_bytes_per_cycle=math.inf)
    events = simulate(LayerTrace.of(layer), slow)
    assert events.cycles == math.ceil(32 * 32 * 16 / 116)
    assert events.idle_multiplier_cycles["accumulator_banks"] == 1024 * (events.cycles - 128)
    half = np.zeros((1, *layer.input_shape), dtype=bool)
    half[..., ::4] = half[..., :1] = True
    sparse = simulate(LayerTrace.of(layer, activation=half), slow)
    assert sparse.cycles == math.ceil(32 * 8 * 16 / 116)


@pytest.mark.parametrize(
    ("pixels", "filters", "sides"),
    [((56, 56), 64, (4, 2)), ((7, 7), 512, (2, 4)), ((1, 1), 1000, (1, 8)), ((56, 56), 1, (8, 1))],
)
def test_units_are_arranged_as_the_layer_needs(
    pixels: tuple[int, int], filters: int, sides: tuple[int, int]
) -> None:
    layer = Layer.conv("conv", 8, filters, 1, input_size=pixels)
    assert Arrangement.of(layer, 8, 32, 32) == Arrangement(*sides)


def test_wide_tiles_count_beyond_a_byte() -> None:
    layer = Layer.conv("conv", 2, 8, 1, input_size=(20, 20))
    shape = {"units": 1, "tile_pixels": 400, "operand_bytes_per_cycle": math.inf}
    events = simulate(LayerTrace.of(layer), accelerator("dstc", **shape))
    assert events.cycles == 2 * 50


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"units": 0}, "units is 0"),
        ({"merge_sums_per_cycle": -1}, "merge_sums_per_cycle is -1"),
        ({"operand_bytes_per_cycle": 0.0}, "operand_bytes_per_cycle is 0.0"),
    ],
)
def test_impossible_parameters_are_named(override: dict[str, int | float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("dstc", **override)
