"""Balancing exact counts: never slower than averages, and slower layers get more."""

import numpy as np
import pytest

from sim import Layer, LayerTrace, UserError, accelerator
from sim.accelerators.hass.exact import balanced, exact_cycles
from sim.accelerators.hass.model import design
from sim.platforms import platform


def network(seed: int) -> list[LayerTrace]:
    """Three layers whose channels differ much in density, so that engines wait."""
    rng = np.random.default_rng(seed)
    layers = [
        Layer.conv("first", 3, 16, 3, padding=1, input_size=24),
        Layer.conv("second", 16, 24, 3, stride=2, padding=1, input_size=24),
        Layer.conv("pointwise", 24, 32, 1, input_size=12),
    ]
    traces = []
    for layer in layers:
        dense = rng.uniform(0.05, 0.9, (layer.out_channels, 1, 1, 1))
        full = rng.uniform(0.05, 0.9, (1, layer.in_channels, 1, 1))
        weight = rng.random(layer.weight_shape) < dense
        activation = rng.random((2, *layer.input_shape)) < full
        traces.append(LayerTrace.of(layer, weight=weight, activation=activation))
    return traces


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["hass", "pass"])
def test_balancing_exact_counts_is_never_slower(name: str, seed: int) -> None:
    traces, hardware, board = network(seed), accelerator(name), platform("zc706")
    averages = design(traces, hardware, board)
    result = balanced(traces, hardware, board)
    assert result.by_averages.design == averages
    assert result.by_averages.interval_cycles == max(exact_cycles(traces, hardware, averages))
    assert result.interval_cycles <= result.by_averages.interval_cycles
    assert result.interval_cycles == max(exact_cycles(traces, hardware, result.design))
    assert averages.interval_cycles == result.by_averages.average_interval_cycles
    assert averages.interval_cycles <= result.average_interval_cycles <= result.interval_cycles


def test_layers_that_wait_are_unfolded_further() -> None:
    traces, hardware, board = network(0), accelerator("hass"), platform("zc706")
    result = balanced(traces, hardware, board)
    assert result.interval_cycles < 0.97 * result.by_averages.interval_cycles
    assert result.images_per_second == pytest.approx(board.clock_mhz * 1e6 / result.interval_cycles)


def test_dense_engines_never_wait_so_that_nothing_is_left_to_balance() -> None:
    traces, hardware, board = network(1), accelerator("dataflow_dense"), platform("zc706")
    result = balanced(traces, hardware, board)
    assert result.design == design(traces, hardware, board)
    assert result.interval_cycles == result.average_interval_cycles
    with pytest.raises(UserError, match="at least one layer"):
        balanced([], hardware, board)


def test_no_rounds_leave_the_design_of_averages() -> None:
    traces, hardware, board = network(2), accelerator("hass"), platform("zc706")
    result = balanced(traces, hardware, board, rounds=0)
    assert result.design == design(traces, hardware, board)
