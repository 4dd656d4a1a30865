"""What must hold of every accelerator that is registered, now or later."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from sim import (
    Accelerator,
    Cause,
    Events,
    Layer,
    LayerTrace,
    UserError,
    accelerator,
    configurations,
    simulate,
    technology,
)
from sim.accelerator import refusal
from sim.consistency import check_events
from sim.registry import configuration
from tests.reference import windows as reference
from tests.strategies import product_traces, traces

NAMES = list(configurations())

EXAMPLES = 12
"""Per accelerator and test; every accelerator has its own tests with more."""

NESTED_MAY_COST_MORE = {
    "hass": "deals channels to streams by their load; another deal may be the worse one",
    "pass": "deals channels to streams by their load; another deal may be the worse one",
    "sense": "groups channels by their nonzeros; other groups may fit worse",
    "sense_unbalanced": "groups channels by their nonzeros; other groups may fit worse",
    "stc_flexible": "takes the sparsest ratio that holds, whose inputs may arrive too slowly",
    "sigma": "packs rows anew; a sum may then cross more levels of the adder tree",
    "sparten": "pairs filters by their density; other pairs may fit worse",
    "sparten_gb_s": "pairs filters by their density; other pairs may fit worse",
}
"""Accelerators in which removing a nonzero can cost cycles, with the reason."""

IMAGES_OVERLAP = {
    "dataflow_dense": "images follow each other through a pipeline",
    "pass": "images follow each other through a pipeline",
    "hass": "images follow each other through a pipeline",
}
"""Accelerators in which images together take less time than one by one, with the reason."""

SEVERAL_TILES = (
    Layer.conv("conv", 40, 70, 3, padding=1, input_size=13),
    Layer.conv("strided_pointwise", 72, 136, 1, stride=2, input_size=14),
    Layer.conv("grouped", 24, 32, 3, stride=2, padding=1, input_size=15, groups=2),
    Layer.conv("depthwise", 40, 40, 3, padding=1, input_size=14, groups=40),
    Layer.linear("fc", 300, 200),
)


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def over_traces(test: Callable[[str, LayerTrace], None]) -> Callable[[str], None]:
    """Run a test on random traces for one accelerator."""

    def run(name: str) -> None:
        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
        @given(traces())
        def each(trace: LayerTrace) -> None:
            test(name, trace)

        each()

    run.__name__ = test.__name__
    return run


@over_traces
def test_no_multiplier_does_two_things_at_once(name: str, trace: LayerTrace) -> None:
    array = accelerator(name)
    events = simulate(trace, array)
    assert events.multipliers == array.multipliers
    assert events.cycles * events.multipliers >= events.effectual_macs
    assert 0 <= events.utilisation <= 1


COUNTED: dict[tuple[Layer, bytes, bytes], int] = {}
"""Every accelerator gets the same traces."""


def effectual_macs(trace: LayerTrace) -> int:
    """The products of two nonzeros, counted one by one, once for all accelerators."""
    operands = (trace.layer, trace.weight.tobytes(), trace.activation.tobytes())
    if operands not in COUNTED:
        COUNTED[operands] = reference.effectual_macs(trace)
    return COUNTED[operands]


@over_traces
def test_macs_are_those_of_the_masks(name: str, trace: LayerTrace) -> None:
    events = simulate(trace, accelerator(name))
    assert events.dense_macs == trace.dense_macs
    assert events.effectual_macs == effectual_macs(trace)


@over_traces
def test_idle_causes_are_named_and_add_up(name: str, trace: LayerTrace) -> None:
    events = simulate(trace, accelerator(name))
    idle = events.idle_multiplier_cycles
    assert sum(idle.values()) == events.multipliers * events.cycles - events.effectual_macs
    assert all(cause.isidentifier() and cause.islower() for cause in idle)


@over_traces
def test_gain_over_an_ideal_dense_array_stays_within_the_zeros(
    name: str, trace: LayerTrace
) -> None:
    """At equal multipliers nothing gains more than dense over effectual multiplications."""
    events = simulate(trace, accelerator(name))
    ideal_dense_cycles = events.dense_macs / events.multipliers
    if events.effectual_macs:
        bound = events.dense_macs / events.effectual_macs
        assert ideal_dense_cycles / events.cycles <= bound * (1 + 1e-9)


@over_traces
def test_counts_have_an_energy_and_whole_bytes(name: str, trace: LayerTrace) -> None:
    events = simulate(trace, accelerator(name))
    energy = technology(16).energy_pj(events)
    assert all(np.isfinite(value) and value >= 0 for value in energy.values())
    for access, count in events.traffic_bytes.items():
        assert count == int(count) >= 0, access


@over_traces
def test_images_cost_the_same_together_as_one_by_one(name: str, trace: LayerTrace) -> None:
    """For designs that take one image at a time; `batch` parameters are set to 1."""
    batch = {"batch": 1} if "batch" in configuration(name).parameters else {}
    array = accelerator(name, **batch)
    single = [replace(trace, activation=trace.activation[[image]]) for image in range(trace.images)]
    # Bounds of the whole trace are what the design was told, whatever one image would allow.
    stated = [replace(part, activation_bound=trace.activation_bound) for part in single]
    together = simulate(trace, array)
    apart = [simulate(part, array) for part in stated]
    cycles = sum(events.cycles for events in apart)
    assert together.cycles <= cycles if name in IMAGES_OVERLAP else together.cycles == cycles
    for access, count in together.traffic_bytes.items():
        assert count == sum(events.traffic_bytes.get(access, 0) for events in apart), access


@over_traces
def test_every_nonzero_weight_that_dram_holds_is_fetched(name: str, trace: LayerTrace) -> None:
    events = simulate(trace, accelerator(name))
    fetched = sum(
        count
        for access, count in events.traffic_bytes.items()
        if (access.memory, access.operand, access.direction) == ("dram", "weight", "read")
    )
    on_chip = not any(access.memory == "dram" for access in events.traffic_bytes)
    assert on_chip or fetched >= np.count_nonzero(trace.weight)


def test_products_of_activations_are_run_image_by_image_or_refused(name: str) -> None:
    """As convolutions whose filters are the columns of the image's own second operand."""
    array = accelerator(name)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
    @given(product_traces())
    def each(trace: LayerTrace) -> None:
        layer = trace.layer
        if refusal(layer, array):
            with pytest.raises(UserError, match=f"^scores: {type(array).__name__} does not"):
                simulate(trace, array)
            return
        events = check_events(name, array, trace, simulate(trace, array))
        assert events.effectual_macs == effectual_macs(trace)
        convolution = replace(layer, kind="conv")
        images = [
            simulate(LayerTrace(convolution, weight, trace.activation[[image]]), array)
            for image, weight in enumerate(trace.weight)
        ]
        known = all(not hasattr(array, pattern) for pattern in ("kept", "largest_block"))
        if known:  # a stored pattern that fits by chance may be faster
            assert events.cycles <= sum(image.cycles for image in images)
        on_chip = sum(image.cycles - stalled(image) for image in images)
        assert not known or events.cycles - stalled(events) == on_chip

    each()


