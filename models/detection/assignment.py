"""Which predictions are responsible for which object, by the rule of YOLOv5.

An object goes to every anchor whose sides are at most four times longer or shorter than its own, at
the cell that holds its centre and at the nearest neighbour of that cell in each direction.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from models.datasets.detection_set import NO_OBJECT
from models.detection.boxes import centre_form

MOST_RATIO = 4.0
"""Largest factor between the sides of an object and of its anchor; a decoded side reaches it."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """Pairs of a prediction and an object, of one scale; every tensor has one entry per pair.

    Attributes:
        image, anchor, row, column: (P,) where the prediction is.
        label: (P,) class of the object.
        box: (P, 4) its left, top, right, bottom in pixels.
    """

    image: Tensor
    anchor: Tensor
    row: Tensor
    column: Tensor
    label: Tensor
    box: Tensor


def assign(targets: Tensor, anchors: Tensor, stride: int, size: tuple[int, int]) -> Assignment:
    """Pair the objects with the predictions of one scale that answer for them.

    Args:
        targets: (N, D, 5) class, left, top, right, bottom; class NO_OBJECT is left out.
        anchors: (A, 2) width and height in pixels.
        stride: pixels per cell.
        size: rows and columns of the map.
    """
    image, slot = torch.nonzero(targets[..., 0] != NO_OBJECT, as_tuple=True)
    objects = targets[image, slot]
    centred = centre_form(objects[:, 1:])
    ratio = centred[:, None, 2:] / anchors[None]
    fits = torch.maximum(ratio, 1 / ratio).amax(-1) < MOST_RATIO
    which, anchor = torch.nonzero(fits, as_tuple=True)
    pair, column, row = _cells(centred[which, :2] / stride, size)
    which, anchor = which[pair], anchor[pair]
    label = objects[which, 0].long()
    return Assignment(image[which], anchor, row, column, label, objects[which, 1:])


def _cells(at: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Own and neighbouring cells of points (P, 2), x before y, in cells.

    Returns:
        (Q,) index of the point, column and row; only cells that lie on the map.
    """
    limit = torch.tensor([size[1], size[0]])
    home = torch.minimum(at.floor().long(), limit - 1)
    nearest = torch.where(at - home < 0.5, -1, 1)
    beside = torch.stack([nearest[:, 0], torch.zeros_like(nearest[:, 0])], -1)
    above = torch.stack([torch.zeros_like(nearest[:, 1]), nearest[:, 1]], -1)
    cells = torch.stack([home, home + beside, home + above], 1)
    inside = ((cells >= 0) & (cells < limit)).all(-1)
    point, _ = torch.nonzero(inside, as_tuple=True)
    column, row = cells[inside].unbind(-1)
    return point, column, row
