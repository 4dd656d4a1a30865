"""Deterministic choices of block thresholds: one constant for all, and greedy by what is lost.

Both are a list of points, each of which prunes more than the one before; how far down the list a
network keeps its accuracy is found by bisection, so that either costs about twenty evaluations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.compression.bisection import most_within_budget
from models.trials.level_profile import LevelProfile
from workflow.search.engine import Evaluate, Outcome, Point, progress


def constants(names: Sequence[str], levels: int) -> list[Point]:
    """Points with one level for all layers, from 0 up."""
    return [dict.fromkeys(names, level) for level in range(levels + 1)]


@dataclass(frozen=True)
class _Step:
    """Raising one layer to `level`, at a price per block or multiplication saved."""

    price: float
    layer: str
    level: int


def greedy(profiles: Sequence[LevelProfile], *, by_macs: bool) -> list[Point]:
    """Points that raise one layer at a time, cheapest step first.

    A step's price is the share of its layer's input magnitude that goes, per multiplication (or
    block) saved. Of each layer only the levels on the lower convex hull of loss over saving are
    steps, so that a layer's later steps are never cheaper than its earlier ones.

    Args:
        profiles: of the unpruned network.
        by_macs: count multiplications, not blocks (or whatever the profiles count).
    """
    steps = sorted(
        (step for profile in profiles for step in _steps(profile, by_macs=by_macs)),
        key=lambda step: step.price,
    )
    points: list[Point] = [{profile.name: 0 for profile in profiles}]
    for step in steps:
        points.append({**points[-1], step.layer: step.level})
    return points


def _steps(profile: LevelProfile, *, by_macs: bool) -> list[_Step]:
    saved = profile.zero * (profile.multiplications if by_macs else 1)
    hull = [0]
    for level in range(1, len(saved)):
        if saved[level] <= saved[hull[-1]]:
            continue
        while len(hull) > 1 and _slope(saved, profile.lost, hull[-2], hull[-1]) >= _slope(
            saved, profile.lost, hull[-1], level
        ):
            hull.pop()
        hull.append(level)
    return [_Step(_slope(saved, profile.lost, a, b), profile.name, b) for a, b in pairwise(hull)]


def _slope(x: np.ndarray, y: np.ndarray, start: int, stop: int) -> float:
    return float((y[stop] - y[start]) / (x[stop] - x[start]))


def furthest_allowed(
    name: str, points: Sequence[Point], evaluate: Evaluate, below: int = 8
) -> list[tuple[Point, Outcome]]:
    """Bisect for the last point that breaks no constraint, and look at some before it.

    The first point is taken to break none. The points before are there because accuracy on other
    images may allow less.

    Args:
        name: of the search, before its progress on the standard error output.
        points: from the one that prunes least on.
        evaluate: measures a point.
        below: points to evaluate before the last allowed one, evenly spaced.

    Returns:
        Every point that was evaluated, in the order of the list.
    """
    last = len(points) - 1
    seen: dict[int, Outcome] = {}
    with progress(name, 1 + last.bit_length() + below) as bar:  # the most it can take

        def look_at(index: int) -> Outcome:
            if index not in seen:
                seen[index] = evaluate(points[index])
                bar.update()
            return seen[index]

        def allowed(index: int) -> bool:
            return all(value <= 0 for value in look_at(index).constraints.values())

        look_at(0)
        furthest = most_within_budget(last, allowed)
        for part in range(1, below + 1):
            look_at(furthest * part // (below + 1))
        bar.total = len(seen)
    return [(points[index], seen[index]) for index in sorted(seen)]
