import torch

from models.datasets.detection_set import NO_OBJECT, Annotated, DetectionSet


def annotated(count: int) -> Annotated:
    """Images with one object, but for the last, which has two."""
    targets = torch.full((count, 2, 5), float(NO_OBJECT))
    targets[:, 0] = torch.tensor([3.0, 1.0, 2.0, 5.0, 7.0])
    targets[-1, 1] = torch.tensor([0.0, 4.0, 4.0, 6.0, 9.0])
    return Annotated(torch.zeros(count, 1, 8, 8), targets, torch.zeros(count, 2, dtype=torch.int64))


def test_objects_are_the_rows_that_are_not_filled_up() -> None:
    assert annotated(3).objects[:, 0].tolist() == [3, 3, 3, 0]
    assert len(annotated(3).first(2)) == 2
    assert annotated(3).first(2).objects[:, 0].tolist() == [3, 3]


def test_a_set_trains_on_its_first_part() -> None:
    data = DetectionSet("toys", annotated(4), annotated(2), annotated(3), 10)
    assert torch.equal(data.train_labels, data.train.targets)
    assert (len(data.train_images), len(data.test_images)) == (4, 3)
    assert (data.in_channels, data.input_size) == (1, 8)
