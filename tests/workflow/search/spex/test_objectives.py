from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from torch import nn

from models.compression.blocks.rule import BlockRule
from models.compression.schemes.blockwise import Blockwise
from models.trials.block_pruned import (
    BlockEvaluation,
    BlockPrunedNetwork,
    LayerBlocks,
)
from models.trials.level_profile import LevelProfile
from sim.errors import UserError
from tests.models.toy import toy, toy_images
from workflow.search.engine import Outcome, Point, run_search
from workflow.search.spex import run as spex_run
from workflow.search.spex.greedy import constants, furthest_allowed, greedy
from workflow.search.spex.objectives import judged, ladder, plan, savings
from workflow.search.spex.run import (
    STRATEGIES,
    BlockSearch,
    JudgedNetwork,
    front,
    run_spex,
    thresholds_text,
)
from workflow.search.spex.settings import SpexSettings

SETTINGS = SpexSettings(trials=14, population=5, block=(4, 4), budget_points=30.0)


class InterruptionError(Exception):
    pass


def subject() -> JudgedNetwork:
    images, held_out = toy_images(24, seed=3), toy_images(40, seed=4)

    def agreement(on: torch.Tensor) -> spex_run.Accuracy:
        with torch.no_grad():
            expected = toy()(on).argmax(1)

        def percent(module: nn.Module) -> float:
            with torch.no_grad():
                return 100 * float((module(on).argmax(1) == expected).float().mean())

        return percent

    network = BlockPrunedNetwork(toy(), SETTINGS.rule, images, agreement(images))
    return JudgedNetwork(network, agreement(held_out))


def search(folder: Path, strategy: str = "nsga2", **changed: object) -> BlockSearch:
    settings = SpexSettings(**{**vars(SETTINGS), **changed})  # type: ignore[arg-type]
    return BlockSearch(
        suite="toys",
        network="toy",
        strategy=strategy,
        settings=settings,
        make=subject,
        journal=folder / "journal",
        study=strategy,
    )


class Line:
    """Accuracy falls and blocks vanish in proportion to the thresholds; b is twice as dear."""

    names = ("a", "b")

    def evaluate(self, thresholds: Mapping[str, float]) -> BlockEvaluation:
        a, b = thresholds["a"], thresholds["b"]
        blocks = (LayerBlocks("a", 10, 100, 0.0, 100 * a), LayerBlocks("b", 10, 100, 0.0, 100 * b))
        return BlockEvaluation(90 - 10 * a - 20 * b, blocks)


def test_savings_weigh_blocks_by_their_filters() -> None:
    saved = savings([LayerBlocks("a", 30, 10, 1.0, 4.0), LayerBlocks("b", 10, 10, 0.0, 1.0)])
    assert saved.saved_macs_percent == pytest.approx(100 * (5 * 30 + 1 * 10) / 400)
    assert saved.saved_transfers_percent == pytest.approx(100 * 6 / 20)
    assert saved.created_blocks_percent == pytest.approx(100 * 5 / 20)
    assert (saved.created_blocks, saved.blocks) == (5.0, 20)


def test_a_trial_is_judged_by_loss_beyond_the_budget() -> None:
    evaluate = judged(Line().evaluate, SpexSettings(budget_points=2.0), 90.0)
    outcome = evaluate({"a": 30, "b": 0})
    assert outcome.values == (pytest.approx(87.0), pytest.approx(15.0))
    assert outcome.constraints == {"lost_points": pytest.approx(1.0)}


def test_ladder_goes_from_nothing_to_the_highest_rung_in_constants() -> None:
    rungs = ladder(("a", "b"), SpexSettings(population=4, highest_rung=0.6))
    assert [(p["a"], p["b"]) for p in rungs] == [(0, 0), (20, 20), (40, 40), (60, 60)]


@pytest.mark.parametrize("random", [False, True])
def test_levels_are_whole_and_the_plan_begins_with_the_ladder(tmp_path: Path, random: bool) -> None:
    settings = SpexSettings(trials=30, population=6, budget_points=5)
    search_plan = plan("s", Line.names, settings, random=random)
    trials = run_search(
        tmp_path / "j", search_plan, lambda: judged(Line().evaluate, settings, 90.0)
    )
    assert [dict(t.params) for t in trials[:6]] == list(ladder(Line.names, settings))
    drawn = [t.params[name] for t in trials[6:] for name in Line.names]
    assert all(isinstance(level, int) and 0 <= level <= 100 for level in drawn)
    assert len(set(drawn)) > 15


def test_genetic_search_finds_more_within_the_budget_than_constants(tmp_path: Path) -> None:
    settings = SpexSettings(trials=48, population=8, budget_points=3, seed=1)
    search_plan = plan("s", Line.names, settings)
    trials = run_search(
        tmp_path / "j", search_plan, lambda: judged(Line().evaluate, settings, 90.0)
    )
    allowed = [t.values[1] for t in trials if t.constraints["lost_points"] <= 0]
    assert max(allowed) > 12, "a constant of 0.1 saves 10 % and loses 3 points"


def profile(name: str, zero: list[float], lost: list[float], filters: int = 1) -> LevelProfile:
    return LevelProfile(name, filters, np.array(zero), np.array(lost))


