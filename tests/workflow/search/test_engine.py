import re
from functools import partial
from pathlib import Path

import pytest
from optuna.distributions import FloatDistribution
from optuna.samplers import BaseSampler, NSGAIISampler, TPESampler

from sim import UserError
from workflow.search.engine import (
    Evaluate,
    Outcome,
    Point,
    SearchPlan,
    finished,
    open_study,
    remove_journal,
    run_search,
)

RANGE = FloatDistribution(-1.0, 1.0)


class InterruptionError(Exception):
    pass


def score(point: Point) -> Outcome:
    value = (point["x"] - 0.3) ** 2 + abs(point["y"])
    return Outcome((value, point["x"]), {"product": point["x"] * point["y"]})


def single(point: Point) -> Outcome:
    outcome = score(point)
    return Outcome(outcome.values[:1], outcome.notes)


def begin(function: Evaluate) -> Evaluate:
    return function


def tpe(seed: int) -> BaseSampler:
    return TPESampler(seed=seed, n_startup_trials=3)


def genetic(seed: int) -> BaseSampler:
    return NSGAIISampler(seed=seed, population_size=4)


ONE = SearchPlan(
    name="toy",
    directions=("minimize",),
    distributions={"x": RANGE, "y": RANGE},
    sampler=tpe,
    seed=5,
    trials=14,
    round_size=3,
    first=({"x": 0.0, "y": 0.0},),
)
MANY = SearchPlan(
    name="toy",
    directions=("minimize", "maximize"),
    distributions={"x": RANGE, "y": RANGE},
    sampler=genetic,
    seed=5,
    trials=18,
    round_size=4,
    first=({"x": 0.5, "y": 0.5}, {"x": 0.25, "y": 0.0}),
)
CASES = [(ONE, single), (MANY, score)]


def seen(trials: list) -> list[tuple]:
    return [(dict(trial.params), trial.values, dict(trial.user_attrs)) for trial in trials]


def through(journal: Path, plan: SearchPlan, function: Evaluate, workers: int = 1) -> list[tuple]:
    return seen(run_search(journal, plan, partial(begin, function), workers))


@pytest.mark.parametrize(("plan", "function"), CASES)
def test_first_points_come_first_and_every_trial_keeps_values_and_notes(
    plan: SearchPlan, function: Evaluate, tmp_path: Path
) -> None:
    trials = through(tmp_path / "journal", plan, function)
    assert len(trials) == plan.trials
    assert [point for point, _, _ in trials[: len(plan.first)]] == list(plan.first)
    assert len({tuple(point.items()) for point, _, _ in trials}) > 0.9 * plan.trials
    for point, values, notes in trials:
        assert (tuple(values), notes) == (function(point).values, function(point).notes)


def test_later_points_are_better_than_those_before_the_model(tmp_path: Path) -> None:
    values = [values[0] for _, values, _ in through(tmp_path / "j", ONE, single)]
    assert min(values[6:]) < min(values[1:6])


@pytest.mark.parametrize(
    ("plan", "function"), [pytest.param(*CASES[0], marks=pytest.mark.slow), CASES[1]]
)
def test_number_of_workers_changes_nothing(
    plan: SearchPlan, function: Evaluate, tmp_path: Path
) -> None:
    alone = through(tmp_path / "alone", plan, function)
    assert through(tmp_path / "shared", plan, function, workers=2) == alone


def test_another_seed_gives_other_points(tmp_path: Path) -> None:
    other = SearchPlan(**{**vars(ONE), "seed": 6})
    assert through(tmp_path / "a", ONE, single)[1:] != through(tmp_path / "b", other, single)[1:]


@pytest.mark.parametrize(("plan", "function"), CASES)
def test_a_search_killed_again_and_again_ends_as_if_it_had_not_been(
    plan: SearchPlan, function: Evaluate, tmp_path: Path
) -> None:
    journal, evaluated = tmp_path / "journal", []

    def dying(point: Point) -> Outcome:
        if len(evaluated) % 3 == 2:  # after its point was proposed, before it is written
            evaluated.append(None)
            raise InterruptionError
        evaluated.append(point)
        return function(point)

    for _ in range(plan.trials):
        try:
            resumed = through(journal, plan, dying)
            break
        except InterruptionError:
            continue
    assert resumed == through(tmp_path / "whole", plan, function)
    assert sum(point is not None for point in evaluated) == plan.trials  # none evaluated twice


