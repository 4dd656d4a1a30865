"""Labels beside points, moved so that they hide neither each other nor a point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from workflow.drawing.shared import SMALL_TYPE_POINTS, type_width

MARK_POINTS = 7.0
"""Side of the square that a mark takes, with room."""
ROOM_POINTS = 2.0
"""Between labels, in both directions together."""
GAPS_POINTS = (0.0, 5.0, 10.0, 16.0, 23.0, 31.0)
"""Distances of a label from its mark that are tried."""
ANGLES = 16
"""Directions from a mark to its label that are tried."""
FAR_POINTS = 7.0
"""Beyond this distance a thin line joins label and mark."""
ROUNDS = 8
HIDDEN, OUTSIDE, CROSSED, PER_POINT = 5.0, 10.0, 60.0, 3.0
"""Costs of a square point that is hidden and of one outside the panel, of a quarter of a joining
line that a label hides, and of a point of distance."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PointLabel:
    """A text at a point in data coordinates."""

    x: float
    y: float
    text: str
    colour: str


@dataclass(frozen=True)
class _Places:
    """Where one label may lie, in points.

    Attributes:
        boxes: left, bottom, right, top of each place: (places, 4).
        joints: points of the line from the mark to the label: (places, joints, 2).
        costs: what a place costs by itself: (places,).
    """

    boxes: Array
    joints: Array
    costs: Array


def label_points(panel: Axes, labels: Sequence[PointLabel]) -> None:
    """Write each label at the free side of its point; the axes must have their limits and place.

    Each label in turn takes the place that hides least of the marks, of the other labels and of
    what joins those with their marks, and lies in the panel; some rounds of this settle all of
    them. The first labels choose first.
    """
    figure = panel.get_figure(root=True)
    pixels = (figure.dpi if figure is not None else 72.0) / 72
    data = np.array([(label.x, label.y) for label in labels], float).reshape(-1, 2)
    points: Array = panel.transData.transform(data) / pixels
    inside: Array = np.array(panel.get_window_extent().extents) / pixels
    marks = np.hstack([points - MARK_POINTS / 2, points + MARK_POINTS / 2])
    places = [
        _places(point, type_width(label.text), marks, inside)
        for point, label in zip(points, labels, strict=True)
    ]
    for label, point, box in zip(labels, points, _settled(places), strict=True):
        _write(panel, label, point, box)


def _places(point: Array, width: float, marks: Array, inside: Array) -> _Places:
    angles = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    direction = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    half = np.array([width, SMALL_TYPE_POINTS]) / 2 + ROOM_POINTS / 2
    gaps = np.repeat(GAPS_POINTS, ANGLES)
    # A label touches a circle around the mark with the side or corner that looks to the mark.
    away = np.tile(direction, (len(GAPS_POINTS), 1)) * (MARK_POINTS / 2 + gaps[:, None])
    centers = point + away + half * np.clip(np.tile(direction, (len(GAPS_POINTS), 1)) * 2, -1, 1)
    boxes = np.hstack([centers - half, centers + half])
    joints = point + away[:, None, :] * np.array([0.25, 0.5, 0.75, 1.0])[:, None]
    outside = np.prod(2 * half) - _common(boxes, inside[None])[:, 0]
    costs = OUTSIDE * outside + PER_POINT * gaps
    costs += HIDDEN * _common(boxes, marks).sum(axis=1)
    return _Places(boxes, joints, costs)


def _settled(places: Sequence[_Places]) -> list[Array]:
    """The box of each label."""
    taken: dict[int, int] = {}
    for _ in range(ROUNDS):
        before = dict(taken)
        for label, movable in enumerate(places):
            others = [(places[n], place) for n, place in taken.items() if n != label]
            costs = movable.costs.copy()
            for other, place in others:
                box, joints = other.boxes[place], other.joints[place]
                costs += HIDDEN * _common(movable.boxes, box[None])[:, 0]
                costs += CROSSED * _held(movable.boxes, joints[None]).sum(axis=1)
                costs += CROSSED * _held(box[None], movable.joints).sum(axis=1)
            taken[label] = int(np.argmin(costs))
        if taken == before:
            break
    return [movable.boxes[taken[label]] for label, movable in enumerate(places)]


def _common(left: Array, right: Array) -> Array:
    """Area that boxes have in common: (left, right)."""
    low = np.maximum(left[:, None, :2], right[None, :, :2])
    high = np.minimum(left[:, None, 2:], right[None, :, 2:])
    common: Array = np.prod(np.maximum(high - low, 0.0), axis=2)
    return common


def _held(boxes: Array, points: Array) -> npt.NDArray[np.bool_]:
    """Which points (boxes or 1, points, 2) lie in the boxes (boxes or 1, 4)."""
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    held: npt.NDArray[np.bool_] = np.all((low < points) & (points < high), axis=2)
    return held


def _write(panel: Axes, label: PointLabel, point: Array, box: Array) -> None:
    offset = (box[:2] + box[2:]) / 2 - point
    half = (box[2:] - box[:2]) / 2
    far = float(np.max(np.abs(offset) - half)) > FAR_POINTS
    line: dict[str, Any] = {"arrowstyle": "-", "color": "0.6", "linewidth": 0.6, "shrinkA": 0}
    panel.annotate(
        label.text,
        (label.x, label.y),
        (float(offset[0]), float(offset[1])),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=SMALL_TYPE_POINTS,
        color=label.colour,
        arrowprops=line if far else None,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5},
    ).set_in_layout(False)
