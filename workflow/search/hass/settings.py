"""What a threshold search is told; every value can be set in the configuration."""

from dataclasses import dataclass, fields

from sim.accelerators.hass.design import Limits
from sim.platforms import platforms
from sim.validation import (
    require_choice,
    require_finite,
    require_fraction,
    require_not_negative,
    require_positive,
)


@dataclass(frozen=True, kw_only=True)
class SearchSettings:
    """Settings of the searches of one network.

    HASS searches per-layer thresholds by TPE for accuracy, sparsity, throughput and DSPs; neither
    its weights nor its number of trials could be read. All numbers here are therefore assumed, but
    for the accuracy limit: 2 points top-1, where the greedy example of the authors' public front
    end fpgaconvnet-torch stops.

    Attributes:
        platform: board of the hardware terms.
        dsp_share, lut_share, memory_share: usable fractions of the board's blocks.
        trials: evaluated points, the unpruned network among them.
        startup_trials: random ones before TPE has a model.
        round_size: points proposed together; part of what decides the trials.
        sample_images: training images on which accuracy is measured during the search.
        trace_images: of these, how many give the zeros for the hardware.
        largest_threshold: upper end of every threshold, in standard deviations.
        accuracy_weight, sparsity_weight, throughput_weight, dsp_weight: of the terms.
        accuracy_limit_points: loss of accuracy that costs nothing extra.
        excess_weight: further cost per percentage point of loss beyond the limit.
        threads: of torch, per worker; another number may round differently.

    Raises:
        UserError: a value is out of range.
    """

    platform: str = "zc706"
    dsp_share: float = 0.25
    lut_share: float = 0.7
    memory_share: float = 0.9
    trials: int = 32
    startup_trials: int = 8
    round_size: int = 4
    sample_images: int = 2000
    trace_images: int = 1
    largest_threshold: float = 0.5
    accuracy_weight: float = 1.0
    sparsity_weight: float = 0.1
    throughput_weight: float = 0.1
    dsp_weight: float = 0.1
    accuracy_limit_points: float = 2.0
    excess_weight: float = 0.1
    threads: int = 1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is int:
                require_positive(**{field.name: value})
            elif field.name.endswith("_share"):
                require_fraction(**{field.name: value})
            elif field.name.endswith("_weight"):
                require_not_negative(**{field.name: value})
        require_choice("platform", self.platform, platforms())
        require_finite(largest_threshold=self.largest_threshold)
        require_not_negative(accuracy_limit_points=self.accuracy_limit_points)
        _ = self.limits  # checks its values

    @property
    def limits(self) -> Limits:
        """What a design may fill of the board."""
        return Limits(self.dsp_share, self.lut_share, self.memory_share)
