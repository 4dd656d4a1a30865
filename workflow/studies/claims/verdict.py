"""How a reproduced value is judged against a published one: the same rule for every claim."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from sim.claims import Claim

TOLERANCE = 0.10
"""A value within 10 % of the published range counts as reproduced."""
NEEDS_WEIGHTS = "needs the user's weights"
"""Verdict of a value that answers the claim only with trained full-size weights."""

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Evaluation:
    """One value that the mechanism gives for a claim, under stated conditions.

    Attributes:
        value: in the claim's unit; None where no value can be had, `reason` says why.
        suite, activation_source: where the zeros come from.
        conditions: what was run, in words.
        reason: why the value is what it is, in a sentence.
        neutral: the value that means "no gain" (1 for a ratio, 0 for a saving); None for an
            absolute quantity such as images per second, which has no direction.
        verdict: set only where no comparison is possible (NEEDS_WEIGHTS, "outside the model").
        same_ratio: False where the published comparator is not known or not modelled and another
            stands in for it: such a value shows a direction and reproduces nothing.
    """

    value: float | None
    suite: str
    activation_source: str
    conditions: str
    reason: str
    neutral: float | None = 1.0
    verdict: str | None = None
    same_ratio: bool = True


Evaluator = Callable[[Tables], list[Evaluation]]


def averaged(table: pd.DataFrame, suite: str) -> str:
    """Which networks of a suite the rows `mean` of a table stand for, in words."""
    names = table.loc[table["suite"] == suite, "network"]
    return f"mean of {' '.join(sorted(set(names) - {'mean'}))}"


def verdict(claim: Claim, evaluation: Evaluation) -> str:
    """Reproduced within 10 %, same direction, or not reproduced.

    A claim of "more than low" is reproduced by low and anything above it, without tolerance; one
    with a value or a range by any value within 10 % of it. Same direction: a gain where a gain is
    published; for an absolute quantity there is no such verdict. A value over another comparator
    than the published one gets no further than that.
    """
    if evaluation.verdict is not None:
        return evaluation.verdict
    if evaluation.value is None:
        return "not evaluated"
    if claim.high is None:
        within = evaluation.value >= claim.low
    else:
        within = claim.low * (1 - TOLERANCE) <= evaluation.value <= claim.high * (1 + TOLERANCE)
    if within and evaluation.same_ratio:
        return "reproduced within 10 %"
    if evaluation.neutral is None:
        return "not reproduced"
    furthest = claim.low if claim.high is None else claim.high
    same_side = (evaluation.value > evaluation.neutral) == (furthest > evaluation.neutral)
    return "same direction" if same_side else "not reproduced"
