"""Running one Spex search from a network to its table of trials and its chosen thresholds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from models.training import repeatable
from models.trials.block_pruned import Accuracy, BlockEvaluation, BlockPrunedNetwork
from sim.validation import require_choice
from workflow.search.engine import Evaluate, Outcome, Point, run_search
from workflow.search.spex.greedy import constants, furthest_allowed, greedy
from workflow.search.spex.objectives import (
    FIGURES,
    Measure,
    judged,
    plan,
    savings,
)
from workflow.search.spex.settings import SpexSettings

STRATEGIES = ("nsga2", "nsga2_from_greedy", "random", "greedy", "constant")
PROFILE_IMAGES = 256
"""Images on which the greedy choice prices its steps."""


@dataclass(frozen=True, eq=False)
class JudgedNetwork:
    """A network whose thresholds are searched, and who judges it.

    Attributes:
        network: judged on the samples, which guide the search.
        held_out: judges on all images that were kept out of training.
    """

    network: BlockPrunedNetwork
    held_out: Accuracy


@dataclass(frozen=True, kw_only=True)
class BlockSearch:
    """One search of block thresholds: where, by which strategy, how long.

    Attributes:
        suite, network: of the subject; columns of the table.
        strategy: one of STRATEGIES.
        settings: of the search.
        make: makes the subject; with several workers it runs in each of them and must survive
            pickling.
        journal: file that an interrupted search goes on from.
        study: name in the journal; it must change with the weights, the settings and the code.

    Raises:
        UserError: no such strategy.
    """

    suite: str
    network: str
    strategy: str
    settings: SpexSettings
    make: Callable[[], JudgedNetwork]
    journal: Path
    study: str

    def __post_init__(self) -> None:
        require_choice("strategy", self.strategy, STRATEGIES)


@dataclass(frozen=True)
class _Trial:
    point: Point
    outcome: Outcome


def run_spex(search: BlockSearch) -> tuple[pd.DataFrame, dict[str, Any]]:
    """All trials, and the thresholds to use.

    The points that nothing allowed beats (the Pareto front) are measured again on all held-out
    images, for samples that the network was trained on flatter it. The thresholds to use are those
    of the front's point that saves most and loses no more than the budget there.

    Returns:
        One row per trial, and the content of a thresholds file.
    """
    settings = search.settings
    with repeatable(settings.seed, settings.threads):
        subject = search.make()
        measure = _remembering(subject.network.evaluate)
        base = measure(dict.fromkeys(subject.network.names, 0.0))
        trials = _trials(search, subject.network, measure, base.accuracy_percent)
        table = _table(search, trials, base.accuracy_percent)
        _measure_front(table, trials, subject, settings)
        index = _best_row(table, settings)
        row = {str(name): value for name, value in table.loc[index].items()}
        return table, _content(row, settings.thresholds(trials[index].point))


def _trials(
    search: BlockSearch, network: BlockPrunedNetwork, measure: Measure, base_percent: float
) -> list[_Trial]:
    settings = search.settings
    evaluate = judged(measure, settings, base_percent)
    if search.strategy == "constant":
        points = constants(network.names, settings.levels)
        return [_Trial(*pair) for pair in furthest_allowed(search.study, points, evaluate)]
    first = None
    if search.strategy in ("greedy", "nsga2_from_greedy"):
        profiles = network.profiles(settings.step, settings.levels, PROFILE_IMAGES)
        points = greedy(profiles, by_macs=settings.saving == "macs")
        trials = [_Trial(*pair) for pair in furthest_allowed(search.study, points, evaluate)]
        if search.strategy == "greedy":
            return trials
        first = tuple(trial.point for trial in trials)[: settings.trials]
    random = search.strategy == "random"
    search_plan = plan(search.study, network.names, settings, first=first, random=random)
    elsewhere = partial(_evaluator, search.make, settings, base_percent)
    start = (lambda: evaluate) if settings.workers == 1 else elsewhere
    return [
        _Trial(dict(t.params), Outcome(tuple(t.values), t.user_attrs, t.constraints))
        for t in run_search(search.journal, search_plan, start, settings.workers)
    ]


def _remembering(measure: Measure) -> Measure:
    """The same function, which measures no thresholds twice."""
    known: dict[tuple[tuple[str, float], ...], BlockEvaluation] = {}

    def look_up(thresholds: Mapping[str, float]) -> BlockEvaluation:
        key = tuple(sorted(thresholds.items()))
        if key not in known:
            known[key] = measure(thresholds)
        return known[key]

    return look_up


def _evaluator(make: Callable[[], JudgedNetwork], settings: SpexSettings, base: float) -> Evaluate:
    """What a worker process evaluates with."""
    return judged(make().network.evaluate, settings, base)


def front(accuracy: Sequence[float], saving: Sequence[float]) -> list[bool]:
    """Which points no other beats in one objective without losing in the other.

    Of equal points only the first is in.
    """
    order = sorted(range(len(accuracy)), key=lambda i: (-saving[i], -accuracy[i], i))
    best, on_front = float("-inf"), [False] * len(accuracy)
    for index in order:
        if accuracy[index] > best:
            best, on_front[index] = accuracy[index], True
    return on_front


def _table(search: BlockSearch, trials: Sequence[_Trial], base_percent: float) -> pd.DataFrame:
    settings = search.settings
    rows = [
        {
            "suite": search.suite,
            "network": search.network,
            "block": settings.rule.name,
            "criterion": settings.criterion,
            "saving": settings.saving,
            "strategy": search.strategy,
            "budget_points": settings.budget_points,
            "trial": number,
            "lost_points": base_percent - trial.outcome.values[0],
            **trial.outcome.notes,
            "allowed": all(value <= 0 for value in trial.outcome.constraints.values()),
        }
        for number, trial in enumerate(trials)
    ]
    table = pd.DataFrame(rows)
    values = [trial.outcome.values for trial in trials]
    table["on_front"] = front([v[0] for v in values], [v[1] for v in values])
    return table


def _measure_front(
    table: pd.DataFrame, trials: Sequence[_Trial], subject: JudgedNetwork, settings: SpexSettings
) -> None:
    """Add what the front's allowed points and the unpruned network give on held-out images.

    The first trial of every strategy is the unpruned network.
    """
    wanted = (table["on_front"] & table["allowed"]) | (table["trial"] == 0)
    measured = {
        index: subject.network.evaluate(settings.thresholds(trial.point), subject.held_out)
        for index, trial in enumerate(trials)
        if wanted[index]
    }
    for index, evaluation in measured.items():
        percent = evaluation.accuracy_percent
        table.loc[index, "held_out_accuracy_percent"] = percent
        table.loc[index, "held_out_lost_points"] = measured[0].accuracy_percent - percent
        for name, value in asdict(savings(evaluation.layers)).items():
            if name != "blocks":
                table.loc[index, f"held_out_{name}"] = value


def _best_row(table: pd.DataFrame, settings: SpexSettings) -> int:
    """Index of the row that saves most within the budget on the held-out images.

    There is one: the unpruned network.
    """
    kept = table[table["held_out_lost_points"] <= settings.budget_points]
    saved = kept[FIGURES[settings.saving]].to_numpy()
    return int(kept["trial"].to_numpy()[saved.argmax()])


def _content(row: Mapping[str, Any], thresholds: dict[str, float]) -> dict[str, Any]:
    width, height = (int(edge) for edge in str(row["block"]).split("x"))
    numbers = ["lost_points", "held_out_lost_points", "held_out_saved_macs_percent"]
    return {
        "suite": str(row["suite"]),
        "network": str(row["network"]),
        "strategy": str(row["strategy"]),
        "trial": int(row["trial"]),
        **{name: round(float(row[name]), 4) for name in numbers},
        "block": [width, height],
        "criterion": str(row["criterion"]),
        "unit": "mean magnitude of the convolution's input",
        "thresholds": {name: round(value, 10) for name, value in thresholds.items()},
    }


def thresholds_text(content: dict[str, Any]) -> str:
    """A thresholds file, which the scheme `blockwise` reads."""
    return yaml.safe_dump(content, sort_keys=False)
