import numpy as np
import pandas as pd
import pytest

from sim.claims import claims
from workflow.studies.claims.verdict import verdict
from workflow.studies.hass import claims as claims_of_hass
from workflow.studies.hass import intervals_figure as hass_intervals
from workflow.studies.hass import pareto_figure as hass_pareto
from workflow.studies.hass.hass_table import hass
from workflow.studies.hass.pareto_table import hass_pareto as pareto_table
from workflow.studies.hass.sensitivity_table import hass_sensitivity

KEYS = {
    "suite": "imagenet",
    "scheme": "magnitude",
    "platform": "u250",
    "weight_source": "modelled",
    "activation_source": "modelled",
}


def design(name: str, share: float, rate: float, dsp: int, waiting: float) -> dict:
    return KEYS | {
        "network": "mobilenet_v3_small",
        "accelerator": name,
        "dsp_share": share,
        "images_per_second": rate,
        "images_per_second_with_waiting": waiting,
        "by_averages_images_per_second_with_waiting": waiting - 500,
        "by_averages_dsp": dsp - 10,
        "images_per_cycle_per_dsp": rate / 250e6 / dsp,
        "dsp": dsp,
        "lut": 100,
        "binding": "input_port",
        "slowest_layer": "stem",
        "input_port_images_per_second": 4000.0,
        "largest_padded_input_pixels": 62500,
        "pair_sparsity": 0.4,
    }


DESIGNS = pd.DataFrame(
    [
        design("dataflow_dense", 0.9, 4000.0, 1200, 4000.0),
        design("dataflow_dense", 0.1, 1000.0, 300, 1000.0),
        design("pass", 0.9, 4000.0, 1000, 4000.0),
        design("pass", 0.1, 1100.0, 300, 1050.0),
        design("hass", 0.9, 4000.0, 600, 3000.0),
        design("hass", 0.1, 1800.0, 280, 1700.0),
        design("hass", 0.01, np.nan, 1, np.nan) | {"dsp": np.nan, "binding": "does not fit"},
    ]
)


def test_gains_are_of_the_largest_designs_over_both_references() -> None:
    table = hass(DESIGNS).set_index("accelerator")
    assert list(table.index) == ["dataflow_dense", "pass", "hass"]
    row = table.loc["hass"]
    assert row["speedup_over_dense"] == 1
    assert row["efficiency_over_dense"] == pytest.approx(2.0)
    assert row["efficiency_over_pass"] == pytest.approx(1000 / 600)
    assert row["efficiency_with_waiting_over_pass"] == pytest.approx(1000 / 600 * 0.75)
    assert row["dsp_relative_to_dense"] == 0.5
    assert row["of_input_port_rate"] == 1


def test_efficiency_with_waiting_is_by_what_waiting_leaves_of_the_rate() -> None:
    rows = [
        design("dataflow_dense", 0.9, 4000.0, 1000, 4000.0),
        design("hass", 0.9, 2000.0, 250, 500.0),
    ]
    row = hass(pd.DataFrame(rows)).set_index("accelerator").loc["hass"]
    assert row["efficiency_over_dense"] == pytest.approx(2)
    assert row["efficiency_with_waiting_over_dense"] == pytest.approx(0.5)


def test_front_holds_what_nothing_beats_with_as_few_dsps() -> None:
    table = pareto_table(DESIGNS).set_index(["accelerator", "dsp_share"])
    assert set(table.index[table["on_front"]]) == {
        ("pass", 0.9),
        ("hass", 0.9),
        ("hass", 0.1),
    }
    assert len(table) == len(DESIGNS)


def test_rate_is_reproduced_as_a_bound_and_missed_with_waiting() -> None:
    claim = claims()["hass-mobilenet-v3-throughput"]
    table = hass(DESIGNS)
    table.loc[table["accelerator"] == "hass", "images_per_second"] = claim.low
    plain, waiting = claims_of_hass.rate({"hass": table})
    assert verdict(claim, plain) == "reproduced within 10 %"
    reached = table.copy()
    reached.loc[reached["accelerator"] == "dataflow_dense", "images_per_second"] = claim.low
    bound, _ = claims_of_hass.rate({"hass": reached})
    assert verdict(claim, bound) == "by construction"  # the dense design reaches it too
    assert "bound of the input port" in plain.reason
    assert "0.50 of the dense design's" in plain.reason
    assert waiting.value == 3000
    assert verdict(claim, waiting) == "not reproduced"
    assert "by averages alone waiting would leave 2500 images/s" in waiting.reason


def test_efficiency_says_that_it_is_another_ratio() -> None:
    plain, waiting = claims_of_hass.efficiency({"hass": hass(DESIGNS)})
    assert (plain.value, waiting.value) == (pytest.approx(5 / 3), pytest.approx(1.25))
    assert claims()["hass-efficiency"].standing == "comparator not modelled"
    assert "another" not in plain.reason  # what claims.yaml says is not said again


def test_every_claim_of_hass_is_evaluated() -> None:
    names = {name for name, claim in claims().items() if claim.system == "HASS"}
    assert set(claims_of_hass.EVALUATORS) == names


def test_pareto_figure_marks_bound_published_rate_and_waiting() -> None:
    table = pd.DataFrame({"claim": ["hass-mobilenet-v3-throughput"], "published_low": [4895.0]})
    figure = hass_pareto.draw(pareto_table(DESIGNS), hass(DESIGNS), table)
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    assert list(lines["HASS"].get_ydata()) == [1700, 3000]
    hollow = [line for line in figure.axes[0].get_lines() if line.get_markerfacecolor() == "none"]
    (averages,) = [line for line in hollow if line.get_color() == lines["HASS"].get_color()]
    assert (list(averages.get_xdata()), list(averages.get_ydata())) == ([590], [2500])
    assert averages.get_marker() == lines["HASS"].get_marker()
    assert lines["published, size not stated"].get_ydata()[0] == 4895
    assert lines["input port: clock / pixels"].get_ydata()[0] == 4000


def test_interval_figure_has_a_mark_per_layer_before_after_and_with_waiting() -> None:
    layers = pd.DataFrame(
        {
            "network": "resnet18",
            "accelerator": ["hass", "hass", "pass"],
            "layer_index": [1, 2, 1],
            "first_interval_cycles": [900.0, 500.0, 900.0],
            "interval_cycles": [90.0, 100.0, 90.0],
            "interval_with_waiting_cycles": [95.0, 120.0, 95.0],
        }
    )
    panel = hass_intervals.draw(layers).axes[0]
    marks = {line.get_label(): list(line.get_ydata()) for line in panel.get_lines()}
    assert marks == {
        "cheapest folding": [900, 500],
        "unfolded, on average": [90, 100],
        "unfolded, waiting included": [95, 120],
        "interval of the balanced design": [120, 120],
    }
    assert panel.get_title() == "ResNet-18: 120 cycles per image"


def test_sensitivity_is_relative_to_the_design_as_configured() -> None:
    rows = pd.DataFrame(
        [
            KEYS
            | {
                "network": "resnet18",
                "parameter": parameter,
                "images_per_second": rate,
                "images_per_second_with_waiting": rate / 2,
                "dsp": dsp,
                "lut": 10,
            }
            for parameter, rate, dsp in (("as configured", 100.0, 40), ("interleave", 80.0, 50))
        ]
    )
    row = hass_sensitivity(rows).iloc[1]
    assert row["relative_images_per_second"] == 0.8
    assert row["relative_images_per_second_with_waiting"] == 0.8
    assert row["relative_dsp"] == 1.25
