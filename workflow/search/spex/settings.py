"""What a search of block thresholds is told; every value can be set in the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from models.compression.blocks.rule import BlockRule, Criterion
from sim.errors import UserError
from sim.validation import require_choice, require_finite, require_positive

Saving = Literal["macs", "transfers", "created_blocks"]


@dataclass(frozen=True, kw_only=True)
class SpexSettings:
    """Settings of one search. What the published configurations do not fix is assumed.

    Attributes:
        block: width and height of the blocks.
        criterion: see BlockRule.
        saving: the second objective: `macs` (multiplications of zero blocks), `transfers` (blocks
            that need not be fetched, equally long all of them) or `created_blocks`.
        budget_points: percentage points of accuracy that a point may lose to be allowed.
        levels: steps of a threshold.
        largest_threshold: the highest level, in units of the input's mean magnitude.
        trials: points evaluated by NSGA-II, and by the random control.
        population: points per generation; the first generation is a ladder of constants.
        highest_rung: the ladder's last constant, as a share of the highest level.
        sample_images: on which accuracy is measured during the search: training images, or a
            detector's validation images.
        seed: of the samplers.
        threads: of torch, per worker.
        workers: processes that share the trials.

    Raises:
        UserError: a value is out of range.
    """

    block: tuple[int, int] = (8, 8)
    criterion: Criterion = "signed_mean"
    saving: Saving = "macs"
    budget_points: float = 1.0
    levels: int = 100
    largest_threshold: float = 1.0
    trials: int = 60
    population: int = 12
    highest_rung: float = 0.3
    sample_images: int = 1000
    seed: int = 0
    threads: int = 1
    workers: int = 1

    def __post_init__(self) -> None:
        _ = self.rule
        require_choice("saving", self.saving, get_args(Saving))
        require_positive(
            levels=self.levels,
            trials=self.trials,
            population=self.population,
            sample_images=self.sample_images,
            threads=self.threads,
            workers=self.workers,
        )
        if self.population < 2:
            raise UserError(f"population is {self.population}; crossover needs at least 2")
        require_finite(
            budget_points=self.budget_points,
            largest_threshold=self.largest_threshold,
            highest_rung=self.highest_rung,
        )
        if self.highest_rung > 1:
            raise UserError(f"highest_rung is {self.highest_rung}; expected at most 1")

    @property
    def rule(self) -> BlockRule:
        """Shape of the blocks, and criterion."""
        return BlockRule.of(self.block, self.criterion)

    @property
    def step(self) -> float:
        """Between two levels, in units of the mean magnitude."""
        return self.largest_threshold / self.levels

    def thresholds(self, point: Mapping[str, int]) -> dict[str, float]:
        """Turn the levels of a point into thresholds."""
        return {name: level * self.step for name, level in point.items()}
