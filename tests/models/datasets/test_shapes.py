import torch

from models.datasets.dataset import Dataset


def test_shapes_come_in_equal_parts_and_all_differ(shapes: Dataset) -> None:
    assert shapes.train_labels.bincount().tolist() == [1200] * 10
    assert shapes.test_labels.bincount().tolist() == [200] * 10
    corner = torch.cat([shapes.train_images, shapes.test_images])[:, :, :4, :4].flatten(1)
    assert len(corner.unique(dim=0)) == 14_000


def test_shapes_are_told_by_outline_not_by_brightness(shapes: Dataset) -> None:
    """The best guess from mean colours alone stays near chance."""
    x = torch.cat([shapes.train_images.mean(dim=(2, 3)), torch.ones(12_000, 1)], dim=1)
    y = torch.nn.functional.one_hot(shapes.train_labels, 10).float()
    weights = torch.linalg.lstsq(x, y).solution
    right = (x @ weights).argmax(dim=1) == shapes.train_labels
    assert float(right.float().mean()) < 0.25
