import pytest
import torch
from torch import Tensor

from models.datasets.canvases import CanvasCounts, make_canvases
from models.datasets.detection_set import NO_OBJECT
from models.detection.head import head_of
from models.detection.metric import average_precision, mean_average_precision
from models.detection.suppression import Detections
from models.networks import build
from sim.errors import UserError
from tests.models.detection import reference


def truth(images: int, generator: torch.Generator) -> Tensor:
    """Up to three objects of three classes on each image."""
    targets = torch.zeros(images, 4, 5)
    corner = torch.randint(0, 60, (images, 4, 2), generator=generator)
    sides = torch.randint(8, 30, (images, 4, 2), generator=generator)
    targets[..., 1:3], targets[..., 3:] = corner, corner + sides
    targets[..., 0] = torch.randint(0, 3, (images, 4), generator=generator)
    targets[:, 3, 0] = NO_OBJECT
    return targets


def noisy(targets: Tensor, generator: torch.Generator) -> Detections:
    """Every object found twice and moved a little, some with another class."""
    boxes = targets[..., 1:].repeat(1, 2, 1)
    boxes = boxes + torch.randint(-3, 4, boxes.shape, generator=generator)
    labels = targets[..., 0].repeat(1, 2).long().clamp(min=0)
    wrong = torch.rand(labels.shape, generator=generator) < 0.2
    labels = torch.where(wrong, (labels + 1) % 3, labels)
    scores = torch.rand(labels.shape, generator=generator)
    return Detections(boxes, scores, labels, torch.rand(labels.shape, generator=generator) < 0.9)


def test_it_equals_the_definition_on_random_detections() -> None:
    generator = torch.Generator().manual_seed(3)
    targets = truth(20, generator)
    detected = noisy(targets, generator)
    result = average_precision([detected], targets)
    rows = [
        (image, int(row[0]), tuple(row[1:]))
        for image, slots in enumerate(targets.tolist())
        for row in slots
        if row[0] != NO_OBJECT
    ]
    mine = [
        (
            image,
            int(detected.labels[image, n]),
            float(detected.scores[image, n]),
            tuple(detected.boxes[image, n].tolist()),
        )
        for image in range(20)
        for n in range(8)
        if detected.kept[image, n]
    ]
    levels = [
        reference.average_precision(mine, rows, 0.5 + 0.05 * step)  # type: ignore[arg-type]
        for step in range(10)
    ]
    assert 10 < levels[0] < 90
    assert result.at_50 == pytest.approx(levels[0], abs=1e-6)
    assert result.at_50_95 == pytest.approx(sum(levels) / 10, abs=1e-6)


def test_batches_count_together() -> None:
    generator = torch.Generator().manual_seed(4)
    targets = truth(6, generator)
    whole = noisy(targets, generator)
    halves = [
        Detections(*(getattr(whole, name)[part] for name in ("boxes", "scores", "labels", "kept")))
        for part in (slice(0, 2), slice(2, 6))
    ]
    assert average_precision(halves, targets) == average_precision([whole], targets)


def test_the_truth_itself_scores_all_and_nothing_scores_nothing() -> None:
    targets = truth(5, torch.Generator().manual_seed(5))
    real = targets[..., 0] != NO_OBJECT
    exact = Detections(targets[..., 1:], torch.ones(5, 4), targets[..., 0].long(), real)
    assert average_precision([exact], targets).at_50_95 == pytest.approx(100)
    silent = Detections(exact.boxes, exact.scores, exact.labels, torch.zeros(5, 4).bool())
    assert average_precision([silent], targets).at_50 == 0


def test_images_without_objects_are_refused() -> None:
    targets = torch.full((2, 3, 5), float(NO_OBJECT))
    silent = Detections(
        torch.zeros(2, 1, 4), torch.zeros(2, 1), torch.zeros(2, 1).long(), torch.zeros(2, 1).bool()
    )
    with pytest.raises(UserError, match="no object on any image"):
        average_precision([silent], targets)


def test_an_untrained_network_is_near_zero_and_left_in_its_mode() -> None:
    data = make_canvases(0, CanvasCounts(1, 1, 8))
    torch.manual_seed(0)
    network = build("yolov5s", num_classes=10, in_channels=1, width=0.125, input_size=96).train()
    assert mean_average_precision(network, head_of(network), data.test).at_50 < 5
    assert network.training
