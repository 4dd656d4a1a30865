import numpy as np
import pytest
import torch
from torch import Tensor

from models.compression.schemes import scheme
from models.compression.schemes.balanced import Balanced, FullSizeBalanced
from models.compression.schemes.unbalanced import FullSizeUnbalanced, Unbalanced
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim import Layer
from tests.models.compression.samples import samples
from tests.models.compression.schemes.drawing import rng
from tests.models.toy import toy


def pruned(settings: Balanced) -> dict[str, Tensor]:
    network = SparseNetwork(toy())
    settings.prune(network, samples())
    make_masks_permanent(network)
    return {name: layer.weight.detach() for name, layer in network.layers.items()}


@pytest.mark.parametrize("settings", [{}, {"density": 0.3}, {"pointwise": False}])
def test_unbalanced_keeps_as_many_weights_per_layer_elsewhere(settings: dict) -> None:
    balanced, unbalanced = pruned(Balanced(**settings)), pruned(Unbalanced(**settings))
    for name, weight in balanced.items():
        assert int(weight.count_nonzero()) == int(unbalanced[name].count_nonzero())
    assert not torch.equal(balanced["conv"] != 0, unbalanced["conv"] != 0)
    kept = toy().conv.weight.abs()[unbalanced["conv"] != 0]
    gone = toy().conv.weight.abs()[unbalanced["conv"] == 0]
    assert kept.min() >= gone.max()


def test_modelled_layers_keep_as_many_weights_in_uneven_slices() -> None:
    layer = Layer.conv("conv", 16, 32, (3, 3), stride=(1, 1), padding=(1, 1), input_size=(8, 8))
    balanced, unbalanced = (
        kind(balanced_density=0.4).weight_mask(layer, 0.9, 0.3, rng())
        for kind in (FullSizeBalanced, FullSizeUnbalanced)
    )
    assert balanced.sum() == unbalanced.sum() == 16 * 32 * 4
    assert (balanced.sum(axis=(2, 3)) == 4).all()
    assert np.std(unbalanced.sum(axis=(2, 3))) > 1


def test_scheme_is_found_by_name() -> None:
    assert scheme("unbalanced") is Unbalanced
