"""How a value obtained here is judged against a published one: the same rules for every claim.

1. One primary condition per claim, written in claims.yaml before it is run; the rest is a band.
2. *Reproduced* only on the networks and at the size that the paper names, within 10 %.
3. A published range that a design without any gain would meet decides nothing.
4. *Same direction* needs a tenth of the published gain: less is noise.
5. Masks that cost a network answers reproduce nothing: more zeros than the paper allows itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field

import pandas as pd

from sim.claims import Claim

TOLERANCE = 0.10
"""A value within 10 % of the published range counts as reproduced."""
MARGIN = 0.10
"""The share of the published gain that shows its direction; assumed, stated beside the verdicts."""
PAPER_SIZE = ("imagenet", "pretrained")
"""Suites whose networks have the papers' 224x224 inputs."""

REPRODUCED = "reproduced within 10 %"
SAME_DIRECTION = "same direction"
NOT_REPRODUCED = "not reproduced"
BY_CONSTRUCTION = "by construction"
NEEDS_WEIGHTS = "needs trained weights"
NO_VERDICT = "no verdict"
NOT_EVALUATED = "not evaluated"

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Evaluation:
    """One value that the mechanism gives for a claim, under stated conditions.

    Attributes:
        value: in the claim's unit; None where no value can be had, `reason` says why.
        suite, activation_source: where the zeros come from.
        conditions: what was run, in words.
        reason: why the value is what it is, in a sentence.
        setting: the same conditions as names and values, which a claim's `primary` picks from;
            `suite` is one of them by itself.
        masks: (suite, network, scheme) of each run whose zeros decided the value.
        lost_points: what the zeros of a search cost, in points of accuracy; those of `masks` stand
            in the table of accuracies.
        keeps_answers: whether the masks cost no more than a budget, where that is known of networks
            that were repaired instead of retrained.
        without_mechanism: the same quantity of a design without what the paper adds; where that
            meets the claim, the mechanism has not shown anything.
    """

    value: float | None
    suite: str
    activation_source: str
    conditions: str
    reason: str
    setting: Mapping[str, str | int] = field(default_factory=dict)
    _: KW_ONLY
    masks: tuple[tuple[str, str, str], ...] = ()
    lost_points: float | None = None
    keeps_answers: bool = True
    without_mechanism: float | None = None

    def meets(self, primary: Mapping[str, str | int]) -> bool:
        """Whether the value was obtained in this setting."""
        setting = {"suite": self.suite, **self.setting}
        return all(setting.get(name) == value for name, value in primary.items())


Evaluator = Callable[[Tables], list[Evaluation]]


def averaged_networks(table: pd.DataFrame, suite: str) -> list[str]:
    """The networks of a suite that the rows `mean` of a table stand for."""
    names = table.loc[table["suite"] == suite, "network"]
    return sorted(set(names) - {"mean"})


def averaged(table: pd.DataFrame, suite: str) -> str:
    """The networks that the rows `mean` stand for, in words."""
    return f"mean of {' '.join(averaged_networks(table, suite))}"


def within(claim: Claim, value: float) -> bool:
    """Whether a value meets the published one.

    A claim of "more than low" is met by low and anything above it, without tolerance; one with a
    value or a range by any value within 10 % of it.
    """
    if claim.high is None:
        return value >= claim.low
    return claim.low * (1 - TOLERANCE) <= value <= claim.high * (1 + TOLERANCE)


def verdict(claim: Claim, evaluation: Evaluation) -> str:
    """What one value says of a claim."""
    if claim.standing is not None:
        return claim.standing
    if evaluation.value is None:
        return NOT_EVALUATED
    if claim.neutral is not None and within(claim, claim.neutral):
        return NO_VERDICT
    if claim.needs_trained_weights and evaluation.activation_source == "modelled":
        return NEEDS_WEIGHTS
    if within(claim, evaluation.value) and _as_published(claim, evaluation):
        base = evaluation.without_mechanism
        return BY_CONSTRUCTION if base is not None and within(claim, base) else REPRODUCED
    return SAME_DIRECTION if _shows_direction(claim, evaluation.value) else NOT_REPRODUCED


def _as_published(claim: Claim, evaluation: Evaluation) -> bool:
    network = evaluation.setting.get("network")
    named = evaluation.suite in PAPER_SIZE and network in claim.networks
    return named and evaluation.keeps_answers


def _shows_direction(claim: Claim, value: float) -> bool:
    if claim.neutral is None:
        return False
    ends = [claim.low] if claim.high is None else [claim.low, claim.high]
    gain = min((end - claim.neutral for end in ends), key=abs)
    return (value - claim.neutral) / gain >= MARGIN
