import torch
from torch import Tensor

from models.compression.quantization import fold_batch_norm
from models.compression.repair.importance import prune_by_importance
from models.compression.repair.walk import walk
from models.compression.schemes.balanced import Balanced, balanced_mask
from models.compression.schemes.dense import Dense
from models.graph.stored_tensors import SparseNetwork, weight
from tests.models.toy import toy, toy_images

IMAGES = toy_images(120, seed=4)


def folded() -> SparseNetwork:
    network = SparseNetwork(toy())
    fold_batch_norm(network)
    return network


def test_importance_keeps_what_meets_large_inputs() -> None:
    layer = "pointwise"
    before = weight(folded().layers[layer]).detach()
    network = folded()
    prune_by_importance(network, Balanced(density=0.5), IMAGES)
    after = weight(network.layers[layer]).detach()
    kept = after != 0
    assert torch.equal(after[kept], before[kept])
    inputs: dict[str, Tensor] = {}
    walk(folded(), [(folded(), lambda name, x, _: inputs.update({name: x.clone()}))], IMAGES)
    strength = inputs[layer].square().mean((0, 2, 3)).sqrt()[None, :, None, None]
    assert torch.equal(kept, balanced_mask(before * strength, 0.5))
    assert not torch.equal(kept, balanced_mask(before, 0.5))


def test_a_scheme_that_prunes_nothing_changes_nothing() -> None:
    network = folded()
    prune_by_importance(network, Dense(), torch.zeros_like(IMAGES))
    for name, layer in folded().layers.items():
        assert torch.equal(weight(network.layers[name]), weight(layer))
