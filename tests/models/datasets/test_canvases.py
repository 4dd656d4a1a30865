import pytest
import torch
from sklearn.datasets import load_digits

from models.datasets.canvases import (
    CANVAS_SIZE,
    FEWEST,
    MOST,
    MOST_COVERED,
    SIDES,
    CanvasCounts,
    covered,
    make_canvases,
)
from models.datasets.detection_set import NO_OBJECT, Annotated, DetectionSet
from models.datasets.digits import TEST_IMAGES, shuffled_digits
from sim.errors import UserError

COUNTS = CanvasCounts(train=60, validation=40, test=50)


@pytest.fixture(scope="module")
def canvases() -> DetectionSet:
    return make_canvases(0, COUNTS)


def parts(data: DetectionSet) -> tuple[Annotated, Annotated, Annotated]:
    return data.train, data.validation, data.test


def rows(part: Annotated) -> list[list[list[float]]]:
    """Per canvas, its objects."""
    return [[row for row in canvas if row[0] != NO_OBJECT] for canvas in part.targets.tolist()]


def test_sizes_types_and_scale(canvases: DetectionSet) -> None:
    assert [len(part) for part in parts(canvases)] == [60, 40, 50]
    assert canvases.train_images.shape == (60, 1, CANVAS_SIZE, CANVAS_SIZE)
    assert canvases.train_labels.shape == (60, MOST, 5)
    assert (canvases.in_channels, canvases.input_size) == (1, CANVAS_SIZE)
    assert canvases.num_classes == 10
    assert abs(float(canvases.train_images.mean())) < 1e-4
    assert abs(float(canvases.train_images.std()) - 1) < 1e-4
    for part in parts(canvases):
        assert part.images.dtype == part.targets.dtype == torch.float32
        assert all(1 <= len(objects) <= MOST for objects in rows(part))
    assert max(len(objects) for objects in rows(canvases.train)) > FEWEST


def test_same_seed_same_bits_and_another_seed_others(canvases: DetectionSet) -> None:
    torch.manual_seed(99)
    again = make_canvases(0, COUNTS)
    other = make_canvases(1, COUNTS)
    for name in ("train", "validation", "test"):
        first, second = getattr(canvases, name), getattr(again, name)
        assert torch.equal(first.images, second.images)
        assert torch.equal(first.targets, second.targets)
        assert torch.equal(first.sources, second.sources)
        assert not torch.equal(first.images, getattr(other, name).images)


def test_more_canvases_begin_with_the_same_ones(canvases: DetectionSet) -> None:
    more = make_canvases(0, CanvasCounts(train=61, validation=90, test=51))
    assert torch.equal(more.validation.targets[:40], canvases.validation.targets)
    assert torch.equal(more.test.sources[:50], canvases.test.sources)


def test_boxes_lie_on_the_canvas_and_fit_the_sizes(canvases: DetectionSet) -> None:
    for part in parts(canvases):
        corners = part.objects[:, 1:]
        assert float(corners.min()) >= 0
        assert float(corners.max()) <= CANVAS_SIZE
        sides = corners[:, 2:] - corners[:, :2]
        assert float(sides.min()) >= 1
        assert float(sides.max()) <= SIDES[1]


def test_boxes_cover_each_other_at_most_so_far(canvases: DetectionSet) -> None:
    some = 0
    for part in parts(canvases):
        for objects in rows(part):
            boxes = [tuple(int(value) for value in row[1:]) for row in objects]
            for i, box in enumerate(boxes):
                for other in boxes[:i]:
                    share = covered(box, other)  # type: ignore[arg-type]
                    assert share <= MOST_COVERED
                    some += share > 0
    assert some > 0  # else the bound is not tried


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ((0, 0, 4, 4), (4, 0, 8, 4), 0.0),
        ((0, 0, 4, 4), (2, 2, 6, 6), 0.25),
        ((0, 0, 10, 10), (2, 3, 4, 5), 1.0),
        ((0, 0, 2, 2), (5, 0, 7, 2), 0.0),
    ],
)
def test_covered_share_is_of_the_smaller_box(
    first: tuple[int, int, int, int], second: tuple[int, int, int, int], share: float
) -> None:
    assert covered(first, second) == covered(second, first) == share


def test_no_digit_is_in_two_sets_and_test_digits_are_those_of_the_digits_suite(
    canvases: DetectionSet,
) -> None:
    used = [set(part.sources.flatten().tolist()) - {NO_OBJECT} for part in parts(canvases)]
    assert not used[0] & used[1]
    assert not used[0] & used[2]
    assert not used[1] & used[2]
    _, _, order = shuffled_digits(0)
    assert used[2] <= set(order[-TEST_IMAGES:].tolist())


def test_classes_are_those_of_the_digits_shown(canvases: DetectionSet) -> None:
    truth = torch.from_numpy(load_digits().target)
    for part in parts(canvases):
        shown = part.sources != NO_OBJECT
        assert torch.equal(part.targets[..., 0][shown].long(), truth[part.sources[shown]])
        assert bool((part.targets[..., 0][~shown] == NO_OBJECT).all())


def test_digits_are_brighter_than_what_surrounds_all_boxes(canvases: DetectionSet) -> None:
    for image, objects in zip(canvases.test.images[:, 0], rows(canvases.test), strict=True):
        outside = torch.ones_like(image, dtype=torch.bool)
        for _, left, top, right, bottom in objects:
            outside[int(top) : int(bottom), int(left) : int(right)] = False
        for _, left, top, right, bottom in objects:
            inside = image[int(top) : int(bottom), int(left) : int(right)]
            assert float(inside.mean()) > float(image[outside].mean())


def test_first(canvases: DetectionSet) -> None:
    part = canvases.test
    assert torch.equal(part.first(3).targets, part.targets[:3])


def test_bad_seeds_and_counts_are_named() -> None:
    with pytest.raises(UserError, match="seed is -1"):
        make_canvases(-1, COUNTS)
    with pytest.raises(UserError, match="test_canvases is 0"):
        CanvasCounts(train=1, validation=1, test=0)
