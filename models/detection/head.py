"""What YOLOv5s' outputs mean: anchors that fit the data, and boxes from raw maps.

A map of one scale is (N, 3 * (5 + classes), H, W); per anchor its channels are x, y, width, height,
objectness and one score per class, all before the sigmoid.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.detection.boxes import corner_form
from models.networks.yolov5s import ANCHORS, BOX_VALUES, STRIDES, Detect
from sim.errors import UserError

PER_SCALE = len(ANCHORS[0])
PRIOR_OBJECTNESS = 0.01
"""Objectness that an untrained head gives every place, so that empty ones do not swamp the loss."""


@dataclass(frozen=True, eq=False)
class Head:
    """Sizes of the boxes that a detector starts from.

    Attributes:
        anchors: (scales, anchors, 2) width and height in pixels.
    """

    anchors: Tensor

    def decode(self, maps: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Boxes and scores of every place and anchor.

        Returns:
            (N, places, 4) corners in pixels, and (N, places, classes) objectness times class
            probability, in [0, 1].
        """
        boxes, scores = [], []
        for raw, anchors, stride in zip(maps, self.anchors, STRIDES, strict=True):
            values = per_anchor(raw)
            box = decoded_boxes(values[..., :4], cells(values), anchors.view(-1, 1, 1, 2), stride)
            chance = values[..., 4:5].sigmoid() * values[..., BOX_VALUES:].sigmoid()
            boxes.append(corner_form(box).flatten(1, 3))
            scores.append(chance.flatten(1, 3))
        return torch.cat(boxes, 1), torch.cat(scores, 1)


def per_anchor(raw: Tensor) -> Tensor:
    """A map (N, anchors * values, H, W) as (N, anchors, H, W, values)."""
    count, channels, height, width = raw.shape
    split = raw.view(count, PER_SCALE, channels // PER_SCALE, height, width)
    return split.permute(0, 1, 3, 4, 2)


def cells(values: Tensor) -> Tensor:
    """Column and row of every place of (N, anchors, H, W, values); (H, W, 2)."""
    height, width = values.shape[2:4]
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([columns, rows], -1).to(values.dtype)


def decoded_boxes(raw: Tensor, cell: Tensor, anchors: Tensor, stride: int) -> Tensor:
    """Centre x, y, width, height in pixels from raw values (..., 4) before the sigmoid.

    A centre lies within half a cell around its own cell, a side within 0 to 4 times the anchor's:
    xy = (2 s - 0.5 + cell) stride, wh = (2 s)^2 anchor.
    """
    s = raw.sigmoid()
    middle = (2 * s[..., :2] - 0.5 + cell) * stride
    return torch.cat([middle, (2 * s[..., 2:]).square() * anchors], -1)


def fitted_anchors(sizes: Tensor) -> Tensor:
    """Anchors (3, 3, 2) for boxes of these sizes (B, 2) in pixels, small scale first.

    A third of the boxes by area for each scale, and in it a third by slenderness for each anchor,
    which has their median width and height. YOLOv5 fits anchors to data by k-means; thirds need no
    start and no iterations.

    Raises:
        UserError: fewer boxes than anchors.
    """
    needed = len(STRIDES) * PER_SCALE
    if len(sizes) < needed:
        raise UserError(f"{len(sizes)} boxes to fit anchors to; expected at least {needed}")
    boxes = sizes.double().numpy()
    by_area = boxes[np.argsort(boxes.prod(1), kind="stable")]
    anchors = []
    for group in np.array_split(by_area, len(STRIDES)):
        by_shape = group[np.argsort(group[:, 0] / group[:, 1], kind="stable")]
        anchors.append([np.median(part, 0) for part in np.array_split(by_shape, PER_SCALE)])
    return torch.tensor(np.array(anchors), dtype=torch.float32)


def head_of(network: nn.Module) -> Head:
    """The anchors that a detector carries.

    Raises:
        UserError: the network has no detection head.
    """
    return Head(_detect(network).anchors * _strides())


def fit_head(network: nn.Module, sizes: Tensor) -> None:
    """Give an untrained detector anchors for boxes of these sizes (B, 2), and a low objectness.

    Raises:
        UserError: the network has no detection head, or there are too few boxes.
    """
    detect = _detect(network)
    prior = torch.tensor(PRIOR_OBJECTNESS).logit()
    with torch.no_grad():
        detect.anchors.copy_(fitted_anchors(sizes) / _strides())
        for head in detect.m:
            if not isinstance(head, nn.Conv2d) or head.bias is None:
                raise TypeError("a detection head is a convolution with bias")
            head.bias.view(PER_SCALE, -1)[:, 4] = prior


def _strides() -> Tensor:
    return torch.tensor(STRIDES, dtype=torch.float32).view(-1, 1, 1)


def _detect(network: nn.Module) -> Detect:
    heads = [module for module in network.modules() if isinstance(module, Detect)]
    if len(heads) != 1:
        raise UserError(
            f"{type(network).__name__} has {len(heads)} detection heads; expected a YOLOv5s"
        )
    return heads[0]
