"""The threshold search as it is called from a shell, on a network trained for a moment."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from models.datasets import load
from models.trials.thresholded import LayerThresholds
from sim import UserError
from workflow.search.hass.objective import Figures, Objective, hardware_blind
from workflow.search.hass.settings import SearchSettings
from workflow.search.hass.space import STRATEGIES, Space, ThresholdSearch
from workflow.steps import search_thresholds
from workflow.steps.train import train_network
from workflow.steps.train_settings import TrainSettings

BASE = Figures(accuracy_percent=90.0, pair_sparsity=0.2, images_per_second=1000.0, dsp=200)
SETTINGS = SearchSettings(
    accuracy_weight=1.0, sparsity_weight=0.5, throughput_weight=0.2, dsp_weight=0.3
)
SPACE = Space(("a", "b"), ("a",))
SMALL = {
    "trials": 5,
    "startup_trials": 2,
    "round_size": 2,
    "sample_images": 60,
    "largest_threshold": 1.0,
}


def test_score_adds_the_terms_relative_to_the_unpruned_network() -> None:
    score = Objective(SETTINGS, BASE)
    assert score(BASE) == pytest.approx(1.0 + 0.5 * 0.2)
    faster = replace(BASE, images_per_second=1500.0)
    assert score(faster) - score(BASE) == pytest.approx(0.2 * 0.5)
    smaller = replace(BASE, dsp=150)
    assert score(smaller) - score(BASE) == pytest.approx(0.3 * 0.25)


def test_accuracy_beyond_the_limit_costs_extra() -> None:
    score = Objective(replace(SETTINGS, accuracy_limit_points=2.0, excess_weight=0.1), BASE)
    within, beyond = (replace(BASE, accuracy_percent=accuracy) for accuracy in (88.0, 85.0))
    assert score(BASE) - score(within) == pytest.approx(2 / 90)
    assert score(BASE) - score(beyond) == pytest.approx(5 / 90 + 0.1 * 3)
    assert score.within(within)
    assert not score.within(beyond)


def test_blind_score_sees_no_hardware() -> None:
    score = Objective(hardware_blind(SETTINGS), BASE)
    assert score(replace(BASE, dsp=1, images_per_second=9e9)) == score(BASE)
    assert score(replace(BASE, pair_sparsity=0.4)) > score(BASE)


def test_there_are_two_thresholds_per_layer_or_two_in_all() -> None:
    assert SPACE.names(uniform=False) == ["weight:a", "weight:b", "activation:a"]
    assert SPACE.names(uniform=True) == ["weight:", "activation:"]
    thresholds = SPACE.thresholds({"weight:a": 0.1, "weight:b": 0.2, "activation:a": 0.3})
    assert thresholds == LayerThresholds({"a": 0.1, "b": 0.2}, {"a": 0.3})
    same = SPACE.thresholds({"weight:": 0.1, "activation:": 0.3})
    assert same == LayerThresholds({"a": 0.1, "b": 0.1}, {"a": 0.3})


def test_every_strategy_starts_at_the_unpruned_network() -> None:
    for strategy in STRATEGIES.values():
        plan = ThresholdSearch(SETTINGS, strategy, SPACE).plan("x", seed=1)
        assert set(plan.first[0].values()) == {0.0}
        assert plan.first[0].keys() == plan.distributions.keys()
        assert plan.trials == SETTINGS.trials


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trials", 0),
        ("round_size", 1.5),
        ("threads", True),
        ("dsp_share", 1.1),
        ("largest_threshold", 0.0),
        ("excess_weight", -1),
        ("accuracy_weight", float("nan")),
        ("sparsity_weight", "1"),
    ],
)
def test_settings_out_of_range_are_errors_that_name_them(name: str, value: object) -> None:
    with pytest.raises(UserError, match=name):
        SearchSettings(**{name: value})


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    recipe = {"epochs": 2, "batch_size": 128, "learning_rate": 0.004, "weight_decay": 0.01}
    train_settings = TrainSettings(width=1.0, seed=0, threads=1, label_smoothing=0.0, **recipe)
    train_network(
        load("digits", 0), "lenet5", train_settings, folder / "c.safetensors", folder / "m.json"
    )
    return folder / "c.safetensors"


def command(checkpoint: Path, folder: Path, *more: str) -> list[str]:
    return [
        "--suite",
        "digits",
        "--network",
        "lenet5",
        "--checkpoint",
        str(checkpoint),
        "--seeds",
        "0",
        "1",
        "--strategies",
        "hardware_aware",
        "random",
        "--settings",
        json.dumps(SMALL),
        "--trials",
        str(folder / "trials.csv"),
        "--best",
        str(folder / "best.csv"),
        "--thresholds",
        str(folder / "thresholds.json"),
        *more,
    ]


def call(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["search", *arguments])
    search_thresholds.main()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def made(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as monkeypatch:
        call(monkeypatch, command(checkpoint, folder))
    return folder


def test_tables_hold_every_trial_and_the_best_of_every_search(made: Path) -> None:
    trials, best = pd.read_csv(made / "trials.csv"), pd.read_csv(made / "best.csv")
    counts = trials.groupby(["strategy", "search_seed"]).size()
    assert len(counts) == 4
    assert set(counts) == {SMALL["trials"]}
    unpruned = trials[trials["trial"] == 0]
    assert len(set(unpruned["score"])) == 1
    assert list(best["accelerator"]) == ["dataflow_dense", "pass", "hass"] + ["hass"] * 4
    assert list(best["strategy"])[:3] == ["unpruned"] * 3
    for row in best.iloc[3:].to_dict("records"):
        search = trials[
            (trials["strategy"] == row["strategy"]) & (trials["search_seed"] == row["search_seed"])
        ]
        assert row["score"] == search["score"].max()
        at = search.loc[search["score"].idxmax()]
        measured = row["by_averages_dsp"], row["pair_sparsity"]  # a trial goes by averages
        assert measured == (at["dsp"], pytest.approx(at["pair_sparsity"]))
    assert not list(made.glob("*.journal*"))  # goes when all is written


def test_thresholds_are_written_as_the_scheme_takes_them(made: Path) -> None:
    for row in json.loads((made / "thresholds.json").read_text()):
        assert row["weights"].keys() == {"conv1", "conv2", "fc1", "fc2", "fc3"}
        assert all(0 <= value <= 1 for value in row["weights"].values())
        assert row["activations"]


@pytest.mark.slow  # starts PyTorch twice; test_engine.py has the like of it, fast
def test_two_workers_find_the_same_trials(
    made: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = command(checkpoint, tmp_path, "--workers", "2")
    call(monkeypatch, [argument for argument in arguments if argument not in ("random", "1")])
    alone, shared = (pd.read_csv(folder / "trials.csv") for folder in (made, tmp_path))
    search = alone[(alone["strategy"] == "hardware_aware") & (alone["search_seed"] == 0)]
    pd.testing.assert_frame_equal(shared, search.reset_index(drop=True), check_exact=True)


@pytest.mark.slow  # as above
def test_a_killed_run_goes_on_and_writes_the_same_bytes(
    made: Path, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = [sys.executable, "-m", "workflow.steps.search_thresholds"]
    process = subprocess.Popen(  # noqa: S603
        step + command(checkpoint, tmp_path), stderr=subprocess.DEVNULL, start_new_session=True
    )
    journal, deadline = tmp_path / ".trials.journal", time.monotonic() + 120
    while not journal.exists() or journal.read_bytes().count(b"\n") < 30:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "trials.csv").exists()
    Path(f"{journal}.lock").unlink(missing_ok=True)  # else Optuna waits half a minute
    call(monkeypatch, command(checkpoint, tmp_path))
    assert contents(tmp_path) == contents(made)


def test_trials_of_other_code_are_not_gone_on_with(checkpoint: Path, tmp_path: Path) -> None:
    subject = search_thresholds.SearchedNetwork("digits", "lenet5", checkpoint, None, SETTINGS)
    job = search_thresholds.Job(subject, ["random"], [0], "a", 1, tmp_path / "j")
    names = {
        job.study_name("random", 0),
        replace(job, code="b").study_name("random", 0),
        replace(job, workers=2).study_name("random", 0),
        job.study_name("random", 1),
        replace(job, subject=replace(subject, settings=replace(SETTINGS, trials=9))).study_name(
            "random", 0
        ),
    }
    assert len(names) == 4  # workers change nothing


def test_an_unknown_strategy_is_an_error(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = command(checkpoint, tmp_path)
    arguments[arguments.index("random")] = "blind"
    with pytest.raises(UserError, match="--strategies is 'blind'; expected one of hardware_aware"):
        call(monkeypatch, arguments)
