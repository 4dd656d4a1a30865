import numpy as np
import pytest

from models.compression.schemes.two_eight import FullSizeTwoEight, TwoEight
from models.graph.stored_tensors import SparseNetwork
from sim import Layer, LayerTrace, accelerator, simulate
from sim.accelerators.tensor_core.patterns import Pattern
from tests.models.compression.samples import samples
from tests.models.toy import toy

RATIO = Pattern(2, 8)


def test_every_eight_weights_keep_at_most_two() -> None:
    network = SparseNetwork(toy())
    TwoEight().prune(network, samples())
    for name in ("pointwise", "conv", "shortcut", "strided", "fc1"):
        mask = (network.layers[name].weight.detach() != 0).numpy()
        assert RATIO.holds(mask.reshape(*mask.shape[:2], -1, 1))


def test_modelled_weights_run_as_far_as_operands_arrive_and_on_2_of_4_in_half_the_time() -> None:
    layer = Layer.conv("conv", 64, 64, 3, padding=1, input_size=16)
    sizes = FullSizeTwoEight()
    mask = sizes.weight_mask(layer, 0.3, 0.5, np.random.default_rng(0))
    assert RATIO.holds(mask)
    assert sizes.pruning == TwoEight(fine_tune_epochs=0)
    trace = LayerTrace.of(layer, weight=mask)
    dense, half, flexible = (
        simulate(trace, accelerator(name)).cycles for name in ("tc", "stc", "stc_flexible")
    )
    assert dense / half == 2
    assert dense / flexible == pytest.approx(4 * 42 / 76, rel=0.01)  # 64 inputs, 8 weights, indices
