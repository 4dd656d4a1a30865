from pathlib import Path
from typing import get_args

import pytest
import torch
from torch import nn

from models.compression.repair.agreement import logits
from sim.errors import UserError
from tests.models.imagenet.small_checkpoint import NETWORK, draw_pictures, small_settings
from tests.workflow.search.agreement.toy_bench import toy_bench, toy_trial
from workflow.search.agreement.choice import BudgetPoint, FittedAnswers, on_bench, within_budgets
from workflow.search.agreement.trials import BudgetMethod

METHODS = get_args(BudgetMethod)
BUDGETS = [0.0, 20.0]


@pytest.fixture(scope="module", params=METHODS)
def points(request: pytest.FixtureRequest) -> list[BudgetPoint]:
    return list(on_bench(toy_bench(), toy_trial(request.param), BUDGETS))


@pytest.mark.parametrize("method", METHODS)
def test_the_budget_holds_where_it_is_chosen_and_nothing_further_was_allowed(
    method: BudgetMethod,
) -> None:
    bench, trial = toy_bench(), toy_trial(method)
    (point,) = on_bench(bench, trial, [5.0])
    answers = logits(bench.dense.module, bench.fitted).argmax(1)

    def same(module: nn.Module) -> int:
        return int((logits(module, bench.fitted).argmax(1) == answers).sum())

    assert point.fitted_same == trial.evaluate(point.setting, same)[0] >= 19
    step = list(trial.ladder).index(point.setting)
    assert 0 < step < len(trial.ladder) - 1
    assert trial.evaluate(trial.ladder[step + 1], same)[0] < 19


def test_no_budget_costs_no_answer_and_a_budget_prunes_further(points: list[BudgetPoint]) -> None:
    none, some = points
    assert none.fitted_same == none.fitted_views == 20
    assert none.fitted_pictures == 10
    assert none.before == some.before
    assert none.after.zero_percent < some.after.zero_percent
    assert some.after.macs_left_percent < none.before.macs_left_percent
    assert none.setting.keys() == some.setting.keys()


@pytest.mark.parametrize("method", METHODS)
def test_what_judges_does_not_choose(method: BudgetMethod) -> None:
    (first,), (other,) = (
        list(on_bench(bench, toy_trial(method), [20.0]))
        for bench in (toy_bench(), toy_bench(judged=5, seed=8))
    )
    assert (first.setting, first.fitted_same) == (other.setting, other.fitted_same)
    assert (first.judgement.agreement.images, other.judgement.agreement.images) == (12, 5)
    assert first.after != other.after  # zeros are those of the pictures that judge


def test_views_are_run_until_no_budget_holds() -> None:
    bench = toy_bench()
    module = bench.dense.module
    fitted = FittedAnswers(module, bench.fitted, 10)
    assert (fitted.least(0), fitted.least(10), fitted.least(9.9)) == (20, 18, 19)
    assert fitted.same(module) == 20
    runs: list[int] = []

    class Opposite(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            runs.append(len(x))
            scores: torch.Tensor = module(x)
            return -scores

    assert fitted.same(Opposite()) == 0
    assert runs == [8]


@pytest.mark.slow  # a network of full depth
def test_a_trained_network_and_its_pictures_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    draw_pictures(folder)
    settings = small_settings(folder).varied(fitted_views=1, judged_views=1)
    (point,) = within_budgets(NETWORK, "activation_bounds", settings, [100.0])
    assert (point.fitted_pictures, point.fitted_views) == (5, 5)  # every second of six, and two
    assert point.judgement.labelled == 3
    assert min(point.setting.values()) == 1


def test_what_is_no_budget_or_method_is_named(tmp_path: Path) -> None:
    settings = small_settings(tmp_path / "none")
    with pytest.raises(UserError, match="budget of 101 points; expected 0 to 100"):
        list(within_budgets(NETWORK, "spex_thresholds", settings, [101]))
    with pytest.raises(UserError, match="method is 'spex'"):
        list(within_budgets(NETWORK, "spex", settings, [1]))  # type: ignore[arg-type]
