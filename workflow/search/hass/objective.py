"""One number for a point of a threshold search, from accuracy and hardware figures."""

from dataclasses import dataclass, replace

from workflow.search.hass.settings import SearchSettings


@dataclass(frozen=True)
class Figures:
    """What one set of thresholds gives.

    Attributes:
        accuracy_percent: top-1 on the samples.
        pair_sparsity: fraction of all operand pairs with a zero, over the whole network.
        images_per_second, dsp: of the design that the exploration finds.
    """

    accuracy_percent: float
    pair_sparsity: float
    images_per_second: float
    dsp: int


@dataclass(frozen=True)
class Objective:
    """Weighted sum of terms relative to the unpruned network, to be made as large as possible.

    accuracy / base + w_s * sparsity + w_t * (throughput / base - 1) - w_d * (DSPs / base - 1), less
    `excess_weight` per percentage point of accuracy lost beyond the limit.
    """

    settings: SearchSettings
    base: Figures

    def __call__(self, figures: Figures) -> float:
        """Score of a point."""
        settings, base = self.settings, self.base
        lost = base.accuracy_percent - figures.accuracy_percent
        faster = figures.images_per_second / base.images_per_second - 1
        return (
            settings.accuracy_weight * figures.accuracy_percent / base.accuracy_percent
            + settings.sparsity_weight * figures.pair_sparsity
            + settings.throughput_weight * faster
            - settings.dsp_weight * (figures.dsp / base.dsp - 1)
            - settings.excess_weight * max(0.0, lost - settings.accuracy_limit_points)
        )

    def within(self, figures: Figures) -> bool:
        """Whether a point loses no more accuracy than the limit."""
        lost = self.base.accuracy_percent - figures.accuracy_percent
        return lost <= self.settings.accuracy_limit_points


def hardware_blind(settings: SearchSettings) -> SearchSettings:
    """Weights of a search without the two terms that need hardware."""
    return replace(settings, throughput_weight=0.0, dsp_weight=0.0)