@pytest.mark.parametrize("killed_at", [1, 4, 8])
def test_a_round_killed_while_it_is_proposed_is_proposed_as_it_would_have_been(
    killed_at: int, tmp_path: Path
) -> None:
    journal, asked = tmp_path / "journal", []

    class Dying(TPESampler):
        def sample_relative(self, study, trial, search_space):  # type: ignore[no-untyped-def]
            asked.append(trial.number)
            if len(asked) == killed_at:
                raise InterruptionError
            return super().sample_relative(study, trial, search_space)

    plan = SearchPlan(**{**vars(ONE), "sampler": lambda seed: Dying(seed=seed, n_startup_trials=3)})
    with pytest.raises(InterruptionError):
        through(journal, plan, single)
    assert through(journal, ONE, single) == through(tmp_path / "whole", ONE, single)


@pytest.mark.parametrize("kept", [0.3, 0.62, 0.97])
def test_a_journal_cut_off_anywhere_is_gone_on_with(kept: float, tmp_path: Path) -> None:
    whole = through(tmp_path / "whole", ONE, single)
    content = (tmp_path / "whole").read_bytes()
    journal = tmp_path / "journal"
    journal.write_bytes(content[: int(kept * len(content))])
    assert through(journal, ONE, single) == whole


def test_finished_trials_are_not_evaluated_again(tmp_path: Path) -> None:
    first = through(tmp_path / "journal", ONE, single)

    def never(point: Point) -> Outcome:
        raise AssertionError(point)

    assert through(tmp_path / "journal", ONE, never) == first


def test_searches_of_different_names_share_no_trial(tmp_path: Path) -> None:
    through(tmp_path / "journal", ONE, single)
    other = SearchPlan(**{**vars(ONE), "name": "other"})
    assert finished(open_study(tmp_path / "journal", other)) == []


def test_a_failing_evaluation_in_a_worker_is_its_own_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such thing"):
        run_search(tmp_path / "j", ONE, partial(begin, refuse), workers=2)


def refuse(point: Point) -> Outcome:
    raise UserError("no such thing")


def test_progress_names_the_search_and_counts_to_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    through(tmp_path / "journal", ONE, single)
    text = capsys.readouterr().err
    assert "search toy" in text
    assert re.search(r"14/14", text)


def test_impossible_plans_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="round_size"):
        SearchPlan(**{**vars(ONE), "round_size": 0})
    with pytest.raises(UserError, match="3 first points, but only 2 trials"):
        SearchPlan(**{**vars(ONE), "trials": 2, "first": ({}, {}, {})})
    with pytest.raises(UserError, match="workers"):
        run_search(tmp_path / "j", ONE, partial(begin, single), workers=0)


def test_a_file_that_is_no_journal_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("tau,score\n1,2\n")
    with pytest.raises(UserError, match=r"journal: not a journal of trials .*delete it"):
        through(tmp_path / "journal", ONE, single)


def test_constraints_steer_a_genetic_search(tmp_path: Path) -> None:
    def low(point: Point) -> Outcome:
        outcome = score(point)
        return Outcome(outcome.values, outcome.notes, {"y": point["y"] + 0.2})

    plan = SearchPlan(**{**vars(MANY), "trials": 24})
    free, constrained = (
        through(tmp_path / name, plan, function)[8:]
        for name, function in (("free", score), ("constrained", low))
    )
    allowed = [sum(p["y"] <= -0.2 for p, _, _ in trials) for trials in (free, constrained)]
    assert allowed[1] > allowed[0] + 4


def test_given_first_points_belong_to_the_first_generation(tmp_path: Path) -> None:
    plan = SearchPlan(**{**vars(MANY), "trials": 8})
    trials = run_search(tmp_path / "journal", plan, partial(begin, score))
    generations = [trial.system_attrs["NSGAIISampler:generation"] for trial in trials]
    assert generations == [0] * 4 + [1] * 4


def test_a_removed_journal_leaves_no_lock_of_a_killed_run(tmp_path: Path) -> None:
    journal, other = tmp_path / ".a.journal", tmp_path / ".ab.journal"
    for path in (journal, other):
        path.touch()
    for name in (".a.journal.lock", ".a.journal.lock0-1.rename"):
        (tmp_path / name).symlink_to(tmp_path / "gone")
    remove_journal(journal)
    assert list(tmp_path.iterdir()) == [other]
