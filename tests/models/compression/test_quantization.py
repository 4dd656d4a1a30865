import copy

import numpy as np
import pytest
import torch

from models.compression.activation_dbb import set_bounds
from models.compression.quantization import (
    ActivationQuantizer,
    fold_batch_norm,
    quantize,
    quantize_weights,
    quantized_form,
    weight_int8,
)
from models.compression.schemes.dbb import Dbb
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from sim.masks.density_bound import tightest_bound
from tests.models.compression.samples import samples
from tests.models.toy import toy, toy_images


def test_folding_keeps_the_function_and_the_zeros() -> None:
    network = SparseNetwork(toy())
    with torch.no_grad():
        network.layers["conv"].weight[:, ::2] = 0
    expected = network.module(toy_images())
    fold_batch_norm(network)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in network.module.modules())
    torch.testing.assert_close(network.module(toy_images()), expected)
    assert int(network.layers["conv"].weight[:, ::2].count_nonzero()) == 0


@pytest.mark.parametrize(("low", "high"), [(0.0, 6.0), (-1.3, 2.0), (-3.0, -1.0), (0.5, 0.7)])
def test_zero_is_exact_and_rounding_errs_by_half_a_step(low: float, high: float) -> None:
    quantizer = ActivationQuantizer(low, high)
    x = torch.linspace(min(low, 0.0), max(high, 0.0), 1001)
    rounded = quantizer(x)
    assert float(quantizer(torch.zeros(1))) == 0.0
    assert len(rounded.unique()) <= 256
    # The zero point is rounded too, so the outermost values may be clipped by half a step more.
    assert float((rounded - x).abs().max()) <= float(quantizer.scale) * 1.001
    inner = x[3:-3]
    assert float((quantizer(inner) - inner).abs().max()) <= 0.501 * float(quantizer.scale)


def test_tensor_of_zeros_has_a_usable_scale() -> None:
    assert ActivationQuantizer(0.0, 0.0)(torch.zeros(3)).tolist() == [0.0] * 3


def test_weights_are_integers_times_one_scale_per_filter() -> None:
    layer = toy().pointwise
    original = layer.weight.detach().clone()
    with torch.no_grad():
        layer.weight[3] = 0
    quantize_weights(layer)
    integers = weight_int8(layer)
    assert integers.shape == (20, 12, 1, 1)
    assert integers.dtype == np.int8
    assert np.abs(integers).reshape(20, -1).max(1).tolist() == [
        0 if k == 3 else 127 for k in range(20)
    ]
    for k in range(20):
        scale = float(original[k].abs().max()) / 127
        expected = np.zeros((12, 1, 1)) if k == 3 else np.rint(original[k].numpy() / scale)
        assert np.abs(integers[k] - expected).max() <= 1e-6 or k == 3
    layer_zeros = (layer.weight == 0).numpy()
    assert np.array_equal(integers == 0, layer_zeros)


def test_fully_connected_weights_come_as_one_by_one_filters() -> None:
    layer = toy().fc1
    quantize_weights(layer)
    assert weight_int8(layer).shape == (18, 64, 1, 1)


def quantized_toy() -> SparseNetwork:
    network = SparseNetwork(toy())
    Dbb(weight_bound=2, activation_budget_points=None).prune(network, samples())
    set_bounds(network, {"conv": 3, "fc1": 2})
    make_masks_permanent(network)
    quantize(network, toy_images(32, seed=2))
    return network


def test_pruned_zeros_stay_and_scores_stay_close() -> None:
    network = SparseNetwork(toy())
    Dbb(weight_bound=2, activation_budget_points=None).prune(network, samples())
    make_masks_permanent(network)
    expected = network.module(toy_images(32, seed=2))
    pruned = {name: layer.weight == 0 for name, layer in network.layers.items()}
    quantize(network, toy_images(32, seed=2))
    for name, layer in network.layers.items():
        assert bool((layer.weight[pruned[name]] == 0).all()), name
    error = (network.module(toy_images(32, seed=2)) - expected).abs().max()
    assert 0 < float(error.detach()) < 0.05 * float(expected.detach().abs().max())


def test_readers_get_at_most_256_values_and_the_bound_on_rounded_ones() -> None:
    network = quantized_toy()
    seen: dict[str, torch.Tensor] = {}
    for name, layer in network.layers.items():
        layer.register_forward_pre_hook(lambda _, inputs, name=name: seen.update({name: inputs[0]}))
    network.module(toy_images())
    assert all(len(x.unique()) <= 256 for x in seen.values())
    assert tightest_bound((seen["conv"] != 0).numpy()) == 3
    assert tightest_bound((seen["fc1"] != 0).numpy()) == 2


def test_a_fresh_network_takes_the_state_of_a_quantized_one() -> None:
    network = quantized_toy()
    fresh = SparseNetwork(toy(seed=9))
    set_bounds(fresh, {"conv": 3, "fc1": 2})
    quantized_form(fresh)
    fresh.module.load_state_dict(copy.deepcopy(network.module.state_dict()))
    assert torch.equal(fresh.module(toy_images()), network.module(toy_images()))
    assert np.array_equal(weight_int8(fresh.layers["conv"]), weight_int8(network.layers["conv"]))


def folded(norm: torch.nn.BatchNorm2d, layer: torch.nn.Module | None = None) -> SparseNetwork:
    first = torch.nn.Conv2d(3, 4, 1) if layer is None else layer
    network = SparseNetwork(torch.nn.Sequential(first, norm, torch.nn.ReLU()).eval())
    fold_batch_norm(network)
    return network


def test_batch_norm_without_scale_and_shift_is_folded() -> None:
    norm = torch.nn.BatchNorm2d(4, affine=False)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.copy_(torch.randn(4))
    norm.running_var.copy_(torch.rand(4) + 0.5)
    layer, images = torch.nn.Conv2d(3, 4, 1), torch.randn(2, 3, 5, 5)
    expected = torch.relu(norm.eval()(layer(images)))
    torch.testing.assert_close(folded(norm, layer).module(images), expected)


def test_batch_norm_that_cannot_be_folded_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"^1: batch norm without running statistics"):
        folded(torch.nn.BatchNorm2d(4, track_running_stats=False))
    with pytest.raises(UserError, match=r"^1: batch norm is folded into the layer before it"):
        folded(torch.nn.BatchNorm2d(3), torch.nn.MaxPool2d(1))

    class Shared(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = torch.nn.Conv2d(3, 4, 1), torch.nn.BatchNorm2d(4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.conv(x)
            return x + self.norm(x)

    with pytest.raises(UserError, match=r"^norm: .* convolution there that nothing else reads"):
        fold_batch_norm(SparseNetwork(Shared()))
