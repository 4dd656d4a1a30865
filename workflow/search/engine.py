"""Trials of a search with Optuna: seeded, resumable, shared by worker processes through a journal.

Points are proposed in rounds of a fixed size. All points of a round are proposed before the first
of them is evaluated, each by a sampler that is seeded anew from the search's seed and the number of
the trial. What is proposed thus follows from the scores of the earlier rounds alone: the same plan
gives the same trials with any number of workers, in whatever order they finish, and after any
interruption. The size of a round is part of the plan: another one is another search.

An interrupted search loses at most the evaluations that were under way: finished trials are in the
journal, proposed ones are evaluated when the search goes on.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial
from tqdm import tqdm

from sim.errors import UserError
from sim.validation import require_positive

Point = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What evaluating a point gives.

    Attributes:
        values: one per direction of the plan.
        notes: kept with the trial as its user attributes; plain JSON values.
        constraints: by name; above 0 is how far the point is from being allowed. Samplers that
            know constraints (NSGA-II) prefer allowed points.
    """

    values: tuple[float, ...]
    notes: Mapping[str, Any]
    constraints: Mapping[str, float] = field(default_factory=dict)


Evaluate = Callable[[Point], Outcome]


@dataclass(frozen=True, kw_only=True)
class SearchPlan:
    """What decides every trial of a search, but for what an evaluation gives.

    Attributes:
        name: of the study in its journal. It must change with whatever makes earlier trials
            wrong: settings, weights, code.
        directions: "maximize" or "minimize", one per value.
        distributions: what may be chosen, by parameter.
        sampler: makes a sampler from a seed; called for every trial.
        seed: of the search.
        trials: points to evaluate, `first` included.
        round_size: points proposed together, and the most that can be evaluated at once.
        first: points to evaluate before any is proposed.

    Raises:
        UserError: a count is below 1, or `first` has more points than there are trials.
    """

    name: str
    directions: tuple[Literal["minimize", "maximize"], ...]
    distributions: Mapping[str, BaseDistribution]
    sampler: Callable[[int], BaseSampler]
    seed: int
    trials: int
    round_size: int
    first: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        require_positive(trials=self.trials, round_size=self.round_size)
        if len(self.first) > self.trials:
            raise UserError(
                f"{len(self.first)} first points, but only {self.trials} trials; expected as many"
            )

    def sampler_of(self, number: int) -> BaseSampler:
        """The sampler that proposes one trial."""
        seed = int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])
        sampler = self.sampler(seed)
        return _Fixed(self.first[number], sampler) if number < len(self.first) else sampler


class _Fixed(BaseSampler):
    """Proposes a given point, but lets another sampler keep its books on it (generations)."""

    def __init__(self, point: Point, sampler: BaseSampler) -> None:
        self._point = point
        self._sampler = sampler

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Nothing: every parameter is proposed by itself."""
        return {}

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Nothing; the other sampler's proposal is dropped."""
        space = self._sampler.infer_relative_search_space(study, trial)
        self._sampler.sample_relative(study, trial, space)
        return {}

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, name: str, range_: BaseDistribution
    ) -> Any:
        """The point's value of a parameter."""
        return self._point[name]


def run_search(
    journal: Path, plan: SearchPlan, start: Callable[[], Evaluate], workers: int = 1
) -> list[FrozenTrial]:
    """Evaluate what is left of a plan, with progress on the standard error output.

    Args:
        journal: file of all trials so far; made if it does not exist.
        plan: what to search.
        start: makes the function that evaluates a point. With several workers it runs once in
            each of them and must survive pickling: a function of a module, or a `partial` of one.
        workers: processes that evaluate; 1 = this one.

    Returns:
        The trials in the order in which they were proposed, `first` first.

    Raises:
        UserError: the journal cannot be read, or `workers` is below 1.
    """
    require_positive(workers=workers)
    study = open_study(journal, plan)
    bar = progress(plan.name, plan.trials)
    with bar, _evaluators(journal, plan, study, start, workers) as evaluate_all:
        while len(finished(study)) < plan.trials:
            _propose_round(study, plan)
            bar.update(len(finished(study)) - bar.n)
            waiting = [trial.number for trial in _running(study)]
            for _ in evaluate_all(waiting):
                bar.update()
        bar.update(len(finished(study)) - bar.n)
    return finished(study)


