"""The described accelerator: against plain loops, and against the designs that it can express."""

from collections import Counter
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, LayerTrace, UserError, accelerator, simulate
from sim.accelerators.template.times import BARRIERS, OPERANDS
from tests.examples import examples
from tests.reference import template as reference
from tests.strategies import conv_layers, linear_layers, traces

SMALL = st.one_of(conv_layers(max_channels=6, max_size=5), linear_layers)
CAUSES = ("zero_operand", "fragmentation", "barrier", "edge", "cluster_imbalance")
DESIGNS = st.builds(
    reference.Description,
    groups=st.integers(1, 5),
    units=st.integers(1, 5),
    lanes=st.integers(1, 3),
    chunk=st.integers(1, 20),
    least=st.integers(0, 2),
    skips=st.sampled_from(OPERANDS),
    gates=st.sampled_from(OPERANDS),
    barrier=st.sampled_from(BARRIERS),
)


def built(design: reference.Description):
    return accelerator(
        "template",
        groups=design.groups,
        units_per_group=design.units,
        lanes=design.lanes,
        chunk=design.chunk,
        least_cycles_per_chunk=design.least,
        skips=design.skips,
        gates=design.gates,
        barrier=design.barrier,
    )


@settings(max_examples=examples(80), deadline=None)
@given(traces(SMALL), DESIGNS)
def test_cycles_and_idle_causes_match_the_plain_loops(
    trace: LayerTrace, design: reference.Description
) -> None:
    expected = Counter[str]()
    for image in range(trace.images):
        expected += reference.image(trace, image, design)
    events = simulate(trace, built(design))
    assert events.cycles == expected["cycles"]
    assert {cause: events.idle_multiplier_cycles[cause] for cause in CAUSES} == {
        cause: expected[cause] for cause in CAUSES
    }
    assert events.actions["mac_int8"] == expected["multiplications"]


ODD = [
    Layer.conv("strided", 5, 7, 3, stride=2, padding=1, input_size=9),
    Layer.conv("dilated", 4, 6, 3, dilation=2, padding=2, input_size=8),
    Layer.conv("depthwise", 6, 6, 3, groups=6, padding=1, input_size=7),
    Layer.linear("fc", 70, 9),
]


def random_trace(layer: Layer, images: int = 2) -> LayerTrace:
    rng = np.random.default_rng(0)
    weight = rng.random(layer.weight_shape) < 0.4
    return LayerTrace(layer, weight, rng.random((images, *layer.input_shape)) < 0.5)


@pytest.mark.parametrize("barrier", BARRIERS)
@pytest.mark.parametrize("layer", ODD, ids=lambda layer: layer.name)
def test_without_skipping_it_is_the_dense_array(layer: Layer, barrier: str) -> None:
    dense = accelerator("dense_mapped", filters_in_parallel=4, pixels_in_parallel=6)
    same = accelerator(
        "template", groups=6, units_per_group=4, skips="none", gates="none", barrier=barrier
    )
    trace = random_trace(layer)
    expected, events = simulate(trace, dense), simulate(trace, same)
    assert events.cycles == expected.cycles
    assert events.actions == expected.actions
    assert (
        events.idle_multiplier_cycles["zero_operand"]
        == (expected.idle_multiplier_cycles["zero_operand"])
    )
    stored = {a: n for a, n in expected.traffic_bytes.items() if a.memory == "dram"}
    assert {a: n for a, n in events.traffic_bytes.items() if a.memory == "dram"} == stored


@pytest.mark.parametrize(("barrier", "same"), [("input_chunk", "chunk"), ("round", "filters")])
@pytest.mark.parametrize("layer", ODD[:2], ids=lambda layer: layer.name)
def test_joins_take_the_time_of_sparten_without_balancing(
    layer: Layer, barrier: str, same: str
) -> None:
    sizes = {"chunk_bits": 16, "clusters": 5, "units_per_cluster": 3}
    sparten = accelerator("sparten_no_balancing", barrier=barrier, **sizes)
    described = accelerator("template", groups=5, units_per_group=3, chunk=16, barrier=same)
    trace = random_trace(layer)
    expected, events = simulate(trace, sparten), simulate(trace, described)
    assert events.cycles == expected.cycles
    causes, stated = events.idle_multiplier_cycles, expected.idle_multiplier_cycles
    assert causes["barrier"] == stated["barrier"]
    assert causes["fragmentation"] == stated["empty_chunk"]
    assert causes["edge"] == stated["fragmentation"]


def test_zero_weights_cost_nothing_and_zero_activations_their_time() -> None:
    layer = Layer.conv("conv", 8, 4, 3, padding=1, input_size=6)
    weight = np.random.default_rng(1).random(layer.weight_shape) < 0.3
    activation = np.zeros((1, *layer.input_shape), dtype=bool)
    trace = LayerTrace(layer, weight, activation)
    settings = {"groups": 1, "units_per_group": 1, "least_cycles_per_chunk": 0, "skips": "weights"}
    events = simulate(trace, accelerator("template", **settings))
    assert events.cycles == np.count_nonzero(weight) * layer.output_pixels
    gated = simulate(trace, accelerator("template", **settings, gates="activations"))
    assert (gated.cycles, gated.actions["mac_int8"]) == (events.cycles, 0)


def test_the_largest_parameters_are_exact() -> None:
    trace = random_trace(ODD[3], images=1)  # one window
    wide = simulate(trace, accelerator("template", lanes=2**31))
    assert wide.cycles == simulate(trace, accelerator("template", lanes=128)).cycles
    slow = simulate(trace, accelerator("template", least_cycles_per_chunk=2**31))
    assert slow.cycles == 2**31


def test_a_slow_memory_stalls_all_of_it() -> None:
    trace = random_trace(ODD[0])
    fast, slow = (
        simulate(trace, accelerator("template", dram_bytes_per_cycle=rate)) for rate in (inf, 0.5)
    )
    assert slow.cycles > fast.cycles
    assert slow.idle_multiplier_cycles["bandwidth"] == 1024 * (slow.cycles - fast.cycles)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"skips": "zeros"}, "skips is 'zeros'; expected one of none, weights"),
        ({"barrier": "never"}, "barrier is 'never'; expected one of chunk"),
        ({"lanes": 0}, "lanes is 0; expected a whole number of at least 1"),
        ({"least_cycles_per_chunk": -1}, "least_cycles_per_chunk is -1"),
    ],
)
def test_parameters_that_cannot_be(change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("template", **change)
