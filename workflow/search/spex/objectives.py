"""Spex: block thresholds per convolution, searched for accuracy against what the blocks save.

The published search is NSGA-II with simulated binary crossover and polynomial mutation over 100
threshold steps per layer; its public configurations give the distribution indices and population
sizes used here. Two things differ. A threshold is a multiple of the mean magnitude of its layer's
input, where the authors use one absolute range for all layers. And of what is saved, the
multiplications are the second objective by default, where the authors count created blocks.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, IntDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, NSGAIISampler
from optuna.samplers.nsgaii import PolynomialMutation, SBXCrossover
from optuna.trial import FrozenTrial

from models.trials.block_pruned import BlockEvaluation, LayerBlocks
from workflow.search.engine import Evaluate, Outcome, Point, SearchPlan
from workflow.search.spex.settings import Saving, SpexSettings

FIGURES: Mapping[Saving, str] = {
    "macs": "saved_macs_percent",
    "transfers": "saved_transfers_percent",
    "created_blocks": "created_blocks_percent",
}
"""Which of the Savings an objective means."""
CROSSOVER_ETA, MUTATION_ETA = 5, 10

Measure = Callable[[Mapping[str, float]], BlockEvaluation]
"""Accuracy and blocks of a network, of any kind, with a threshold for each layer."""


@dataclass(frozen=True)
class Savings:
    """What zero blocks save over all convolutions, in percent.

    Attributes:
        saved_macs_percent: of the multiplications, when every block counts as a whole one.
        saved_transfers_percent: of the blocks of the im2col matrices, all zero ones.
        created_blocks_percent: of the same blocks, those that a threshold made zero.
        created_blocks: per image.
        blocks: per image, all.
    """

    saved_macs_percent: float
    saved_transfers_percent: float
    created_blocks_percent: float
    created_blocks: float
    blocks: int

    def of(self, saving: Saving) -> float:
        """The figure that an objective means."""
        return float(getattr(self, FIGURES[saving]))


def savings(layers: Sequence[LayerBlocks]) -> Savings:
    """Sum over layers; a block takes as many multiplications as its layer has filters."""
    blocks = sum(layer.total for layer in layers)
    macs = sum(layer.total * layer.filters for layer in layers)
    created = sum(layer.created for layer in layers)
    zero = sum(layer.present + layer.created for layer in layers)
    zero_macs = sum((layer.present + layer.created) * layer.filters for layer in layers)
    return Savings(
        100 * zero_macs / macs, 100 * zero / blocks, 100 * created / blocks, created, blocks
    )


def judged(measure: Measure, settings: SpexSettings, base_percent: float) -> Evaluate:
    """What a trial does: set thresholds, measure, note everything."""

    def evaluate(point: Point) -> Outcome:
        measured = measure(settings.thresholds(point))
        saved = savings(measured.layers)
        lost = base_percent - measured.accuracy_percent
        return Outcome(
            (measured.accuracy_percent, saved.of(settings.saving)),
            {"accuracy_percent": measured.accuracy_percent, **asdict(saved)},
            {"lost_points": lost - settings.budget_points},
        )

    return evaluate


def ladder(names: Sequence[str], settings: SpexSettings) -> tuple[Point, ...]:
    """Constant thresholds, from none upwards: random ones nearly all ruin the network."""
    rungs = min(settings.population, settings.trials)
    top = settings.highest_rung * settings.levels
    levels = [round(top * rung / max(1, rungs - 1)) for rung in range(rungs)]
    return tuple(dict.fromkeys(names, level) for level in levels)


def plan(
    study: str,
    names: Sequence[str],
    settings: SpexSettings,
    *,
    first: tuple[Point, ...] | None = None,
    random: bool = False,
) -> SearchPlan:
    """The trials of NSGA-II, or of the random control, which gets the same ladder to begin with.

    Args:
        study: name in the journal, see SearchPlan.
        names: layers that take a threshold.
        settings: of the search.
        first: points to begin with; None = the ladder.
        random: draw points blindly after the ladder.
    """
    ranges: dict[str, BaseDistribution] = {
        name: IntDistribution(0, settings.levels) for name in names
    }

    def genetic(seed: int) -> BaseSampler:
        with warnings.catch_warnings():  # both operators are marked experimental
            warnings.simplefilter("ignore", ExperimentalWarning)
            return NSGAIISampler(
                seed=seed,
                population_size=settings.population,
                crossover=SBXCrossover(eta=CROSSOVER_ETA),
                crossover_prob=1.0,
                mutation=PolynomialMutation(eta=MUTATION_ETA),
            )

    def blind(seed: int) -> BaseSampler:
        return BelowACeiling(ranges, settings.levels, seed)

    return SearchPlan(
        name=study,
        directions=("maximize", "maximize"),
        distributions=ranges,
        sampler=blind if random else genetic,
        seed=settings.seed,
        trials=settings.trials,
        round_size=settings.population,
        first=ladder(names, settings) if first is None else first,
    )


class BelowACeiling(BaseSampler):
    """Draws a ceiling first, then every level below it: uniform draws alone ruin every network."""

    def __init__(self, ranges: Mapping[str, BaseDistribution], levels: int, seed: int) -> None:
        self._ranges, self._levels = dict(ranges), levels
        self._random = np.random.default_rng(seed)

    def infer_relative_search_space(
        self, study: optuna.Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """All parameters are drawn together."""
        return self._ranges

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """Draw a point of the search space, none of its levels above a drawn ceiling."""
        ceiling = int(self._random.integers(1, self._levels + 1))
        return {name: int(self._random.integers(0, ceiling + 1)) for name in search_space}

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, name: str, range_: BaseDistribution
    ) -> Any:
        """Never needed: every parameter is known beforehand."""
        raise NotImplementedError(name)
