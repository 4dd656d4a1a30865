"""A training that is killed and taken up again ends in the same bits as one that ran through."""

import logging
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from models.datasets import Dataset
from models.training import Recipe, TrainingLog, train
from models.training.saved import SavedTraining

RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=0.01, seed=2, threads=1)
PER_EPOCH = 5


class KilledError(Exception):
    """Stands for what ends a process."""


def data() -> Dataset:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(PER_EPOCH * 8 + 3, 2, 4, 4, generator=generator)
    labels = (images.mean((1, 2, 3)) > 0).long()
    return Dataset("noise", images, labels, images, labels)


def network() -> nn.Module:
    """With all that has a state: batch norm, dropout's draws, frozen and trained weights."""
    torch.manual_seed(0)
    convolution = nn.Conv2d(2, 6, 3, padding=1)
    layers = (convolution, nn.BatchNorm2d(6), nn.ReLU(), nn.Dropout(0.5), nn.Flatten())
    return nn.Sequential(*layers, nn.Linear(96, 2))


def trained(path: Path, killed_after: int | None = None) -> tuple[nn.Module, TrainingLog]:
    module, calls = network(), 0

    def criterion(logits: Tensor, labels: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        if killed_after is not None and calls > killed_after:
            raise KilledError
        return nn.functional.cross_entropy(logits, labels)

    saved = SavedTraining(path, {"recipe": 1}, every=2)
    return module, train(module, data(), RECIPE, False, criterion, saved=saved)


@pytest.mark.parametrize("killed_after", [1, 2, 3, 5, 9, 12])
def test_a_killed_training_goes_on_to_the_same_bits(tmp_path: Path, killed_after: int) -> None:
    whole, log = trained(tmp_path / "whole.safetensors")
    path = tmp_path / "killed.safetensors"
    with pytest.raises(KilledError):
        trained(path, killed_after)
    module, resumed = trained(path)
    assert resumed == log
    for name, value in whole.state_dict().items():
        assert torch.equal(value, module.state_dict()[name]), name


def test_it_goes_on_where_it_was_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "killed.safetensors"
    with pytest.raises(KilledError):
        trained(path, PER_EPOCH + 3)
    with caplog.at_level(logging.INFO), pytest.raises(KilledError):
        trained(path, 2 * PER_EPOCH - 3)  # one update fewer than are left
    assert "training goes on in epoch 2, 2 batches done" in caplog.text
    assert "epoch 3 of 3" not in caplog.text
    trained(path, 1)


def test_it_keeps_no_less_than_training_without(tmp_path: Path) -> None:
    kept, _ = trained(tmp_path / "kept.safetensors")
    plain = network()
    train(plain, data(), RECIPE, False)
    for name, value in plain.state_dict().items():
        assert torch.equal(value, kept.state_dict()[name]), name


@pytest.mark.parametrize(
    ("other", "said"), [("identity", "is of other settings or files"), ("damage", "starts anew")]
)
def test_a_file_of_another_training_is_left_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, other: str, said: str
) -> None:
    path = tmp_path / "killed.safetensors"
    with pytest.raises(KilledError):
        trained(path, 7)
    if other == "damage":
        path.write_bytes(path.read_bytes()[:-9])
    saved = SavedTraining(path, {"recipe": 2 if other == "identity" else 1})
    module = network()
    train(module, data(), RECIPE, False, saved=saved)
    assert said in caplog.text
    plain = network()
    train(plain, data(), RECIPE, False)
    assert torch.equal(plain[0].weight, module[0].weight)  # type: ignore[index]
