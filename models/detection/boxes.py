"""Overlap of boxes that are given by left, top, right, bottom in pixels (or any one unit)."""

import math

import torch
from torch import Tensor

TINY = 1e-7
"""Keeps divisions by an empty box finite."""


def centre_form(corners: Tensor) -> Tensor:
    """(..., 4) left, top, right, bottom to centre x, centre y, width, height."""
    low, high = corners[..., :2], corners[..., 2:]
    return torch.cat([(low + high) / 2, high - low], -1)


def corner_form(centred: Tensor) -> Tensor:
    """(..., 4) centre x, centre y, width, height to left, top, right, bottom."""
    middle, half = centred[..., :2], centred[..., 2:] / 2
    return torch.cat([middle - half, middle + half], -1)


def area(boxes: Tensor) -> Tensor:
    """Area (...,) of boxes (..., 4); zero where a box has no extent."""
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def overlap(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of boxes (..., 4) with boxes (..., 4), broadcast; in [0, 1]."""
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., 2:], second[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    return shared / (area(first) + area(second) - shared + TINY)


def complete_overlap(boxes: Tensor, truth: Tensor) -> Tensor:
    """Overlap less penalties for distance and shape (CIoU), in [-1.5, 1], pair by pair.

    Zheng et al., "Distance-IoU Loss", AAAI 2020, equations 7 to 11. Like there, no gradient flows
    through the weight of the shape term.
    """
    iou = overlap(boxes, truth)
    hull = torch.maximum(boxes[..., 2:], truth[..., 2:]) - torch.minimum(
        boxes[..., :2], truth[..., :2]
    )
    a, b = centre_form(boxes), centre_form(truth)
    distance = (a[..., :2] - b[..., :2]).square().sum(-1)
    diagonal = hull.square().sum(-1) + TINY
    shape = (4 / math.pi**2) * (_slope(a) - _slope(b)).square()
    with torch.no_grad():
        trade = shape / (1 - iou + shape + TINY)
    return iou - distance / diagonal - trade * shape


def _slope(centred: Tensor) -> Tensor:
    """Angle of a box's diagonal, as its width over its height gives it."""
    return torch.atan(centred[..., 2] / (centred[..., 3] + TINY))
