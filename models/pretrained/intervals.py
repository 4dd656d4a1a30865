"""Shares of few pictures with the interval that they leave open."""

from dataclasses import dataclass
from math import sqrt

NORMAL_QUANTILE = 1.959964
"""Of the normal distribution at 97.5 %, for intervals at 95 %."""


@dataclass(frozen=True)
class Share:
    """How many of a number of pictures, with the interval that so few leave open.

    Hits may be a fraction where a picture counts by the share of its views.
    """

    hits: float
    pictures: int

    @property
    def percent(self) -> float:
        """The share of the pictures in percent."""
        return 100 * self.hits / self.pictures

    @property
    def interval_percent(self) -> tuple[float, float]:
        """Wilson's interval at 95 %, in percent.

        Source: Wilson, Probable inference, the law of succession, and statistical inference,
        Journal of the American Statistical Association 22 (1927), p. 209.
        """
        share, z2 = self.hits / self.pictures, NORMAL_QUANTILE**2
        spread = sqrt(share * (1 - share) / self.pictures + z2 / (4 * self.pictures**2))
        centre, scale = share + z2 / (2 * self.pictures), 1 + z2 / self.pictures
        low = (centre - NORMAL_QUANTILE * spread) / scale
        high = (centre + NORMAL_QUANTILE * spread) / scale
        return 100 * max(low, 0.0), 100 * min(high, 1.0)
