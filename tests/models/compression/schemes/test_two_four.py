import numpy as np
import pytest
import torch

from models.compression.schemes.two_four import FullSizeTwoFour, TwoFour
from models.graph.stored_tensors import SparseNetwork
from sim import Layer, LayerTrace, accelerator, simulate
from sim.accelerators.tensor_core.patterns import Pattern
from tests.models.compression.samples import samples
from tests.models.toy import toy

RATIO = Pattern(2, 4)


def test_every_four_weights_keep_their_two_largest() -> None:
    network = SparseNetwork(toy())
    before = {name: layer.weight.clone() for name, layer in network.layers.items()}
    TwoFour().prune(network, samples())
    for name in ("pointwise", "conv", "shortcut", "strided", "fc1"):
        weight, dense = network.layers[name].weight.detach(), before[name].detach()
        mask = (weight != 0).numpy()
        assert RATIO.holds(mask.reshape(*mask.shape[:2], -1, 1))
        assert torch.equal(weight[weight != 0], dense[weight != 0])
        channels = weight.shape[1] // 4 * 4
        kept, all_four = (
            part[:, :channels].abs().unflatten(1, (-1, 4)).movedim(2, -1)
            for part in (weight, dense)
        )
        assert torch.equal(kept.sum(-1), all_four.topk(2).values.sum(-1))
    for name in ("stem", "depthwise", "fc2"):
        assert torch.equal(network.layers[name].weight, before[name])


@pytest.mark.parametrize("channels", [64, 70])
def test_modelled_weights_run_in_half_the_time_on_a_sparse_tensor_core(channels: int) -> None:
    layer = Layer.conv("conv", channels, 64, 3, padding=1, input_size=16)
    mask = FullSizeTwoFour().weight_mask(layer, 0.3, 0.5, np.random.default_rng(0))
    assert RATIO.holds(mask)
    blocks = np.add.reduceat(mask, range(0, channels, 4), axis=1, dtype=int)
    assert (blocks[:, : channels // 4] == 2).all()
    trace = LayerTrace.of(layer, weight=mask)
    dense, sparse = (simulate(trace, accelerator(name)).cycles for name in ("tc", "stc"))
    assert dense / sparse == pytest.approx(2, rel=0.05)
