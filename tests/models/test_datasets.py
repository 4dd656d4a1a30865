import pytest
import torch

from models.datasets import SUITES, Dataset, load
from models.datasets import shapes as module_of_shapes
from sim.errors import UserError


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits", 0)


@pytest.mark.parametrize(
    ("suite", "channels", "train", "test"), [("digits", 1, 1437, 360), ("shapes", 3, 12_000, 2_000)]
)
def test_sizes_types_and_scale(
    suite: str, channels: int, train: int, test: int, request: pytest.FixtureRequest
) -> None:
    data: Dataset = request.getfixturevalue(suite)
    assert data.train_images.shape == (train, channels, 32, 32)
    assert data.test_images.shape == (test, channels, 32, 32)
    assert (len(data.train_labels), len(data.test_labels)) == (train, test)
    for images, labels in (
        (data.train_images, data.train_labels),
        (data.test_images, data.test_labels),
    ):
        assert images.dtype == torch.float32
        assert labels.dtype == torch.int64
        assert bool(torch.isfinite(images).all())
        assert torch.equal(labels.unique(), torch.arange(10))
    assert abs(float(data.train_images.mean())) < 1e-5
    assert abs(float(data.train_images.std()) - 1) < 1e-4
    assert (data.in_channels, data.input_size, data.num_classes) == (channels, 32, 10)


@pytest.mark.parametrize("suite", SUITES)
def test_same_seed_same_bits_whatever_the_threads(
    suite: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module_of_shapes, "TRAIN_IMAGES", 1_500)  # more than are drawn at a time
    first = load(suite, 0)
    threads = torch.get_num_threads()
    torch.set_num_threads(3 - min(threads, 2))
    torch.manual_seed(99)
    again = load(suite, 0)
    torch.set_num_threads(threads)
    for name in ("train_images", "train_labels", "test_images", "test_labels"):
        assert torch.equal(getattr(first, name), getattr(again, name))


def test_unknown_suite_and_bad_seed() -> None:
    with pytest.raises(UserError, match=r"unknown suite.*'shape' \(did you mean 'shapes'\?\)"):
        load("shape", 0)
    with pytest.raises(UserError, match="seed is -1"):
        load("digits", -1)
