"""Search the thresholds of one trained network on one board: HASS's way and its controls.

Writes every trial, the best point of every search with its hardware and test accuracy, and the
thresholds. An interrupted run goes on from its journal, a hidden file beside the trials that is
removed at the end; what decides the trials is in `workflow.search.engine`.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from optuna.trial import FrozenTrial

from models.trials.thresholded import LayerThresholds
from sim.validation import require_choice
from workflow.cli import run, settings, whole_file
from workflow.search.engine import remove_journal, run_search
from workflow.search.hass.bench import UNPRUNED, Bench, SearchedNetwork, begin, evaluator
from workflow.search.hass.designs import CONFIGURATIONS, SUBJECT, efficiency, rates
from workflow.search.hass.objective import Figures, Objective
from workflow.search.hass.settings import SearchSettings
from workflow.search.hass.space import STRATEGIES, ThresholdSearch
from workflow.tabling.shared import write_table

Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """All searches of one network.

    Attributes:
        code: digest of the code, so that trials of other code are not gone on with.
        workers: processes; changes no result.
    """

    subject: SearchedNetwork
    strategies: Sequence[str]
    seeds: Sequence[int]
    code: str
    workers: int
    journal: Path

    def study_name(self, strategy: str, seed: int) -> str:
        """Changes with anything that would make trials of an earlier journal wrong."""
        subject = self.subject
        parts = [self.code, subject.suite, subject.network, asdict(subject.settings)]
        total = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
        total.update(subject.checkpoint.read_bytes())
        return f"{subject.network} {strategy} {seed} {total.hexdigest()[:8]}"


@dataclass(frozen=True)
class SearchResult:
    """A finished search with its trials."""

    strategy: str
    seed: int
    search: ThresholdSearch
    trials: list[FrozenTrial]

    @property
    def best(self) -> FrozenTrial:
        """The trial with the highest score, the first of equals."""
        return max(self.trials, key=lambda trial: float(trial.value or 0))


def searches(job: Job, bench: Bench) -> Iterator[SearchResult]:
    """Run what is left of every search."""
    for strategy in job.strategies:
        search = ThresholdSearch(job.subject.settings, STRATEGIES[strategy], bench.space)
        if job.workers > 1:
            start = partial(begin, job.subject, search.strategy)
        else:
            start = partial(evaluator, bench, search)
        for seed in job.seeds:
            plan = search.plan(job.study_name(strategy, seed), seed)
            yield SearchResult(
                strategy, seed, search, run_search(job.journal, plan, start, job.workers)
            )


def trial_rows(job: Job, base: Figures, result: SearchResult) -> list[Row]:
    """A row per trial in the order of proposal; trial 0 is the unpruned network."""
    full = Objective(job.subject.settings, base)
    rows = []
    for number, trial in enumerate(result.trials):
        figures = Figures(**trial.user_attrs)
        rows.append(
            _keys(job, result)
            | {"trial": number, "score": full(figures), "own_score": trial.value}
            | asdict(figures)
            | {"within_accuracy_limit": full.within(figures)}
        )
    return rows


def best_row(job: Job, bench: Bench, result: SearchResult) -> Row:
    """The best point: its accuracies and its HASS design."""
    trial, full = result.best, Objective(job.subject.settings, bench.base)
    figures = Figures(**trial.user_attrs)
    thresholds = result.search.space.thresholds(trial.params)
    shared = _keys(job, result) | {
        "score": full(figures),
        "sample_accuracy_percent": figures.accuracy_percent,
        "base_sample_accuracy_percent": bench.base.accuracy_percent,
        "test_accuracy_percent": bench.test_accuracy_percent(thresholds),
        "base_test_accuracy_percent": bench.base_test_accuracy_percent,
    }
    (row,) = _design_rows(bench, thresholds, [SUBJECT])
    return shared | row


def unpruned_rows(job: Job, bench: Bench) -> list[Row]:
    """The unpruned network with each configuration."""
    shared = {
        "suite": job.subject.suite,
        "network": job.subject.network,
        "strategy": "unpruned",
        "score": Objective(job.subject.settings, bench.base)(bench.base),
        "sample_accuracy_percent": bench.base.accuracy_percent,
        "base_sample_accuracy_percent": bench.base.accuracy_percent,
        "test_accuracy_percent": bench.base_test_accuracy_percent,
        "base_test_accuracy_percent": bench.base_test_accuracy_percent,
    }
    return [shared | row for row in _design_rows(bench, UNPRUNED, CONFIGURATIONS)]


def _design_rows(bench: Bench, thresholds: LayerThresholds, names: Sequence[str]) -> list[Row]:
    return [
        {
            "accelerator": name,
            "platform": bench.board.name,
            "pair_sparsity": sparsity,
            **rates(best, bench.board),
            "dsp": best.design.dsp,
            "images_per_cycle_per_dsp": efficiency(best),
            "binding": best.design.binding,
        }
        for name, (best, sparsity) in bench.designs(thresholds, names).items()
    ]


def _keys(job: Job, result: SearchResult) -> Row:
    return {
        "suite": job.subject.suite,
        "network": job.subject.network,
        "strategy": result.strategy,
        "search_seed": result.seed,
    }


def thresholds_of(results: Sequence[SearchResult]) -> list[Row]:
    """The best thresholds of every search, in standard deviations, as the scheme takes them."""
    rows = []
    for result in results:
        thresholds = result.search.space.thresholds(result.best.params)
        by_layer = {
            "weights": dict(thresholds.weights),
            "activations": dict(thresholds.activations),
        }
        rows.append({"strategy": result.strategy, "seed": result.seed} | by_layer)
    return rows


def _seconds(bench: Bench, total: float) -> str:
    """What a trial costs beside its accuracy; with several workers they have most of it."""
    accuracy, cost = bench.accuracy_cpu_s, bench.cost_cpu_s
    return (
        f"CPU seconds of this process: {accuracy:.1f} on accuracy; on top of it {cost:.1f} on "
        f"designs ({cost / accuracy:.1%}), {total - accuracy - cost:.1f} on proposals and journal "
        f"({(total - accuracy - cost) / accuracy:.1%})"
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--strategies", required=True, nargs="+", help=", ".join(STRATEGIES))
    parser.add_argument("--seeds", required=True, nargs="+", type=int)
    parser.add_argument("--settings", default="{}", help="JSON object, see SearchSettings")
    parser.add_argument("--checkpoint", type=Path, required=True, help="of the train step")
    parser.add_argument("--dataset", type=Path, help="of the dataset step; else drawn again")
    parser.add_argument("--workers", type=int, default=1, help="processes; changes no result")
    parser.add_argument("--code", default="", help="digest; trials of another are not gone on with")
    parser.add_argument("--trials", type=Path, required=True, help="CSV to write")
    parser.add_argument("--best", type=Path, required=True, help="CSV to write")
    parser.add_argument("--thresholds", type=Path, required=True, help="JSON to write")
    given = parser.parse_args()
    for strategy in given.strategies:
        require_choice("--strategies", strategy, STRATEGIES)
    search_settings = settings(SearchSettings, given.settings)
    subject = SearchedNetwork(
        given.suite, given.network, given.checkpoint, given.dataset, search_settings
    )
    journal = given.trials.with_name(f".{given.trials.stem}.journal")
    job = Job(subject, given.strategies, given.seeds, given.code, given.workers, journal)
    bench = Bench(subject)
    start = time.process_time() - bench.accuracy_cpu_s - bench.cost_cpu_s
    results = list(searches(job, bench))
    print(_seconds(bench, time.process_time() - start), file=sys.stderr)
    trials = [row for result in results for row in trial_rows(job, bench.base, result)]
    best = [best_row(job, bench, result) for result in results]
    write_table(pd.DataFrame(trials), given.trials)
    write_table(pd.DataFrame(unpruned_rows(job, bench) + best), given.best)
    with whole_file(given.thresholds) as temporary:
        temporary.write_text(json.dumps(thresholds_of(results), indent=1) + "\n")
    remove_journal(journal)


if __name__ == "__main__":
    run(main)
