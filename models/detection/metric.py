"""Mean average precision as COCO defines it, by COCO's own evaluation (pycocotools)."""

import contextlib
import io
from dataclasses import dataclass
from typing import Any

import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torch import Tensor, nn

from models.datasets.detection_set import NO_OBJECT, Annotated
from models.detection.head import Head
from models.detection.suppression import Detections, Selection, select
from models.graph.modes import evaluating
from sim.errors import UserError

BATCH = 128
"""Images per forward pass."""


@dataclass(frozen=True)
class MeanAveragePrecision:
    """Mean average precision in percent, over the classes that occur.

    Up to 100 detections per image count.

    Attributes:
        at_50: a detection counts from an overlap (IoU) of 0.5 with the object.
        at_50_95: mean over the thresholds 0.5, 0.55, ..., 0.95.
    """

    at_50: float
    at_50_95: float


def detections(
    network: nn.Module, head: Head, images: Tensor, selection: Selection
) -> list[Detections]:
    """What a network in evaluation mode finds, a batch of images at a time."""
    batches = []
    with evaluating(network), torch.no_grad():
        for part in torch.split(images, BATCH):
            maps = network(part.contiguous(memory_format=torch.channels_last))
            batches.append(select(*head.decode(maps), selection))
    return batches


def mean_average_precision(
    network: nn.Module, head: Head, data: Annotated, selection: Selection | None = None
) -> MeanAveragePrecision:
    """The mean average precision of a network on annotated images.

    Raises:
        UserError: the images show no object.
    """
    batches = detections(network, head, data.images, selection or Selection())
    return average_precision(batches, data.targets)


def average_precision(batches: list[Detections], targets: Tensor) -> MeanAveragePrecision:
    """The mean average precision of detections, in batches, against targets (N, D, 5).

    Raises:
        UserError: the targets hold no object.
    """
    truth = _truth(targets)
    results = _results(batches)
    if not truth["annotations"]:
        raise UserError("no object on any image; mean average precision is not defined")
    if not results:
        return MeanAveragePrecision(0.0, 0.0)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
        expected = COCO()
        expected.dataset = truth
        expected.createIndex()
        evaluation = COCOeval(expected, expected.loadRes(results), "bbox")
        evaluation.params.areaRng = evaluation.params.areaRng[:1]
        evaluation.params.areaRngLbl = evaluation.params.areaRngLbl[:1]
        evaluation.evaluate()
        evaluation.accumulate()
    # (thresholds, recalls, classes, area ranges, detection limits); -1 where a class has no object
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    occurring = precision[:, :, (precision > -1).all((0, 1))]
    return MeanAveragePrecision(100 * float(occurring[0].mean()), 100 * float(occurring.mean()))


def _truth(targets: Tensor) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    for image, rows in enumerate(targets.tolist()):
        for label, left, top, right, bottom in rows:
            if label != NO_OBJECT:
                width, height = right - left, bottom - top
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": image,
                        "category_id": int(label),
                        "bbox": [left, top, width, height],
                        "area": width * height,
                        "iscrowd": 0,
                    }
                )
    labels = sorted({row["category_id"] for row in annotations})
    return {
        "info": {},
        "images": [{"id": image} for image in range(len(targets))],
        "categories": [{"id": label, "name": str(label)} for label in labels],
        "annotations": annotations,
    }


def _results(batches: list[Detections]) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    first = 0
    for batch in batches:
        image, place = torch.nonzero(batch.kept, as_tuple=True)
        boxes = batch.boxes[image, place]
        boxes = torch.cat([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)
        columns = (image + first, batch.labels[image, place], boxes, batch.scores[image, place])
        results += [
            {"image_id": i, "category_id": label, "bbox": box, "score": score}
            for i, label, box, score in zip(*(c.tolist() for c in columns), strict=True)
        ]
        first += len(batch.kept)
    return results
