from dataclasses import replace

import pytest
import torch

from models.compression.activation_dbb import bounds_of, prunable_tensors
from models.compression.procedure import (
    compress,
    compressed_form,
    pruning_of,
    weight_densities,
)
from models.compression.quantization import weight_int8
from models.compression.scheme import Samples, Scheme
from models.compression.schemes.dbb import Dbb
from models.compression.schemes.dense import Dense
from models.datasets import Dataset
from models.graph.stored_tensors import SparseNetwork
from models.training import accuracy
from sim.errors import UserError
from sim.masks.density_bound import tightest_bound
from tests.models.toy import toy, toy_images


def toy_data() -> Dataset:
    """Images labelled by what an untouched toy says of them, so that the toy is 100 % right."""
    images = toy_images(120, seed=4)
    with torch.no_grad():
        labels = toy()(images).argmax(1)
    return Dataset("toys", images[:80], labels[:80], images[80:], labels[80:])


FEW = {"held_out_images": 16, "calibration_images": 32, "batch_size": 16, "threads": 1}


def test_dense_without_fine_tuning_changes_nothing_but_the_rounding() -> None:
    network, top1 = compress(toy(), toy_data(), Dense(fine_tune_epochs=0, **FEW))
    assert (top1.trained, top1.one_shot, top1.fine_tuned) == (100.0, 100.0, 100.0)
    assert 90.0 <= top1.int8 <= 100.0
    assert set(bounds_of(network).values()) == {8}


def test_zeros_and_bounds_hold_after_fine_tuning_and_rounding() -> None:
    scheme = Dbb(weight_bound=2, activation_budget_points=20.0, learning_rate=0.01, **FEW)
    network, top1 = compress(toy(), toy_data(), scheme)
    assert top1.one_shot < 100.0
    for name in ("pointwise", "conv", "shortcut", "strided", "fc1"):
        assert tightest_bound(weight_int8(network.layers[name]) != 0) <= 2
    assert min(bounds_of(network)[t.name] for t in prunable_tensors(network)) < 8
    assert not torch.equal(network.layers["stem"].weight, toy().stem.weight), "it was trained"
    overall, each = weight_densities(network)
    assert 0 < overall < 0.7
    assert each["stem"] > 0.9
    assert each["conv"] <= 2 / 8 + 0.15  # 10 channels: a block of 8 and one of 2


def test_an_accuracy_that_is_known_is_not_measured_again() -> None:
    _, top1 = compress(toy(), toy_data(), Dense(fine_tune_epochs=0, **FEW), top1_percent=12.5)
    assert (top1.trained, top1.one_shot) == (12.5, 100.0)


def test_same_settings_give_the_same_network_bit_by_bit() -> None:
    states = [compress(toy(), toy_data(), Dbb(**FEW))[0].module.state_dict() for _ in range(2)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_compressed_form_takes_the_saved_state() -> None:
    data = toy_data()
    network, top1 = compress(toy(), data, Dbb(activation_budget_points=30.0, **FEW))
    restored = compressed_form(toy(seed=8), pruning_of(network))
    restored.module.load_state_dict(network.module.state_dict())
    assert torch.equal(restored.module(data.test_images), network.module(data.test_images))
    assert 100 * accuracy(restored.module, data.test_images, data.test_labels) == top1.int8


def test_schemes_choose_on_images_that_are_neither_test_nor_fine_tuning_images() -> None:
    data, seen = toy_data(), []

    class Spy(Scheme):
        def prune(self, network: SparseNetwork, samples: Samples) -> None:
            seen.append(samples.images)
            assert samples.accuracy_percent(network) == 100.0

    poisoned = replace(data, train_images=data.train_images.clone())
    compress(toy(), poisoned, Spy(**FEW))
    assert torch.equal(seen[0], data.train_images[-16:])
    # Fine-tuning on a held-out image that is not a number would spoil the network.
    poisoned.train_images[-16:] = float("nan")

    class Blind(Scheme):
        def prune(self, network: SparseNetwork, samples: Samples) -> None:
            pass

    network, _ = compress(toy(), poisoned, Blind(**FEW))
    assert all(bool(torch.isfinite(v).all()) for v in network.module.state_dict().values())


def test_more_images_than_there_are_is_refused() -> None:
    with pytest.raises(UserError, match="held_out_images 60 and calibration_images 32 are more"):
        compress(toy(), toy_data(), Dense(**(FEW | {"held_out_images": 60})))
