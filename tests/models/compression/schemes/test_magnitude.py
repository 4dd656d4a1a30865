import pytest
import torch

from models.compression.schemes.magnitude import Magnitude, magnitude_masks
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from tests.models.compression.samples import samples
from tests.models.toy import toy


def test_threshold_is_global_and_ties_keep_the_earlier_weight() -> None:
    weights = {"a": torch.tensor([[5.0, -4.0], [1.0, 2.0]]), "b": torch.tensor([[2.0, 3.0, 0.1]])}
    masks = magnitude_masks(weights, 4 / 7)
    assert masks["a"].tolist() == [[True, True], [False, True]]
    assert masks["b"].tolist() == [[False, True, False]]


@pytest.mark.parametrize("density", [0.0, 0.25, 1.0])
def test_density_is_met_over_the_prunable_layers(density: float) -> None:
    network = SparseNetwork(toy())
    Magnitude(density=density).prune(network, samples())
    make_masks_permanent(network)
    pruned = [network.layers[n] for n in ("pointwise", "conv", "shortcut", "strided", "fc1")]
    total = sum(layer.weight.numel() for layer in pruned)
    assert sum(int(layer.weight.count_nonzero()) for layer in pruned) == round(density * total)
    for name in ("stem", "depthwise", "fc2"):
        assert bool((network.layers[name].weight != 0).all())


def test_density_out_of_range_is_refused() -> None:
    with pytest.raises(UserError, match=r"density is 1\.5; expected a number in \[0, 1\]"):
        Magnitude(density=1.5)
