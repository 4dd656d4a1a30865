"""Which thresholds a search chooses, and how: HASS's own way and its controls."""

from collections.abc import Mapping
from dataclasses import dataclass

from optuna.distributions import FloatDistribution
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from models.trials.thresholded import LayerThresholds
from workflow.search.engine import Point, SearchPlan
from workflow.search.hass.objective import Figures, Objective, hardware_blind
from workflow.search.hass.settings import SearchSettings

WEIGHT, ACTIVATION = "weight:", "activation:"


@dataclass(frozen=True)
class Strategy:
    """How points are proposed and what they are judged by.

    Attributes:
        random: draw points blindly instead of by TPE.
        uniform: one threshold for all weights and one for all activations.
        blind: the score leaves throughput and DSPs out.
    """

    random: bool = False
    uniform: bool = False
    blind: bool = False


STRATEGIES: Mapping[str, Strategy] = {
    "hardware_aware": Strategy(),
    "hardware_blind": Strategy(blind=True),
    "uniform": Strategy(uniform=True),
    "random": Strategy(random=True),
}


@dataclass(frozen=True)
class Space:
    """Which thresholds there are.

    Attributes:
        weights, activations: names of layers and of stored tensors.
    """

    weights: tuple[str, ...]
    activations: tuple[str, ...]

    def names(self, uniform: bool) -> list[str]:
        """Parameters of the search."""
        if uniform:
            return [WEIGHT, ACTIVATION]
        return [WEIGHT + n for n in self.weights] + [ACTIVATION + n for n in self.activations]

    def thresholds(self, point: Point) -> LayerThresholds:
        """A point as thresholds; a single pair of thresholds holds for all."""
        return LayerThresholds(
            {name: point.get(WEIGHT + name, point.get(WEIGHT, 0.0)) for name in self.weights},
            {
                name: point.get(ACTIVATION + name, point.get(ACTIVATION, 0.0))
                for name in self.activations
            },
        )


@dataclass(frozen=True)
class ThresholdSearch:
    """One search, complete but for the function that evaluates a point."""

    settings: SearchSettings
    strategy: Strategy
    space: Space

    def objective(self, base: Figures) -> Objective:
        """What the strategy makes as large as possible."""
        settings = hardware_blind(self.settings) if self.strategy.blind else self.settings
        return Objective(settings, base)

    def plan(self, name: str, seed: int) -> SearchPlan:
        """The trials: the unpruned network, then what the sampler proposes."""
        range_ = FloatDistribution(0.0, self.settings.largest_threshold)
        names = self.space.names(self.strategy.uniform)
        return SearchPlan(
            name=name,
            directions=("maximize",),
            distributions=dict.fromkeys(names, range_),
            sampler=self.sampler,
            seed=seed,
            trials=self.settings.trials,
            round_size=self.settings.round_size,
            first=(dict.fromkeys(names, 0.0),),
        )

    def sampler(self, seed: int) -> BaseSampler:
        """A sampler for one trial."""
        if self.strategy.random:
            return RandomSampler(seed=seed)
        return TPESampler(seed=seed, n_startup_trials=self.settings.startup_trials)
