import numpy as np
import pandas as pd
import pytest

from workflow.studies.hass import search_figure as figure
from workflow.studies.hass.claims import both_efficiencies
from workflow.studies.hass.search_table import hass_search
from workflow.studies.hass.trials_table import hass_trials
from workflow.tabling.shared import write_table

CASE = {"suite": "shapes", "network": "lenet5"}


def best(strategy: str, accelerator: str, rate: float, dsp: int, **more: object) -> dict:
    return CASE | {
        "strategy": strategy,
        "search_seed": np.nan,
        "platform": "zc706",
        "accelerator": accelerator,
        "test_accuracy_percent": 95.0,
        "base_test_accuracy_percent": 95.0,
        "images_per_second": rate,
        "images_per_second_with_waiting": rate,
        "images_per_cycle_per_dsp": rate / 125e6 / dsp,
        "dsp": dsp,
        **more,
    }


BEST = pd.DataFrame(
    [
        best("unpruned", "dataflow_dense", 1000.0, 200),
        best("unpruned", "pass", 1200.0, 200, images_per_second_with_waiting=600.0),
        best("unpruned", "hass", 1200.0, 200),
        best("hardware_aware", "hass", 1800.0, 150, search_seed=0, test_accuracy_percent=94.0),
        best("hardware_aware", "hass", 1800.0, 300, search_seed=1, test_accuracy_percent=93.0),
    ]
)


def trial(strategy: str, seed: int, number: int, score: float, own_score: float) -> dict:
    return CASE | {
        "strategy": strategy,
        "search_seed": seed,
        "trial": number,
        "score": score,
        "own_score": own_score,
    }


TRIALS = pd.DataFrame(
    [
        trial("hardware_aware", 0, 0, 1.0, 1.0),
        trial("hardware_aware", 0, 1, 0.5, 0.5),
        trial("hardware_aware", 0, 2, 1.3, 1.3),
        trial("hardware_blind", 0, 0, 1.0, 0.9),
        trial("hardware_blind", 0, 1, 0.8, 1.1),
        trial("hardware_blind", 0, 2, 1.2, 1.0),
    ]
)


def test_gains_are_over_the_unpruned_networks_own_designs() -> None:
    table = hass_search(BEST)
    row = table.iloc[3]
    assert row["test_drop_points"] == 1
    assert row["speedup_over_dense"] == pytest.approx(1.8)
    assert row["efficiency_over_dense"] == pytest.approx(1.8 * 200 / 150)
    assert row["efficiency_over_pass"] == pytest.approx(1.5 * 200 / 150)
    assert row["efficiency_with_waiting_over_pass"] == pytest.approx(2 * 1.5 * 200 / 150)


def test_seeds_are_whole_numbers_and_empty_for_the_unpruned_network(tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_table(hass_search(BEST), tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert lines[1].startswith("shapes,lenet5,unpruned,,zc706")
    assert lines[4].startswith("shapes,lenet5,hardware_aware,0,zc706")


def test_best_so_far_is_chosen_by_the_strategys_own_score() -> None:
    table = hass_trials(TRIALS.sample(frac=1, random_state=0))
    best_scores = table.groupby("strategy")["best_score"].apply(list)
    assert best_scores["hardware_aware"] == [1.0, 1.0, 1.3]
    assert best_scores["hardware_blind"] == [1.0, 0.8, 0.8]


def test_claim_takes_the_mean_of_the_hardware_aware_searches_and_says_what_they_lose() -> None:
    none = pd.DataFrame({"accelerator": []})
    plain, waiting = both_efficiencies({"hass": none, "hass_search": hass_search(BEST)})
    assert plain.value == pytest.approx((1.5 * 200 / 150 * 1.5 * 200 / 300) ** 0.5)
    assert waiting.value == pytest.approx(2 * plain.value)
    assert (plain.suite, plain.activation_source) == ("shapes", "measured")
    assert "mean of 2 searches, losing 1.5 points" in plain.conditions
    assert plain.lost_points == pytest.approx(2.0)
    assert both_efficiencies({"hass": none}) == []


def test_figure_draws_progress_and_gain_of_every_strategy_there_is() -> None:
    drawn = figure.draw(hass_trials(TRIALS), hass_search(BEST))
    above, below = drawn.axes
    assert above.get_title() == "LeNet-5\nshapes, 32x32\ntrained here"
    (legend,) = drawn.legends
    labels = [text.get_text() for text in legend.get_texts()]
    handles = dict(zip(labels, legend.legend_handles, strict=True))
    blind = handles["hardware-blind: accuracy, sparsity"]
    lines = {line.get_color(): list(line.get_ydata()) for line in above.get_lines()}
    assert lines[blind.get_color()] == [1.0, 1.0, 1.2]  # 0.8 after 1.0 is no fall
    assert set(lines) == {handle.get_color() for handle in legend.legend_handles}
    points = [line for line in below.get_lines() if line.get_marker() == "o"]
    assert list(points[0].get_xdata()) == [1.0, 2.0]
