import math

import pytest
import torch
from torch import nn

from models.datasets import Dataset
from models.networks import build
from models.training import FILLING, Recipe, TrainingLog, accuracy, repeatable, train
from sim.errors import UserError


@pytest.fixture(scope="module")
def bars() -> Dataset:
    """Ten classes told by which band of rows is bright: easy, and made in no time."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(400) % 10
    images = 0.3 * torch.randn(400, 1, 32, 32, generator=generator)
    for row in range(3):
        images[torch.arange(400), 0, labels * 3 + row] += 1
    return Dataset("bars", images[:320], labels[:320], images[320:], labels[320:])


def lenet(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return build("lenet5", num_classes=10, in_channels=1, input_size=32, batch_norm=True)


def recipe(**changes: float) -> Recipe:
    values = {"epochs": 2, "batch_size": 64, "learning_rate": 4e-3, "seed": 0, "threads": 1}
    return Recipe(**{**values, **changes})  # type: ignore[arg-type]


def trained(bars: Dataset, **changes: float) -> tuple[nn.Module, TrainingLog]:
    network = lenet()
    return network, train(network, bars, recipe(**changes), progress=False)


def test_it_learns(bars: Dataset) -> None:
    before = accuracy(lenet(), bars.test_images, bars.test_labels)
    network, log = trained(bars, epochs=6)
    assert before < 0.4
    assert accuracy(network, bars.test_images, bars.test_labels) > 0.9
    assert log.steps == 6 * 5
    assert len(log.losses) == 6
    assert log.losses[-1] < log.losses[0]
    assert not network.training


@pytest.mark.parametrize("threads", [1, 2])
def test_same_seed_and_threads_same_bits(bars: Dataset, threads: int) -> None:
    network, _ = trained(bars, threads=threads)
    torch.manual_seed(12345)
    other, _ = trained(bars, threads=threads)
    for name, value in network.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_the_seed_matters(bars: Dataset) -> None:
    first, second = trained(bars)[0], trained(bars, seed=1)[0]
    assert not torch.equal(first.get_parameter("fc3.weight"), second.get_parameter("fc3.weight"))


def test_frozen_parameters_stay(bars: Dataset) -> None:
    network = lenet()
    frozen = network.get_parameter("conv1.weight").requires_grad_(False).clone()
    train(network, bars, recipe(weight_decay=0.5), progress=False)
    assert torch.equal(network.get_parameter("conv1.weight"), frozen)


def test_training_set_smaller_than_a_batch(bars: Dataset) -> None:
    few = Dataset("few", bars.train_images[:10], bars.train_labels[:10], *(bars.test_images,) * 2)
    log = train(lenet(), few, recipe(batch_size=64), progress=False)
    assert log.steps == 2


def test_progress_only_where_asked_or_on_a_terminal(
    bars: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    train(lenet(), bars, recipe(epochs=1))
    assert capsys.readouterr() == ("", "")
    train(lenet(), bars, recipe(epochs=1), progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "LeNet" in shown.err


def test_diverging_is_told(bars: Dataset) -> None:
    broken = Dataset("broken", bars.train_images * math.inf, *(bars.train_labels,) * 3)
    with pytest.raises(UserError, match=r"diverged in epoch 1.*lower learning_rate from 0.004"):
        train(lenet(), broken, recipe(), progress=False)


def test_repeatable_restores_all_settings() -> None:
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    with repeatable(seed=3, threads=threads + 1):
        assert torch.get_num_threads() == threads + 1
        assert torch.are_deterministic_algorithms_enabled()
        assert not torch.is_deterministic_algorithms_warn_only_enabled()
        torch.rand(3)
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()
    assert torch.equal(torch.get_rng_state(), state)


def test_only_a_training_leaves_new_tensors_unfilled(bars: Dataset) -> None:
    seen: list[bool] = []
    network = lenet()
    network.register_forward_pre_hook(lambda *_: seen.append(FILLING.fill_uninitialized_memory))
    with repeatable(seed=0, threads=1):
        weights = torch.empty(100)
        train(network, bars, recipe(epochs=1), progress=False)
    assert weights.isnan().all()
    assert set(seen) == {False}
    assert FILLING.fill_uninitialized_memory


def test_accuracy_counts_in_evaluation_mode_over_all_batches() -> None:
    class Sign(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            assert not self.training
            return torch.cat([-x.flatten(1), x.flatten(1)], dim=1)

    images = torch.linspace(-1, 2, 1200).reshape(-1, 1, 1, 1)
    labels = torch.ones(1200, dtype=torch.int64)
    network = Sign().train()
    assert accuracy(network, images, labels) == 800 / 1200
    assert network.training


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "epochs is 0"),
        ({"batch_size": 1.5}, "batch_size is 1.5"),
        ({"threads": "2"}, "threads is '2'"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"weight_decay": -1}, "weight_decay is -1"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_bad_recipes(changes: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        recipe(**changes)
