import numpy as np
import pytest

from sim import Layer, LayerTrace, UserError
from workflow.search.hass.designs import (
    CONFIGURATIONS,
    DesignSettings,
    dataflow,
    designs,
    sensitivity,
)

RNG = np.random.default_rng(0)


def network(images: int = 2) -> list[LayerTrace]:
    layers = [
        Layer.conv("stem", 3, 16, 3, stride=2, padding=1, input_size=64),
        Layer.conv("depthwise", 16, 16, 3, padding=1, input_size=32, groups=16),
        Layer.conv("pointwise", 16, 32, 1, input_size=32),
        Layer.linear("classes", 32, 10),
    ]
    traces = []
    for layer in layers:
        density = 1.0 if layer.name == "stem" else 0.5
        shape = (images, *layer.input_shape)
        traces.append(
            LayerTrace(layer, RNG.random(layer.weight_shape) < 0.5, RNG.random(shape) < density)
        )
    return traces


@pytest.fixture(scope="module")
def rows() -> tuple[list, list]:
    return designs(network(), DesignSettings(dsp_shares=(0.0001, 0.002)))


def best(rows: tuple[list, list]) -> dict:
    return {row["accelerator"]: row for row in rows[0] if row["dsp_share"] == 0.9}


def test_every_configuration_has_its_largest_design_and_one_per_share(rows: tuple) -> None:
    shares = [(row["accelerator"], row["dsp_share"]) for row in rows[0]]
    assert shares == [(name, share) for name in CONFIGURATIONS for share in (0.9, 0.0001, 0.002)]


def test_all_reach_the_port_bound_and_skipping_more_takes_fewer_dsps(rows: tuple) -> None:
    largest = best(rows)
    for row in largest.values():
        assert row["images_per_second"] == row["input_port_images_per_second"] == 250e6 / 66**2
        assert row["binding"] == "input_port"
    assert largest["hass"]["dsp"] < largest["pass"]["dsp"] <= largest["dataflow_dense"]["dsp"]
    assert largest["hass"]["pair_sparsity"] > largest["pass"]["pair_sparsity"]


def test_waiting_never_speeds_up_and_is_none_where_nothing_is_skipped(rows: tuple) -> None:
    for row in best(rows).values():
        assert row["images_per_second_with_waiting"] <= row["images_per_second"]
    dense = best(rows)["dataflow_dense"]
    assert dense["images_per_second_with_waiting"] == dense["images_per_second"]
    for layer in rows[1]:
        assert layer["interval_with_waiting_cycles"] >= layer["interval_cycles"] * 0.999


def test_a_share_too_small_keeps_a_row_that_says_so(rows: tuple) -> None:
    small = [row for row in rows[0] if row["dsp_share"] == 0.0001]
    assert [row["binding"] for row in small] == ["does not fit"] * 3
    assert all("images_per_second_with_waiting" in row for row in rows[0] if row not in small)
    assert all("images_per_second" not in row for row in small)
    assert all(row["dsp"] <= 0.002 * 12288 for row in rows[0] if row["dsp_share"] == 0.002)


def test_rows_of_layers_are_those_of_the_largest_design(rows: tuple) -> None:
    for name, row in best(rows).items():
        layers = [layer for layer in rows[1] if layer["accelerator"] == name]
        assert [layer["layer"] for layer in layers] == ["stem", "depthwise", "pointwise", "classes"]
        assert sum(layer["dsp"] for layer in layers) == row["dsp"]
        assert max(layer["interval_cycles"] for layer in layers) == row["interval_cycles"]
        assert all(layer["first_interval_cycles"] >= layer["interval_cycles"] for layer in layers)


def test_settings_out_of_range_are_errors() -> None:
    with pytest.raises(UserError, match="batch_images"):
        DesignSettings(batch_images=0)
    with pytest.raises(UserError, match=r"dsp_shares 1\.5"):
        DesignSettings(dsp_shares=(1.5,))
    with pytest.raises(UserError, match="limit dsp is 0"):
        designs(network(), DesignSettings(dsp_share=0.0))
    with pytest.raises(UserError, match="platform is 'u252'"):
        designs(network(), DesignSettings(platform="u252"))
    with pytest.raises(UserError, match="sa is no layer-pipelined design"):
        dataflow("sa")


def test_every_assumed_parameter_is_varied_and_deep_fifos_wait_less() -> None:
    rows = sensitivity(network(1), DesignSettings())
    by_value = {(row["parameter"], row["value"]): row for row in rows}
    assert set(by_value) == {
        ("as configured", ""),
        ("cluster_channels", "4"),
        ("cluster_channels", "9"),
        ("empty_vector_cycles", "0"),
        *[("fifo_positions", value) for value in ("1", "256", "1000000")],
        ("interleave", "false"),
    }
    rates = [
        by_value["fifo_positions", value]["by_averages_images_per_second_with_waiting"]
        for value in ("1", "256", "1000000")
    ]
    assert rates == sorted(rates)
    assert rates[0] < by_value["as configured", ""]["images_per_second"]
    for (name, _), row in by_value.items():
        if name == "fifo_positions":  # an exploration by averages does not see them
            assert row["by_averages_dsp"] == by_value["as configured", ""]["by_averages_dsp"]
