"""One parameter at a time: what is run, what the tables make of it, what the figure draws."""

import pandas as pd
import pytest

from models.imagenet.settings import FullSizeSettings
from sim import Layer, NetworkTrace, UserError
from sim.footing import footing
from sim.registry import configuration, design_title
from tests.workflow.random_traces import random_trace
from workflow.drawing.shared import network_label
from workflow.steps.simulate import simulated, sweep
from workflow.studies.sensitivity import sensitivity_figure as figure
from workflow.studies.sensitivity.sensitivity_table import CONFIGURED, sensitivity
from workflow.studies.sensitivity.spans_table import spans
from workflow.studies.sensitivity.zeros_step import varied
from workflow.tabling.pricing import Pricing

SCHEMES = ("magnitude", "balanced")


def _trace(scheme: str) -> NetworkTrace:
    layers = [Layer.conv("conv", 16, 24, 3, padding=1, input_size=(12, 12))]
    origin = {"suite": "shapes", "network": "resnet50", "scheme": scheme}
    return random_trace(layers, (0.4, 0.5), seed=3, **origin)


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    frames = [
        pd.DataFrame(rows)
        for scheme in SCHEMES
        for name in footing().meant_for(scheme)
        for rows in simulated(_trace(scheme), name, [{}, *sweep(name)])
    ]
    joined = pd.concat(frames, ignore_index=True)
    numbers = joined.select_dtypes("number").columns
    return joined.assign(**{name: joined[name].fillna(0) for name in numbers})


@pytest.fixture(scope="module")
def table(events: pd.DataFrame) -> pd.DataFrame:
    return sensitivity(events)


def test_every_assumed_parameter_of_every_design_meant_for_the_scheme_is_there(
    table: pd.DataFrame,
) -> None:
    designs = {name for name, design in footing().designs.items() if design.scheme in SCHEMES}
    assert set(table["accelerator"]) == designs - {"sparse_blox"}
    for name in set(table["accelerator"]):
        assumed = {
            key
            for key, parameter in configuration(name).parameters.items()
            if parameter.status == "assumed" and set(parameter.sweep) - {parameter.value}
        }
        assert assumed <= set(table.loc[table["accelerator"] == name, "parameter"]), name


def test_each_parameter_has_its_configured_point_at_one(table: pd.DataFrame) -> None:
    points = table[table["value"] == CONFIGURED]
    assert (points.groupby(["accelerator", "parameter"]).size() == 1).all()
    assert len(points) == len(table[["accelerator", "parameter"]].drop_duplicates())
    relative = [name for name in table if str(name).startswith("relative_")]
    assert (points[relative] == 1).all(axis=None)


def test_choices_of_the_prices_move_energy_and_never_speed(table: pd.DataFrame) -> None:
    rows = table[table["accelerator"] == "sparten"].set_index(["parameter", "value"])
    on_chip = rows["relative_energy_without_dram"]
    assert on_chip["energy of selection logic", "low"] < 1
    assert on_chip["energy of selection logic", "high"] > 1
    assert on_chip["energy basis", "mixed"] != 1
    assert on_chip["DRAM kind", "ddr3"] == 1
    assert rows["relative_energy"]["DRAM kind", "ddr3"] > 1
    assert (rows.loc[["energy basis", "DRAM kind"], "relative_speedup"] == 1).all()
    dense = table[table["accelerator"] == "dense_ideal"]
    assert "energy of selection logic" not in set(dense["parameter"])


def test_mixed_entries_move_energy_in_proportion_and_never_speed(events: pd.DataFrame) -> None:
    table = sensitivity(events, Pricing("mixed"))
    rows = table[table["parameter"] == "energy of sram_2mib"].set_index(["accelerator", "value"])
    low, high = rows.loc[("phantom_2d", "4.4 pJ")], rows.loc[("phantom_2d", "8.8 pJ")]
    middle = rows.loc[("phantom_2d", CONFIGURED)]
    energy = "energy_without_dram_pj_per_image"
    rise = (high[energy] - middle[energy]) / (middle[energy] - low[energy])
    assert rise == pytest.approx((8.8 - 6.0) / (6.0 - 4.4))
    assert (rows["relative_speedup"] == 1).all()
    assert "scnn" not in rows.index  # it has no such memory


def test_a_span_is_the_highest_over_the_lowest_and_names_both_ends() -> None:
    rows = pd.DataFrame(
        {
            **{key: ["x"] * 3 for key in ("suite", "network", "scheme", "accelerator")},
            "weight_source": "measured",
            "activation_source": "measured",
            "parameter": "p",
            "status": "assumed",
            "value": ["1", "2", CONFIGURED],
            "relative_speedup": [0.5, 2.0, 1.0],
            "relative_energy": [1.25, 1.0, 1.0],
            "relative_energy_without_dram": [1.0, 1.0, 1.0],
        }
    )
    row = spans(rows).iloc[0]
    assert (row["speedup_span"], row["slowest_at"], row["fastest_at"]) == (4.0, "1", "2")
    assert (row["energy_span"], row["most_energy_at"]) == (1.25, "1")
    assert row["energy_without_dram_span"] == 1.0


def test_the_widest_parameters_of_a_design_come_first(table: pd.DataFrame) -> None:
    rows = spans(table)
    rows = rows[rows["accelerator"] == "phantom_2d"]
    width = rows[["speedup_span", "energy_span", "energy_without_dram_span"]].max(axis=1)
    assert width.is_monotonic_decreasing
    assert width.iloc[0] > 1.05


def test_each_design_has_a_tornado_on_the_same_scale(table: pd.DataFrame) -> None:
    drawn = figure.draw(spans(table))
    panels = {axis.get_title(loc="right"): axis for axis in drawn.axes}
    panels.pop("", None)  # the place beside the last of an odd number
    names = {title.partition("\n")[0] for title in panels}
    designs = table.drop_duplicates("accelerator")[["accelerator", "network"]]
    assert names == {
        f"{design_title(design)}: {network_label(network)}"
        for design, network in designs.itertuples(index=False)
    }
    assert len({axis.get_xlim() for axis in panels.values()}) == 1


def test_paper_size_shapes_are_drawn_where_a_design_has_them(table: pd.DataFrame) -> None:
    every = spans(table)
    full = every[every["accelerator"] == "scnn"].assign(suite="imagenet", network="vgg16")
    rows = figure.drawn_rows(pd.concat([every, full], ignore_index=True))
    suites = rows.groupby("accelerator")["suite"].unique()
    assert list(suites["scnn"]) == ["imagenet"]
    assert list(suites["sense"]) == ["shapes"]


def test_zeros_are_modelled_anew_for_each_value_that_the_scheme_reads() -> None:
    settings = FullSizeSettings.of(
        {"images": 1, "width": 0.25, "input_height": 32, "input_width": 32}
    )
    sweep = {"weight_spread": [0.3, 0.6], "most_removed": [0.0]}
    frames = list(varied("alexnet", "magnitude", settings, {**sweep, "seed": [0]}))
    assert {frame["variant"].iloc[0] for frame in frames} == {"zeros: weight_spread=0.6"}
    with pytest.raises(UserError, match=r"'most_remove'.*did you mean 'most_removed'"):
        list(varied("alexnet", "dbb", settings, {"most_remove": [0.0]}))