def stalled(events: Events) -> int:
    """Cycles that wait for DRAM."""
    return events.idle_multiplier_cycles.get(Cause.BANDWIDTH, 0) // events.multipliers


@pytest.mark.parametrize("layer", SEVERAL_TILES, ids=lambda layer: layer.name)
def test_fewer_nonzeros_never_cost_cycles(name: str, layer: Layer) -> None:
    if name in NESTED_MAY_COST_MORE:
        pytest.skip(NESTED_MAY_COST_MORE[name])
    array = accelerator(name)
    for seed, density in enumerate((0.2, 0.6, 0.95)):
        rng = np.random.default_rng(seed)
        weight = rng.random(layer.weight_shape) < density
        activation = rng.random((1, *layer.input_shape)) < density
        cycles = [simulate(LayerTrace(layer, weight, activation), array).cycles]
        for kept in (0.99, 0.7):
            weight &= rng.random(weight.shape) < kept
            activation &= rng.random(activation.shape) < kept
            cycles.append(simulate(LayerTrace(layer, weight, activation), array).cycles)
        assert cycles == sorted(cycles, reverse=True)


def test_same_trace_same_events(name: str) -> None:
    rng = np.random.default_rng(0)
    layer = Layer.conv("conv", 24, 40, 3, padding=1, input_size=9)
    trace = LayerTrace(layer, rng.random(layer.weight_shape) < 0.4, rng.random((2, 24, 9, 9)) < 0.5)
    assert simulate(trace, accelerator(name)) == simulate(trace, accelerator(name))


def test_an_array_is_a_value(name: str) -> None:
    array = accelerator(name)
    assert isinstance(array, Accelerator)
    assert array == accelerator(name)
    first = next(iter(configuration(name).parameters))
    with pytest.raises(AttributeError):
        setattr(array, first, 1)


def test_parameters_of_another_type_or_name_are_refused(name: str) -> None:
    with pytest.raises(UserError, match=f"'{name}'.*'no_such_parameter'"):
        accelerator(name, no_such_parameter=1)
    for parameter in configuration(name).parameters:
        with pytest.raises(UserError, match=f"'{name}'.*{parameter}"):
            accelerator(name, **{parameter: [1]})  # type: ignore[dict-item]


def test_numbers_that_no_hardware_has_are_refused(name: str) -> None:
    for key, parameter in configuration(name).parameters.items():
        if isinstance(parameter.value, bool | str):
            continue
        impossible = type(parameter.value)(-1)
        with pytest.raises(UserError, match=f"{key} is -1"):
            accelerator(name, **{key: impossible})


def test_what_is_assumed_is_swept(name: str) -> None:
    for key, parameter in configuration(name).parameters.items():
        if parameter.status == "assumed":
            assert len(parameter.sweep) >= 2, key
            assert parameter.value in parameter.sweep, key
        for value in parameter.sweep:
            accelerator(name, **{key: value})
