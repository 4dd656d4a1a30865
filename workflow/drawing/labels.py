"""Labels beside points, moved so that they hide neither each other nor a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from workflow.drawing.shared import SMALL_TYPE_POINTS

CHARACTER = 0.62
"""Mean width of a letter over the size of the type; a little wide, for room."""
MARK_POINTS = 7.0
DISTANCES = (1.0, 3.2, 5.5)
"""Distances of a label from its mark that are tried, over the radius of the mark."""


@dataclass(frozen=True)
class PointLabel:
    """A text at a point in data coordinates."""

    x: float
    y: float
    text: str
    colour: str


def label_points(panel: Axes, labels: Sequence[PointLabel]) -> None:
    """Write each label on the free side of its point; the axes must have their limits and place.

    Of the places around a point the one is taken that overlaps least with marks, with labels
    placed before and with what lies outside the panel.
    """
    figure = panel.get_figure(root=True)
    pixels = (figure.dpi if figure is not None else 72.0) / 72
    marks = [
        _around(panel.transData.transform((label.x, label.y)) / pixels, MARK_POINTS, MARK_POINTS)
        for label in labels
    ]
    window = panel.get_window_extent()
    inside = Bbox(window.get_points() / pixels)
    taken: list[Bbox] = []
    for label, mark in zip(labels, marks, strict=True):
        width = CHARACTER * SMALL_TYPE_POINTS * len(label.text)
        places = [_around(center, width, SMALL_TYPE_POINTS) for center in _centers(mark, width)]
        costs = [_cost(place, [*marks, *taken], inside) for place in places]
        best = places[int(np.argmin(costs))]
        taken.append(best)
        _write(panel, label, mark, best)


def _around(center: Any, width: float, height: float) -> Bbox:
    x, y = center
    return Bbox.from_bounds(x - width / 2, y - height / 2, width, height)


def _centers(mark: Bbox, width: float) -> list[tuple[float, float]]:
    """Where the middle of a label may lie, the best first: right, left, above, below, corners."""
    x, y = (mark.x0 + mark.x1) / 2, (mark.y0 + mark.y1) / 2
    radius, half, height = MARK_POINTS / 2, width / 2, SMALL_TYPE_POINTS
    centers = []
    for distance in DISTANCES:
        aside, up = distance * radius + half, distance * radius + height / 2
        centers += [(x + aside, y), (x - aside, y), (x, y + up), (x, y - up)]
        centers += [(x + a * aside, y + b * up) for a in (1, -1) for b in (1, -1)]
    return centers


def _cost(place: Bbox, others: Sequence[Bbox], inside: Bbox) -> float:
    """Area that is hidden or outside, in square points."""
    outside = place.width * place.height - _common(place, inside)
    return 3 * outside + sum(_common(place, other) for other in others)


def _common(left: Bbox, right: Bbox) -> float:
    width = min(left.x1, right.x1) - max(left.x0, right.x0)
    height = min(left.y1, right.y1) - max(left.y0, right.y0)
    return max(width, 0.0) * max(height, 0.0)


def _write(panel: Axes, label: PointLabel, mark: Bbox, place: Bbox) -> None:
    offset = (
        (place.x0 + place.x1 - mark.x0 - mark.x1) / 2,
        (place.y0 + place.y1 - mark.y0 - mark.y1) / 2,
    )
    far = max(abs(offset[0]) - place.width / 2, abs(offset[1]) - place.height / 2) > MARK_POINTS
    panel.annotate(
        label.text,
        (label.x, label.y),
        offset,
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=SMALL_TYPE_POINTS,
        color=label.colour,
        arrowprops={"arrowstyle": "-", "color": "0.6", "linewidth": 0.6} if far else None,
    ).set_in_layout(False)
