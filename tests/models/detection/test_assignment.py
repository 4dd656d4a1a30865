import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.datasets.detection_set import NO_OBJECT
from models.detection.assignment import assign
from tests.examples import examples
from tests.models.detection import reference
from tests.models.detection.reference import Box

SCALE = st.sampled_from([8, 16, 32])


@st.composite
def objects(draw: st.DrawFn) -> tuple[int, Box]:
    left, top = draw(st.integers(0, 90)), draw(st.integers(0, 58))
    right, bottom = draw(st.integers(left + 1, 96)), draw(st.integers(top + 1, 64))
    return draw(st.integers(0, 9)), (left, top, right, bottom)


@settings(max_examples=examples(80), deadline=None)
@given(
    st.lists(st.lists(objects(), max_size=4), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(2, 60), st.integers(2, 60)), min_size=1, max_size=3),
    SCALE,
)
def test_the_pairs_are_those_of_the_rule(
    images: list[list[tuple[int, Box]]], anchors: list[tuple[int, int]], stride: int
) -> None:
    targets = torch.zeros(len(images), 5, 5)
    targets[..., 0] = NO_OBJECT
    every = []
    for number, labelled in enumerate(images):
        for slot, (label, box) in enumerate(labelled):
            targets[number, slot] = torch.tensor([label, *box])
            every.append((number, label, box))
    rows, columns = 64 // stride, 96 // stride
    pairs = assign(targets, torch.tensor(anchors).float(), stride, (rows, columns))
    columns_of = (pairs.image, pairs.anchor, pairs.row, pairs.column, pairs.label)
    got = list(zip(*(c.tolist() for c in columns_of), strict=True))
    assert set(got) == reference.pairs(every, anchors, stride, rows, columns)
    truth = {(image, label, box) for image, label, box in every}
    shown = zip(pairs.image.tolist(), pairs.label.tolist(), pairs.box.tolist(), strict=True)
    assert all((image, label, tuple(map(int, box))) in truth for image, label, box in shown)


def test_an_object_on_the_far_edge_stays_on_the_map() -> None:
    targets = torch.tensor([[[3.0, 95.0, 63.0, 96.0, 64.0]]])
    pairs = assign(targets, torch.tensor([[1.0, 1.0]]), 32, (2, 3))
    assert set(zip(pairs.row.tolist(), pairs.column.tolist(), strict=True)) == {(1, 2)}
