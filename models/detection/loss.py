"""The loss that YOLOv5s is trained with: boxes, objectness and classes of all scales."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.detection.assignment import Assignment, assign
from models.detection.boxes import complete_overlap, corner_form
from models.detection.head import Head, decoded_boxes, per_anchor
from models.networks.yolov5s import BOX_VALUES, STRIDES
from sim.validation import require_finite

SCALE_WEIGHTS = (4.0, 1.0, 0.4)
"""Of objectness, by scale, as in YOLOv5: fine maps have more places, of which fewer are objects."""


@dataclass(frozen=True)
class LossWeights:
    """How much each part of the loss counts.

    The defaults gave the best mAP on the validation canvases among (2, 1, 1), (1, 1, 10) and
    (4, 1, 10). Entropies of the classes are averaged over all of them, nine in ten being absent.

    Raises:
        UserError: a weight is not a finite number above 0.
    """

    box: float = 4.0
    objectness: float = 1.0
    classes: float = 10.0

    def __post_init__(self) -> None:
        require_finite(box=self.box, objectness=self.objectness, classes=self.classes)


@dataclass(frozen=True, eq=False)
class DetectionLoss:
    """Loss of raw maps against targets; call it with both.

    An object's boxes cost 1 - CIoU; objectness learns the overlap that its box has just now, 0
    where no object is; classes are told apart one by one. All but the first by cross entropy.
    """

    head: Head
    weights: LossWeights

    def __call__(self, maps: tuple[Tensor, ...], targets: Tensor) -> Tensor:
        """Mean over places and pairs; a scalar.

        Args:
            maps: raw output of the network, one map per scale.
            targets: (N, D, 5) class, left, top, right, bottom in pixels (see Annotated).
        """
        total = torch.zeros(())
        for raw, anchors, stride, balance in zip(
            maps, self.head.anchors, STRIDES, SCALE_WEIGHTS, strict=True
        ):
            pairs = assign(targets, anchors, stride, (raw.shape[2], raw.shape[3]))
            total = total + self._scale(per_anchor(raw), pairs, anchors, stride, balance)
        return total

    def _scale(
        self, values: Tensor, pairs: Assignment, anchors: Tensor, stride: int, balance: float
    ) -> Tensor:
        """Loss of one scale's values (N, anchors, H, W, 5 + classes)."""
        wanted = torch.zeros_like(values[..., 4])
        loss = values.new_zeros(())
        if len(pairs.label):
            mine = values[pairs.image, pairs.anchor, pairs.row, pairs.column]
            cell = torch.stack([pairs.column, pairs.row], -1)
            box = corner_form(decoded_boxes(mine[:, :4], cell, anchors[pairs.anchor], stride))
            iou = complete_overlap(box, pairs.box)
            wanted = _largest(wanted, pairs, iou.detach().clamp(min=0))
            truth = functional.one_hot(pairs.label, values.shape[-1] - BOX_VALUES)
            entropy = functional.binary_cross_entropy_with_logits(
                mine[:, BOX_VALUES:], truth.to(mine.dtype)
            )
            loss = self.weights.box * (1 - iou).mean() + self.weights.classes * entropy
        seen = functional.binary_cross_entropy_with_logits(values[..., 4], wanted)
        return loss + self.weights.objectness * balance * seen


def _largest(empty: Tensor, pairs: Assignment, value: Tensor) -> Tensor:
    """Zeros (N, anchors, H, W), but at each prediction the largest value of its pairs."""
    _, anchors, height, width = empty.shape
    flat = ((pairs.image * anchors + pairs.anchor) * height + pairs.row) * width + pairs.column
    return empty.flatten().scatter_reduce(0, flat, value, "amax").view_as(empty)
