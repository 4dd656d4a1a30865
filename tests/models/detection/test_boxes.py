import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.detection.boxes import area, centre_form, complete_overlap, corner_form, overlap
from tests.examples import examples
from tests.models.detection import reference
from tests.models.detection.reference import Box

COORDINATE = st.integers(0, 40)
SIDE = st.integers(1, 30)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(COORDINATE), draw(COORDINATE)
    return (left, top, left + draw(SIDE), top + draw(SIDE))


@settings(max_examples=examples(60), deadline=None)
@given(boxes(), boxes())
def test_overlaps_equal_the_definitions(first: Box, second: Box) -> None:
    a, b = torch.tensor(first).double(), torch.tensor(second).double()
    assert float(overlap(a, b)) == pytest.approx(reference.iou(first, second), abs=1e-6)
    assert float(complete_overlap(a, b)) == pytest.approx(reference.ciou(first, second), abs=1e-5)


def test_overlap_broadcasts_and_areas_are_not_negative() -> None:
    some = torch.tensor([[0.0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 4, 4]])
    matrix = overlap(some[:, None], some[None])
    assert matrix.shape == (3, 3)
    assert matrix[0, 1] == pytest.approx(1 / 7)
    assert area(some).tolist() == [4, 4, 0]
    assert float(matrix[2].max()) == 0


@settings(max_examples=examples(20), deadline=None)
@given(boxes())
def test_forms_undo_each_other(box: Box) -> None:
    corners = torch.tensor(box).float()
    left, top, right, bottom = box
    assert centre_form(corners).tolist() == [
        (left + right) / 2,
        (top + bottom) / 2,
        right - left,
        bottom - top,
    ]
    assert torch.equal(corner_form(centre_form(corners)), corners)


def test_following_the_gradient_moves_a_box_onto_its_object() -> None:
    box = torch.tensor([0.0, 0.0, 6.0, 3.0], requires_grad=True)
    truth = torch.tensor([10.0, 12.0, 15.0, 21.0])
    optimizer = torch.optim.Adam([box], lr=0.5)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    for _ in range(400):
        optimizer.zero_grad()
        (1 - complete_overlap(box, truth)).backward()
        optimizer.step()
        schedule.step()
    assert float(overlap(box.detach(), truth)) > 0.9
