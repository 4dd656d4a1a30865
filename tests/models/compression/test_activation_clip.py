import pytest
import torch

from models.compression.activation_clip import (
    SmallToZero,
    activation_scales,
    clippable_tensors,
    clips_of,
    set_clips,
)
from models.graph.stored_tensors import SparseNetwork
from tests.models.toy import toy, toy_images


def test_small_values_of_either_sign_become_zero() -> None:
    clipped = SmallToZero(0.5)(torch.tensor([-2.0, -0.5, -0.1, 0.0, 0.5, 0.51]))
    assert clipped.tolist() == [-2.0, 0.0, 0.0, 0.0, 0.0, pytest.approx(0.51)]


def test_gradient_passes_the_clip() -> None:
    x = torch.tensor([0.1, 1.0], requires_grad=True)
    SmallToZero(0.5)(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1.0, 1.0]


def test_all_tensors_but_the_image_may_be_clipped() -> None:
    network = SparseNetwork(toy())
    names = [tensor.name for tensor in clippable_tensors(network)]
    assert names == ["depthwise", "pointwise", "conv", "strided", "fc1", "fc2"]


def test_scales_are_measured_without_the_clips_that_are_in_place() -> None:
    network = SparseNetwork(toy())
    scales = activation_scales(network, toy_images())
    set_clips(network, {"conv": 1e9, "fc1": 0.0})
    assert clips_of(network) == {"conv": 1e9}
    assert activation_scales(network, toy_images()) == scales
    assert clips_of(network) == {"conv": 1e9}
