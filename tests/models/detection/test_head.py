import math

import pytest
import torch

from models.detection.head import Head, fit_head, fitted_anchors, head_of, per_anchor
from models.networks import build
from models.networks.yolov5s import ANCHORS
from sim.errors import UserError


def detector() -> torch.nn.Module:
    torch.manual_seed(0)
    return build("yolov5s_relu", num_classes=10, in_channels=1, width=0.125, input_size=64)


def test_anchors_are_ordered_by_area_then_slenderness_and_sit_in_the_data() -> None:
    sizes = torch.tensor(
        [[w * s, h * s] for s in (1.0, 4.0, 16.0) for w, h in ((2, 8), (4, 4), (8, 2))]
    )
    shuffled = sizes[torch.randperm(9, generator=torch.Generator().manual_seed(1))]
    assert torch.equal(fitted_anchors(shuffled), sizes.view(3, 3, 2))


def test_anchors_need_boxes() -> None:
    with pytest.raises(UserError, match="8 boxes to fit anchors to; expected at least 9"):
        fitted_anchors(torch.ones(8, 2))


def test_a_fitted_head_carries_its_anchors_and_expects_nothing() -> None:
    network = detector()
    assert head_of(network).anchors.tolist() == [[list(a) for a in scale] for scale in ANCHORS]
    sizes = torch.arange(1.0, 19).view(9, 2)
    fit_head(network, sizes)
    assert torch.allclose(head_of(network).anchors, fitted_anchors(sizes))
    maps = network.eval()(torch.zeros(1, 1, 64, 64))
    assert all(float(per_anchor(raw)[..., 4].sigmoid().mean().detach()) < 0.05 for raw in maps)


def test_the_anchors_are_part_of_the_state() -> None:
    fitted, loaded = detector(), detector()
    fit_head(fitted, torch.arange(1.0, 19).view(9, 2))
    loaded.load_state_dict(fitted.state_dict())
    assert torch.equal(head_of(loaded).anchors, head_of(fitted).anchors)


def test_only_detectors_have_a_head() -> None:
    with pytest.raises(UserError, match="LeNet has 0 detection heads; expected a YOLOv5s"):
        head_of(build("lenet5", num_classes=10, in_channels=1, input_size=32))


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def test_decoding_one_prediction_by_hand() -> None:
    """Anchor 1 of the middle scale, row 1, column 2, class 1 of 2."""
    anchors = torch.tensor([[[8.0, 8]] * 3, [[16.0, 16], [10, 20], [16, 16]], [[32.0, 32]] * 3])
    maps = tuple(torch.full((1, 3 * 7, 48 // s, 96 // s), -30.0) for s in (8, 16, 32))
    values = [logit(0.75), logit(0.25), logit(0.5), logit(0.9), logit(0.8), -30.0, logit(0.5)]
    maps[1][0, 7:14, 1, 2] = torch.tensor(values)
    boxes, scores = Head(anchors).decode(maps)
    places = [3 * (48 // s) * (96 // s) for s in (8, 16, 32)]
    assert boxes.shape == (1, sum(places), 4)
    assert scores.shape == (1, sum(places), 2)
    at = places[0] + (1 * 3 + 1) * 6 + 2
    assert int(scores[0].amax(1).argmax()) == at
    assert scores[0, at].tolist() == pytest.approx([0, 0.4], abs=1e-6)
    x, y = (2 * 0.75 - 0.5 + 2) * 16, (2 * 0.25 - 0.5 + 1) * 16
    width, height = 1.0 * 10, 1.8**2 * 20
    expected = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
    assert boxes[0, at].tolist() == pytest.approx(expected, rel=1e-5)
