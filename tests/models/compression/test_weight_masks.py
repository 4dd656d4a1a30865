import pytest
import torch

from models.compression.scheme import Samples
from models.compression.schemes import full_size_schemes
from models.compression.weight_masks import (
    apply_weight_masks,
    make_masks_permanent,
    prunable_layers,
)
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from tests.models.toy import toy, toy_images


def test_first_last_and_depthwise_layers_are_spared() -> None:
    layers = prunable_layers(SparseNetwork(toy()))
    assert list(layers) == ["pointwise", "conv", "shortcut", "strided", "fc1"]


def test_masked_weights_stay_zero_through_a_step_of_training() -> None:
    network = SparseNetwork(toy())
    mask = torch.rand(18, 64, generator=torch.Generator().manual_seed(0)) < 0.5
    apply_weight_masks(network, {"fc1": mask})
    optimizer = torch.optim.SGD(network.module.parameters(), 0.1)
    network.module(toy_images()).square().sum().backward()
    optimizer.step()
    make_masks_permanent(network)
    weight = network.layers["fc1"].get_parameter("weight")
    assert torch.equal(weight != 0, mask)
    assert not torch.equal(weight[mask], toy().fc1.weight[mask])
    assert set(network.module.state_dict()) == set(toy().state_dict())


def test_a_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"fc1: mask \(2, 2\)"):
        apply_weight_masks(SparseNetwork(toy()), {"fc1": torch.ones(2, 2, dtype=torch.bool)})


@pytest.mark.parametrize(
    "scheme", ["magnitude", "balanced", "unbalanced", "dbb", "two_four", "two_eight"]
)
def test_no_scheme_passes_for_one_where_there_is_nothing_to_prune(scheme: str) -> None:
    layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 4, 3))
    pruning = full_size_schemes()[scheme]()
    with pytest.raises(UserError, match="no layer to prune"):
        pruning.prune(SparseNetwork(layers), Samples(torch.rand(2, 3, 8, 8)))
