"""What a training job is told; apart, so that a plan can check it without any data set."""

from dataclasses import dataclass

from models.training import Recipe
from sim.validation import require_finite


@dataclass(frozen=True, kw_only=True)
class TrainSettings(Recipe):
    """A recipe, and the width of the network; the seed also draws the data and first weights."""

    width: float

    def __post_init__(self) -> None:
        super().__post_init__()
        require_finite(width=self.width)