def test_greedy_raises_what_loses_least_for_what_it_saves() -> None:
    cheap = profile("cheap", [0, 4, 5], [0.0, 0.04, 0.4])
    dear = profile("dear", [0, 1, 2], [0.0, 0.1, 0.25])
    pairs = [(p["cheap"], p["dear"]) for p in greedy([dear, cheap], by_macs=True)]
    assert pairs == [(0, 0), (1, 0), (1, 1), (1, 2), (2, 2)]
    heavy = profile("dear", [0, 1, 2], [0.0, 0.1, 0.25], filters=100)
    assert greedy([heavy, cheap], by_macs=True)[1] == {"dear": 1, "cheap": 0}
    assert greedy([heavy, cheap], by_macs=False)[1] == {"dear": 0, "cheap": 1}


def test_greedy_skips_levels_off_the_hull_and_those_that_save_nothing() -> None:
    bumpy = profile("a", [0, 0, 1, 10], [0.0, 0.0, 0.3, 0.4])  # level 3 is cheaper per block
    assert greedy([bumpy], by_macs=True) == [{"a": 0}, {"a": 3}]


def test_bisection_finds_the_last_allowed_point_in_few_evaluations() -> None:
    asked: list[int] = []

    def evaluate(point: Point) -> Outcome:
        asked.append(point["a"])
        return Outcome((0.0, 0.0), {}, {"lost_points": point["a"] - 37.0})

    seen = furthest_allowed("x", constants(("a",), 100), evaluate, below=2)
    allowed = [p["a"] for p, outcome in seen if outcome.constraints["lost_points"] <= 0]
    assert max(allowed) == 37
    assert {0, 12, 24} <= set(allowed), "and some before it"
    assert len(asked) == len(set(asked)) <= 11


def test_progress_of_a_bisection_names_the_search_and_counts_to_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def evaluate(point: Point) -> Outcome:
        return Outcome((0.0, 0.0), {}, {"lost_points": point["a"] - 5.0})

    seen = furthest_allowed("resnet greedy", constants(("a",), 100), evaluate)
    text = capsys.readouterr().err
    assert "search resnet greedy:   0%" in text
    assert "0/16" in text, "at most: the first, 7 halvings, 8 below"
    assert f"100%|██████████| {len(seen)}/{len(seen)}" in text


def test_front_keeps_what_nothing_beats_and_one_of_equals() -> None:
    accuracy, saving = [90.0, 89.0, 88.0, 88.5, 90.0], [0.0, 5.0, 4.0, 6.0, 0.0]
    assert front(accuracy, saving) == [True, True, False, True, False]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_search_ends_in_thresholds_that_keep_the_budget_on_held_out_images(
    tmp_path: Path, strategy: str
) -> None:
    table, content = run_spex(search(tmp_path, strategy))
    row = table.loc[content["trial"]]
    measured = table.dropna(subset=["held_out_lost_points"])
    kept = measured[measured["held_out_lost_points"] <= SETTINGS.budget_points]
    assert row["saved_macs_percent"] == kept["saved_macs_percent"].max()
    if strategy != "random":
        assert row["saved_macs_percent"] > table.loc[0, "saved_macs_percent"]
    assert set(measured.index) == set(table.index[table["on_front"] & table["allowed"]]) | {0}
    judged_network = subject()
    again = judged_network.network.evaluate(content["thresholds"], judged_network.held_out)
    assert again.accuracy_percent == row["held_out_accuracy_percent"]
    path = tmp_path / "thresholds.yaml"
    path.write_text(thresholds_text(content))
    scheme = Blockwise(thresholds_file=str(path)).with_thresholds_read()
    assert scheme.rule == BlockRule(4, 4)
    assert dict(scheme.thresholds) == yaml.safe_load(path.read_text())["thresholds"]


def test_a_killed_search_goes_on_and_ends_in_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, content = run_spex(search(tmp_path / "whole"))
    evaluations = 0
    evaluate = BlockPrunedNetwork.evaluate

    def dying(self: BlockPrunedNetwork, *arguments: object) -> BlockEvaluation:
        nonlocal evaluations
        evaluations += 1
        if evaluations in (4, 9, 15):
            raise InterruptionError
        return evaluate(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(BlockPrunedNetwork, "evaluate", dying)
    for _ in range(3):
        with pytest.raises(InterruptionError):
            run_spex(search(tmp_path / "killed"))
    before = evaluations
    table, again = run_spex(search(tmp_path / "killed"))
    assert table.equals(expected)
    assert again == content
    lost = 14 - (3 + 3 + 4)  # what the three interrupted runs had finished
    measured = int(table["held_out_lost_points"].notna().sum())
    assert evaluations - before == 1 + lost + measured, "no trial twice"


def test_settings_out_of_range_are_named() -> None:
    for settings, message in [
        ({"block": [3, 3]}, "block is 3x3"),
        ({"block": 8}, "block is 8"),
        ({"criterion": "sum"}, "criterion is 'sum'"),
        ({"saving": "money"}, "saving is 'money'; expected one of macs"),
        ({"budget_points": -1}, "budget_points is -1"),
        ({"trials": 0}, "trials is 0"),
        ({"population": 1}, "population is 1"),
        ({"highest_rung": 2}, "highest_rung is 2"),
    ]:
        with pytest.raises(UserError, match=message):
            SpexSettings(**settings)  # type: ignore[arg-type]


def test_unknown_strategies_and_corrupt_journals_are_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="strategy is 'tpe'; expected one of nsga2"):
        search(tmp_path, "tpe")
    (tmp_path / "journal").write_text("no journal\n")
    with pytest.raises(UserError, match="not a journal of trials"):
        run_spex(search(tmp_path))
