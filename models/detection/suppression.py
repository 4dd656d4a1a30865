"""The best of boxes that overlap is kept: greedy non-maximum suppression per class."""

from dataclasses import dataclass

from torch import Tensor

from models.detection.boxes import overlap
from sim.validation import require_fraction, require_positive


@dataclass(frozen=True)
class Selection:
    """Which boxes become detections.

    Attributes:
        least_score: boxes with less are not looked at.
        most_overlap: of two boxes of a class with more overlap (IoU), the worse goes.
        most_boxes: boxes per image that are looked at, best first.

    Raises:
        UserError: a value is out of range.
    """

    least_score: float = 0.01
    most_overlap: float = 0.6
    most_boxes: int = 100

    def __post_init__(self) -> None:
        require_fraction(least_score=self.least_score, most_overlap=self.most_overlap)
        require_positive(most_boxes=self.most_boxes)


@dataclass(frozen=True, eq=False)
class Detections:
    """What was found on N images, best first; every tensor is (N, B) or (N, B, 4).

    Attributes:
        boxes: left, top, right, bottom in pixels.
        scores: in [0, 1].
        labels: classes.
        kept: False for the rows that were suppressed or only fill up.
    """

    boxes: Tensor
    scores: Tensor
    labels: Tensor
    kept: Tensor


def select(boxes: Tensor, scores: Tensor, selection: Selection) -> Detections:
    """Detections from boxes (N, P, 4) and their scores (N, P, classes).

    A box counts once for each class. Equal scores keep the order of places, then classes.
    """
    classes = scores.shape[2]
    ranked, order = scores.flatten(1).sort(dim=1, descending=True, stable=True)
    ranked, order = ranked[:, : selection.most_boxes], order[:, : selection.most_boxes]
    candidates = boxes.gather(1, (order // classes)[..., None].expand(-1, -1, 4))
    labels = order % classes
    same = labels[:, :, None] == labels[:, None, :]
    rivals = same & (
        overlap(candidates[:, :, None], candidates[:, None, :]) > selection.most_overlap
    )
    kept = ranked >= selection.least_score
    for place in range(1, kept.shape[1]):
        beaten = (rivals[:, place, :place] & kept[:, :place]).any(1)
        kept[:, place] &= ~beaten
    return Detections(candidates, ranked, labels, kept)
