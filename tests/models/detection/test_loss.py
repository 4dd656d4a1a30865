import pytest
import torch
from torch import Tensor

from models.datasets.detection_set import NO_OBJECT
from models.detection.head import Head
from models.detection.loss import DetectionLoss, LossWeights
from models.networks.yolov5s import STRIDES
from sim.errors import UserError

CLASSES = 4
ANCHORS = torch.tensor([[[12.0, 12]] * 3, [[24.0, 24]] * 3, [[48.0, 48]] * 3])


def maps(value: float = 0.0) -> list[Tensor]:
    shape = [(2, 3 * (5 + CLASSES), 64 // s, 96 // s) for s in STRIDES]
    return [torch.full(size, value, requires_grad=True) for size in shape]


def targets(*rows: list[float]) -> Tensor:
    """Two images; all rows on the second."""
    filled = torch.zeros(2, 3, 5)
    filled[..., 0] = NO_OBJECT
    for slot, row in enumerate(rows):
        filled[1, slot] = torch.tensor(row)
    return filled


LOSS = DetectionLoss(Head(ANCHORS), LossWeights())


def test_empty_images_teach_only_that_there_is_nothing() -> None:
    raw = maps()
    loss = LOSS(tuple(raw), targets())
    assert loss.item() == pytest.approx(0.6931472 * (4 + 1 + 0.4), rel=1e-5)
    loss.backward()
    for scale in raw:
        assert scale.grad is not None
        slope = scale.grad.view(2, 3, 5 + CLASSES, *scale.shape[2:])
        assert bool((slope[:, :, 4] > 0).all())
        assert float(slope[:, :, :4].abs().max()) == 0
        assert float(slope[:, :, 5:].abs().max()) == 0


def test_an_object_pulls_at_its_own_predictions_only() -> None:
    raw = maps()
    LOSS(tuple(raw), targets([2.0, 40.0, 20.0, 52.0, 32.0])).backward()
    fine = raw[0].grad
    assert fine is not None
    slope = fine.view(2, 3, 5 + CLASSES, 8, 12)
    pulled = slope[:, :, 5:].abs().sum((1, 2)).nonzero().tolist()
    assert sorted(pulled) == [[1, 2, 5], [1, 3, 5], [1, 3, 6]]
    assert bool((slope[1, :, 5 + 2, 3, 5] < 0).all())  # its class up
    assert bool((slope[1, :, 5 + 1, 3, 5] > 0).all())  # others down
    assert bool((slope[1, :, 4, 3, 5] < slope[1, :, 4, 7, 11]).all())  # objectness less down


def test_minimizing_it_finds_the_objects() -> None:
    raw = maps(-3.0)
    wanted = targets([2.0, 40.0, 20.0, 52.0, 32.0], [0.0, 0.0, 0.0, 30.0, 22.0])
    optimizer = torch.optim.Adam(raw, lr=0.2)
    for _ in range(150):
        optimizer.zero_grad()
        LOSS(tuple(raw), wanted).backward()
        optimizer.step()
    boxes, scores = LOSS.head.decode(tuple(raw))
    for row in wanted[1, :2]:
        best = int(scores[1, :, int(row[0])].argmax())
        assert torch.allclose(boxes[1, best], row[1:], atol=1.0)
        assert float(scores[1, best, int(row[0])]) > 0.7
    assert float(scores[0].max()) < 0.1


def test_two_objects_on_one_prediction_share_it_whatever_their_order() -> None:
    first, second = [2.0, 40.0, 20.0, 52.0, 32.0], [1.0, 41.0, 21.0, 51.0, 31.0]
    values = [
        float(LOSS(tuple(maps()), targets(*pair))) for pair in ([first, second], [second, first])
    ]
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_the_weights_scale_their_parts() -> None:
    wanted = targets([2.0, 40.0, 20.0, 52.0, 32.0])

    def loss(**changes: float) -> float:
        return float(DetectionLoss(LOSS.head, LossWeights(**changes))(tuple(maps()), wanted))

    base = loss(box=1.0, objectness=1.0, classes=1.0)
    parts = [
        loss(**{"box": 1.0, "objectness": 1.0, "classes": 1.0, name: 2.0}) - base
        for name in ("box", "objectness", "classes")
    ]
    assert sum(parts) == pytest.approx(base, rel=1e-5)
    assert min(parts) > 0
    with pytest.raises(UserError, match="classes is 0"):
        LossWeights(classes=0)
