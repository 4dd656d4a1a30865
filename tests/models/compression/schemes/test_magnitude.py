from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compression.schemes.magnitude import Magnitude, magnitude_masks, modelled_magnitude_mask
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from tests.examples import examples
from tests.models.compression.samples import samples
from tests.models.compression.schemes.drawing import Shape, rng, shapes
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


def test_a_network_of_a_first_and_a_last_layer_is_refused() -> None:
    layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 4, 3))
    with pytest.raises(UserError, match="no layer to prune"):
        Magnitude().prune(SparseNetwork(layers), samples())


def test_density_out_of_range_is_refused() -> None:
    with pytest.raises(UserError, match=r"density is 1\.5; expected a number in \[0, 1\]"):
        Magnitude(density=1.5)


@settings(max_examples=examples(60), deadline=None)
@given(shapes, st.floats(0, 1), st.floats(0, 1))
def test_magnitude_density_is_exact(shape: Shape, density: float, spread: float) -> None:
    mask = modelled_magnitude_mask(shape, density, spread, rng())
    assert mask.shape == shape
    assert int(mask.sum()) == round(density * mask.size)
    np.testing.assert_array_equal(mask, modelled_magnitude_mask(shape, density, spread, rng()))


def test_filters_and_channels_differ_by_the_spread() -> None:
    even = modelled_magnitude_mask((64, 64, 3, 3), 0.3, 0.0, rng())
    uneven = modelled_magnitude_mask((64, 64, 3, 3), 0.3, 0.3, rng())
    independent = np.sqrt(0.3 * 0.7 / (64 * 9))
    for axes in ((1, 2, 3), (0, 2, 3)):
        assert even.mean(axis=axes).std() == pytest.approx(independent, rel=0.35)
        assert uneven.mean(axis=axes).std() > 4 * independent


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: modelled_magnitude_mask((2, 2, 1, 1), 1.5, 0, rng()), "density is 1.5"),
        (lambda: modelled_magnitude_mask((2, 2, 1, 1), 0.5, -1, rng()), "spread is -1"),
    ],
)
def test_bad_values_of_modelled_weights(call: Callable[[], object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        call()
