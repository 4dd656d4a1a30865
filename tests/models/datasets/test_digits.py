import pytest
import torch

from models.datasets.dataset import Dataset
from models.datasets.digits import TEST_IMAGES, make_digits, shuffled_digits


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return make_digits(0)


def test_the_seed_chooses_the_held_out_digits(digits: Dataset) -> None:
    assert not torch.equal(digits.test_labels, make_digits(1).test_labels)


def test_no_digit_is_both_trained_on_and_tested(digits: Dataset) -> None:
    both = torch.cat([digits.train_images, digits.test_images]).flatten(1)
    assert len(both.unique(dim=0)) == 1797


def test_images_come_from_the_numbers_that_are_told(digits: Dataset) -> None:
    images, labels, order = shuffled_digits(0)
    assert sorted(order.tolist()) == list(range(1797))
    assert images.min() == 0
    assert images.max() == 16
    assert torch.equal(digits.test_labels, torch.from_numpy(labels[-TEST_IMAGES:]))
