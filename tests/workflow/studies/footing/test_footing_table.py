"""The common footing: the file, the designs it builds, and what its tables compute from events."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Layer, NetworkTrace, UserError, accelerator, configurations
from sim.causes import CauseGroup
from sim.footing import AS_CONFIGURED, DESIGNS, footing
from tests.examples import examples
from tests.workflow.random_traces import random_trace
from workflow.drawing.loss_bars import COLORS
from workflow.event_rows import rows_of_runs
from workflow.events import simulate_network
from workflow.steps.footing import runs
from workflow.studies.footing import (
    losses_figure,
    pareto_figure,
    roofline_figure,
    sizes_figure,
    speedup_figure,
)
from workflow.studies.footing.designs_table import footing_designs
from workflow.studies.footing.footing_table import (
    COUNTED,
    DENSE,
    MEAN,
    NONE_NEEDED,
    NOT_COUNTED,
    footing_table,
)
from workflow.studies.footing.losses_table import losses
from workflow.tabling.losses import EFFECTUAL, LABELS, group_of

COMMON = footing()


@pytest.mark.parametrize("name", COMMON.designs)
@pytest.mark.parametrize("size", range(len(COMMON.multipliers)))
def test_every_design_comes_within_two_percent_of_the_size_and_never_above(
    name: str, size: int
) -> None:
    nominal, built = COMMON.multipliers[size], COMMON.design(name).build(size).multipliers
    assert 0.98 * nominal < built <= nominal
    if built != nominal:
        assert str(built) in COMMON.design(name).differs  # the row says so


@pytest.mark.parametrize("name", COMMON.designs)
def test_precision_clock_and_bandwidth_are_the_same_wherever_the_design_has_them(name: str) -> None:
    parameters = configurations()[name].parameters
    built = COMMON.design(name).build(0)
    expected = {
        "operand_bits": 8,
        "value_bits": 8,
        "frequency_mhz": COMMON.frequency_mhz,
        "dram_bytes_per_cycle": 64.0,
        "dram_gbytes_per_s": 64.0,
        "dram_mbytes_per_s": 64000.0,
        "weight_buffer_kib": 512,
        "activation_buffer_kib": 2048,
    }
    shared = expected.keys() & parameters.keys()
    assert any(key.startswith("dram") for key in shared)
    assert {key: getattr(built, key) for key in shared} == {key: expected[key] for key in shared}


def _changed(tmp_path: Path, change: dict[str, object]) -> Path:
    document = copy.deepcopy(yaml.safe_load(DESIGNS.read_text()))
    document["designs"]["sparten"]["overrides"] = change
    path = tmp_path / "designs.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clusters": {"value": 32}}, "'reason' is a required property"),
        ({"clusters": {"value": [1, 2, 3], "reason": "r"}}, "clusters has 3 values; expected 1 or"),
        ({"cluster": {"value": 32, "reason": "r"}}, "did you mean 'clusters'"),
    ],
)
def test_a_bad_file_is_one_message(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        footing(_changed(tmp_path, change))


def _trace(network: str, density: float) -> NetworkTrace:
    layers = [
        Layer.conv("conv", 16, 24, 3, padding=1, input_size=(12, 12)),
        Layer.conv("dw", 24, 24, 3, stride=2, padding=1, input_size=(12, 12), groups=24),
        Layer.linear("fc", 40, 10),
    ]
    return random_trace(layers, (density, 0.6), network=network)


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    frames = [
        pd.DataFrame(rows)
        for network, density in (("vgg16", 0.3), ("lenet5", 0.8))
        for trace in [_trace(network, density)]
        for rows in rows_of_runs(trace, list(runs(trace.provenance.scheme, ["sense"])))
    ]
    joined = pd.concat(frames, ignore_index=True)
    numbers = joined.select_dtypes("number").columns
    return joined.assign(**{column: joined[column].fillna(0) for column in numbers})


@pytest.fixture(scope="module")
def table(events: pd.DataFrame) -> pd.DataFrame:
    return footing_table(events)


def test_no_design_passes_the_bound_and_the_dense_array_is_its_own_unit(
    table: pd.DataFrame,
) -> None:
    assert set(table["accelerator"]) == set(COMMON.designs) - {"stc_flexible"}
    assert set(table["footing"]) == {COMMON.label(0), COMMON.label(1), AS_CONFIGURED}
    beyond = table["speedup_over_dense_ideal"] > table["two_sided_bound"] * (1 + 1e-9)
    assert not beyond.any()
    dense = table[table["accelerator"] == DENSE]
    assert (dense["speedup_over_dense_array"] == 1).all()
    assert (dense["energy_reduction"] == 1).all()


def test_a_design_that_elsewhere_is_another_runs_under_its_scheme_alone() -> None:
    assert "stc_flexible" not in COMMON.run_under("two_four")
    assert list(COMMON.run_under("two_eight")) == list(COMMON.designs)


def test_only_designs_that_skip_and_gate_nothing_need_no_selection_logic(
    table: pd.DataFrame,
) -> None:
    needed = table.groupby("accelerator")["selection_logic"].unique()
    assert {name for name, kinds in needed.items() if list(kinds) == [NONE_NEEDED]} == {
        "sa",
        "dense_ideal",
        "dense_mapped",
        "tc",
    }
    assert all(list(kinds) != [NOT_COUNTED] for kinds in needed)


def test_rates_lie_under_the_roof(table: pd.DataFrame) -> None:
    rows = table[(table["footing"] == COMMON.label(0)) & (table["networks"] == 1)]
    roof = np.minimum(COMMON.multipliers[0], 64.0 * rows["effectual_macs_per_dram_byte"])
    # Scaled to the nominal size; a design with fewer multipliers has the same bandwidth.
    nominal = COMMON.multipliers[0] / rows["multipliers"]
    assert (rows["effectual_macs_per_cycle"] <= roof * nominal * (1 + 1e-9)).all()


def test_delay_counts_the_nominal_multipliers(table: pd.DataFrame) -> None:
    rows = table.set_index(["network", "layers", "footing", "accelerator"])
    row = rows.loc[("vgg16", "all", COMMON.label(0), "phantom_2d")]
    seconds = row["cycles_per_image"] * 1008 / 1024 / 1e9
    expected = row["energy_pj_per_image"] * seconds
    assert row["energy_delay_pj_s_per_image"] == pytest.approx(expected)


def test_energy_and_delay_are_for_one_image(events: pd.DataFrame) -> None:
    keys = ["network", "layers", "footing", "accelerator"]
    designs = [DENSE, "sparten", "scnn"]
    few = events[(events["network"] == "vgg16") & events["accelerator"].isin(designs)]
    once, twice = (footing_table(few.assign(images=n)).set_index(keys) for n in (1, 2))
    delay = "energy_delay_pj_s_per_image"
    assert np.allclose(once[delay], 4 * twice[delay])  # half the energy in half the time
    row = once.loc["vgg16", "all", COMMON.label(0)]
    energy = row["energy_pj_per_image"]
    assert np.allclose(row["energy_reduction"], energy[DENSE] / energy)
    assert energy.nunique() == len(designs)


def test_geometric_means_are_over_the_networks_of_one_suite(events: pd.DataFrame) -> None:
    other = events.assign(suite="imagenet", activation_source="modelled")
    table = footing_table(pd.concat([events, other[other["network"] == "vgg16"]]))
    means = table[table["network"] == MEAN]
    assert set(means["suite"]) == {"digits"}  # one network is no mean
    assert (means["networks"] == 2).all()
    keys = ["layers", "footing", "accelerator"]
    rows = table[(table["suite"] == "digits") & (table["networks"] == 1)]
    product = rows.groupby(keys)["speedup_over_dense_ideal"].prod()
    mean = means.set_index(keys)["speedup_over_dense_ideal"]
    assert np.allclose(mean**2, product.loc[mean.index])


def test_files_of_single_designs_count_as_configured_and_others_are_left_out(
    events: pd.DataFrame,
) -> None:
    single = simulate_network(_trace("vgg16", 0.3), "scnn", accelerator("scnn"))
    foreign = simulate_network(_trace("vgg16", 0.3), "sparten_gb_s", accelerator("sparten_gb_s"))
    stacked = pd.concat([events, single, foreign], ignore_index=True)
    numbers = stacked.select_dtypes("number").columns
    table = footing_table(stacked.assign(**{name: stacked[name].fillna(0) for name in numbers}))
    rows = table[(table["accelerator"] == "scnn") & (table["networks"] == 1)]
    assert set(rows["footing"]) == {COMMON.label(0), COMMON.label(1), AS_CONFIGURED}
    assert "sparten_gb_s" not in set(table["accelerator"])


def test_every_override_is_listed_beside_the_configured_value() -> None:
    table = footing_designs(COMMON)
    row = table[(table["accelerator"] == "scnn") & (table["parameter"] == "operand_bits")].iloc[0]
    assert (row["as_configured"], row[COMMON.label(0)]) == ("16", "8")
    assert len(table) == sum(len(design.overrides) for design in COMMON.designs.values())


def test_shares_add_up_and_the_effectual_share_is_speedup_over_bound(events: pd.DataFrame) -> None:
    table = losses(events)
    keys = ["network", "footing", "accelerator"]
    assert np.allclose(table.groupby(keys)["slots_percent"].sum(), 100)
    speed = footing_table(events)
    speed = speed[(speed["layers"] == "all") & (speed["networks"] == 1)].set_index(keys)
    effectual = table[(table["cause"] == EFFECTUAL) & (table["network"] != "mean")].set_index(keys)
    reached = speed["speedup_over_dense_ideal"] / speed["two_sided_bound"]
    assert np.allclose(effectual["slots_percent"], 100 * reached.loc[effectual.index])


def test_losses_of_one_network_have_no_mean(events: pd.DataFrame) -> None:
    assert "mean" in set(losses(events)["network"])
    assert set(losses(events[events["network"] == "vgg16"])["network"]) == {"vgg16"}


def test_every_cause_that_a_model_reports_has_a_group(events: pd.DataFrame) -> None:
    assert set(losses(events)["group"]) <= set(LABELS)
    with pytest.raises(UserError, match=r"unknown cause of idling 'a_cause_of_a_new_design'"):
        group_of("a_cause_of_a_new_design")


def test_every_group_has_a_label_and_a_color() -> None:
    assert list(LABELS) == list(COLORS) == [EFFECTUAL, *CauseGroup]
    assert len(set(COLORS.values())) == len(LABELS)


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=8, unique=True)
)
def test_the_front_is_what_no_other_design_beats(points: list[tuple[int, int]]) -> None:
    rows = pd.DataFrame(points, columns=[pareto_figure.SPEED, pareto_figure.ENERGY])
    rows["selection_logic"] = COUNTED
    better = {pareto_figure.SPEED: 9, pareto_figure.ENERGY: 0, "selection_logic": NOT_COUNTED}
    unpriced = {**better, pareto_figure.ENERGY: np.nan, "selection_logic": COUNTED}
    drawn = pareto_figure.front(pd.concat([rows, pd.DataFrame([better, unpriced])]))
    front = {tuple(point) for point in drawn.drop(columns="selection_logic").to_numpy()}
    unbeaten = {
        (speed, energy)
        for speed, energy in points
        if not any(s >= speed and e <= energy and (s, e) != (speed, energy) for s, e in points)
    }
    assert front == unbeaten


@pytest.mark.parametrize(
    "figure", [speedup_figure, sizes_figure, pareto_figure], ids=lambda f: f.__name__
)
def test_the_bound_is_on_every_speedup_figure(figure, table: pd.DataFrame) -> None:
    drawn = figure.draw(table)
    labels = [text.get_text() for legend in drawn.legends for text in legend.get_texts()]
    assert any("two-sided bound" in label for label in labels)
    panel = drawn.axes[0]
    bounds = [line for line in panel.get_lines() if "two-sided" in str(line.get_label())]
    assert len(bounds) == 1
    assert all(1 <= limit <= panel.get_xlim()[1] for limit in bounds[0].get_xdata())
    written = [text for each in drawn.axes for text in [*each.get_yticklabels(), *each.texts]]
    assert "Phantom-2D" in {text.get_text() for text in written}  # in its line or at its point


def test_each_design_has_a_roofline_and_a_bar(table: pd.DataFrame, events: pd.DataFrame) -> None:
    titles = {axis.get_title() for axis in roofline_figure.draw(table).axes}
    assert {"Sense", "SCNN", "S2TA-AW"} <= titles
    bars = losses_figure.draw(losses(events)).axes[0]
    assert bars.get_yticklabels()[0].get_text() == "SA"
    for n in range(len(COMMON.run_under("magnitude"))):
        ends = [p.get_x() + p.get_width() for p in bars.patches if round(p.get_y() + 0.4) == n]
        assert max(ends) == pytest.approx(100)
