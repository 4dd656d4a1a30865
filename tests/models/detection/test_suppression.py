import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.detection.suppression import Selection, select
from sim.errors import UserError
from tests.examples import examples
from tests.models.detection import reference
from tests.models.detection.reference import Box


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    return (left, top, left + draw(st.integers(1, 8)), top + draw(st.integers(1, 8)))


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(st.tuples(boxes(), st.lists(st.integers(0, 20), min_size=2, max_size=2)), min_size=1),
    st.integers(1, 12),
)
def test_what_stays_is_what_the_greedy_loop_keeps(
    scored_boxes: list[tuple[Box, list[int]]], limit: int
) -> None:
    corners = [box for box, _ in scored_boxes]
    scores = [[value / 20 for value in row] for _, row in scored_boxes]
    selection = Selection(least_score=0.1, most_overlap=0.45, most_boxes=limit)
    both = [torch.tensor([rows, rows], dtype=torch.float64) for rows in (corners, scores)]
    detected = select(*both, selection)
    expected = reference.suppressed(corners, scores, 0.1, 0.45, limit)
    for image in range(2):
        kept = detected.kept[image]
        got = zip(
            detected.boxes[image][kept].tolist(),
            detected.labels[image][kept].tolist(),
            detected.scores[image][kept].tolist(),
            strict=True,
        )
        assert list(got) == [(list(corners[p]), c, scores[p][c]) for p, c in expected]


def test_a_suppressed_box_suppresses_nothing() -> None:
    """A chain: the first takes out the second, so the third stays."""
    chain = torch.tensor([[[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]])
    scores = torch.tensor([[[0.9], [0.8], [0.7]]])
    assert select(chain, scores, Selection(most_overlap=0.4)).kept.tolist() == [[True, False, True]]


def test_out_of_range_is_named() -> None:
    with pytest.raises(UserError, match=r"most_overlap is 1\.5"):
        Selection(most_overlap=1.5)
    with pytest.raises(UserError, match="most_boxes is 0"):
        Selection(most_boxes=0)