def progress(name: str, trials: int) -> "tqdm[NoReturn]":
    """The bar of a search, on the standard error output."""
    return tqdm(total=trials, desc=f"search {name}", unit="trial", file=sys.stderr, mininterval=1)


def open_study(journal: Path, plan: SearchPlan) -> optuna.Study:
    """The plan's study in a journal; what an interruption left half written is taken back.

    Raises:
        UserError: not a journal.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    journal.parent.mkdir(parents=True, exist_ok=True)
    _drop_torn_line(journal)
    try:
        return optuna.create_study(
            study_name=plan.name,
            storage=_storage(journal),
            directions=list(plan.directions),
            load_if_exists=True,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{journal}: not a journal of trials ({error}); delete it") from error


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """Evaluated trials in the order in which they were proposed."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def remove_journal(journal: Path) -> None:
    """Remove the journal of a finished search, and what killed runs left of its locks."""
    for lock in journal.parent.glob(f"{journal.name}.lock*"):
        lock.unlink(missing_ok=True)
    journal.unlink(missing_ok=True)


def _storage(journal: Path) -> JournalStorage:
    return JournalStorage(JournalFileBackend(str(journal)))


def _drop_torn_line(journal: Path) -> None:
    content = journal.read_bytes() if journal.exists() else b""
    if content and not content.endswith(b"\n"):
        with journal.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)


def _running(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))


def _propose_round(study: optuna.Study, plan: SearchPlan) -> None:
    """Propose until the current round is full; a round that is full already stays as it is.

    A round that an interruption left half proposed has no finished trial, so that the rest of it
    is proposed from what its first points were proposed from.
    """
    known = study.get_trials(deepcopy=False)
    begun = len(known)
    full = min(-(-max(begun, 1) // plan.round_size) * plan.round_size, plan.trials)
    if begun == full and not _running(study):
        full = min(full + plan.round_size, plan.trials)
    # Proposed in memory and written whole: a journal is synced to disk with every parameter.
    scratch = optuna.create_study(directions=list(plan.directions))
    scratch.add_trials(known)
    for number in range(begun, full):
        scratch.sampler = plan.sampler_of(number)
        scratch.ask(dict(plan.distributions))
        proposed = scratch.get_trials(deepcopy=False)[number]
        study.add_trial(
            create_trial(
                state=TrialState.RUNNING,
                params=proposed.params,
                distributions=proposed.distributions,
                system_attrs=proposed.system_attrs,
            )
        )


def _evaluate_trial(study: optuna.Study, evaluate: Evaluate, number: int) -> None:
    """Evaluate a proposed point and write what it gives to the journal."""
    proposed = study.get_trials(deepcopy=False)[number]
    outcome = evaluate(proposed.params)
    trial = Trial(study, proposed._trial_id)
    for key, value in outcome.notes.items():
        trial.set_user_attr(key, value)
    for key, value in outcome.constraints.items():
        trial.set_constraint(key, value)
    study.tell(trial, list(outcome.values), skip_if_finished=True)


EvaluateAll = Callable[[Sequence[int]], Iterator[None]]


@contextmanager
def _evaluators(
    journal: Path,
    plan: SearchPlan,
    study: optuna.Study,
    start: Callable[[], Evaluate],
    workers: int,
) -> Iterator[EvaluateAll]:
    """What evaluates the trials of these numbers, one item per trial done."""
    if workers == 1:
        evaluate = start()

        def here(numbers: Sequence[int]) -> Iterator[None]:
            for number in numbers:
                _evaluate_trial(study, evaluate, number)
                yield

        yield here
        return
    begin = partial(_begin_worker, journal, plan.name, start)
    # torch does not survive a fork
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=begin)

    def there(numbers: Sequence[int]) -> Iterator[None]:
        for future in as_completed([pool.submit(_work, number) for number in numbers]):
            yield future.result()

    try:
        yield there
    finally:
        pool.shutdown(cancel_futures=True)


_worker: list[Callable[[int], None]] = []
"""What this process does with a trial's number, if it is a worker."""


def _begin_worker(journal: Path, name: str, start: Callable[[], Evaluate]) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.load_study(study_name=name, storage=_storage(journal))
    _worker.append(partial(_evaluate_trial, study, start()))


def _work(number: int) -> None:
    _worker[0](number)
