import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Events, Layer, LayerTrace, UserError, accelerator, simulate
from tests.examples import examples
from tests.reference import sigma as reference
from tests.strategies import conv_layers, linear_layers, traces

SMALL = traces(conv_layers(max_channels=8, max_size=5) | linear_layers)

units = st.builds(
    reference.Unit,
    multipliers=st.integers(2, 40),
    values_per_cycle=st.sampled_from([1, 5, 16, 64]),
    sums_per_cycle=st.sampled_from([1, 3, 64]),
    stationary=st.sampled_from(["weight", "activation", "faster"]),
)


def moved(events: Events, memory: str, operand: str, direction: str) -> int:
    key = (memory, operand, direction)
    return sum(count for access, count in events.traffic_bytes.items() if access == key)


@settings(max_examples=examples(60), deadline=None)
@given(SMALL, units)
def test_equals_the_unit_filled_and_stepped(trace: LayerTrace, unit: reference.Unit) -> None:
    events = simulate(trace, accelerator("sigma", **vars(unit)))
    expected = reference.run(trace, unit)
    assert events.cycles == sum(tally.cycles for tally in expected)
    assert events.effectual_macs == sum(tally.products for tally in expected)
    causes = {cause for tally in expected for cause in tally.idle}
    for cause in causes | {
        cause for cause, count in events.idle_multiplier_cycles.items() if count
    }:
        assert events.idle_multiplier_cycles[cause] == sum(t.idle[cause] for t in expected), cause
    weights, inputs = (
        sum(t.kept_bytes if t.weights_stay == stay else t.sent_bytes for t in expected)
        for stay in (True, False)
    )
    assert moved(events, "sram_512kib", "weight", "read") == weights
    assert moved(events, "sram_2mib", "activation", "read") == inputs
    for direction in ("read", "write"):
        sums = sum(tally.psum_bytes for tally in expected)
        assert moved(events, "sram_2mib", "psum", direction) == sums
    held = sum(tally.values_held for tally in expected)
    assert events.actions["register_bit"] == 8 * (held + events.effectual_macs)


def _layer(rows: list[int], window: int, vectors: int) -> LayerTrace:
    """A product whose weight rows hold so many nonzeros."""
    layer = Layer.conv("product", window, len(rows), 1, input_size=(1, vectors))
    weight = np.arange(window)[None, :] < np.array(rows)[:, None]
    return LayerTrace.of(layer, weight=weight[..., None, None])


def _cycles(rows: list[int], vectors: int = 20, **parameters: int) -> int:
    unit = accelerator(
        "sigma", **{"multipliers": 16, "values_per_cycle": 16, "stationary": "weight", **parameters}
    )
    return simulate(_layer(rows, 64, vectors), unit).cycles


def test_a_row_that_fits_takes_one_pass() -> None:
    assert _cycles([16]) == 1 + 1 + 20 + 2 + 4
    assert _cycles([5]) == 1 + 1 + 20 + 2 + 3
    assert _cycles([1]) == 1 + 1 + 20 + 2
    assert _cycles([0]) == 0


def test_rows_share_a_pass_while_they_fit() -> None:
    assert _cycles([8, 0, 8]) == _cycles([8, 8]) == 1 + 1 + 20 + 2 + 3
    assert _cycles([5, 5]) == 1 + 1 + 20 + 2 + 4  # the second lies across the middle of the tree
    assert _cycles([9, 8]) == _cycles([9]) + _cycles([8])


def test_a_long_row_continues_with_one_multiplier_less() -> None:
    assert _cycles([31]) == 2 * _cycles([16])
    assert _cycles([32]) == 2 * _cycles([16]) + 1 + 1 + 20 + 2 + 1


def test_few_ports_send_one_value_after_the_other() -> None:
    assert _cycles([16], values_per_cycle=4) == 1 + 4 + 4 * 20 + 2 + 4 + 1


def test_few_outputs_hold_short_rows_up() -> None:
    assert _cycles([4] * 4, sums_per_cycle=2) == _cycles([4] * 4) + 20


def test_zeros_that_stream_gain_nothing_and_those_that_stay_do() -> None:
    trace = _layer([16] * 8, 16, 50)
    empty = np.zeros((1, 16, 1, 50), dtype=bool)
    zeros = LayerTrace.of(trace.layer, weight=trace.weight, activation=empty)
    stays, streams = (
        [
            simulate(each, accelerator("sigma", multipliers=16, stationary=operand)).cycles
            for each in (trace, zeros)
        ]
        for operand in ("activation", "weight")
    )
    assert streams[0] == streams[1] > 0
    assert stays[1] == 0


def test_a_single_vector_stays_where_that_is_faster() -> None:
    trace = LayerTrace.of(Layer.linear("fc", 100, 5000))
    faster, weight, activation = (
        simulate(trace, accelerator("sigma", stationary=role)).cycles
        for role in ("faster", "weight", "activation")
    )
    assert faster == activation == 1 + 1 + 5000 + 2 + 7
    assert weight > activation


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"multipliers": 0}, "multipliers is 0"),
        ({"multipliers": 1}, "multipliers is 1; expected at least 2"),
        ({"stationary": "output"}, "stationary is 'output'; expected one of weight"),
    ],
)
def test_impossible_parameters_are_named(override: dict[str, int | str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        accelerator("sigma", **override)
