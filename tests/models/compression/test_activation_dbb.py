import pytest
import torch

from models.compression.activation_dbb import (
    TopChannels,
    bounds_of,
    choose_bounds,
    prunable_tensors,
    set_bounds,
)
from models.graph.stored_tensors import SparseNetwork
from sim.masks.density_bound import tightest_bound
from tests.models.attention import encoder
from tests.models.toy import toy, toy_images


def test_forward_keeps_the_largest_and_gradient_passes_straight_through() -> None:
    x = torch.tensor([[3.0, -4.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.5]], requires_grad=True)
    y = TopChannels(2)(x)
    assert y.tolist() == [[3.0, -4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]
    y.backward(torch.arange(8.0)[None])
    assert x.grad is not None
    assert x.grad.tolist() == [list(range(8))]


def test_channels_of_tokens_come_last() -> None:
    x = torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(0))
    channels_first = TopChannels(3)(x.transpose(1, 2)).transpose(1, 2)
    assert torch.equal(TopChannels(3, axis=-1)(x), channels_first)
    assert not torch.equal(TopChannels(3)(x), channels_first)


def test_image_and_inputs_of_depthwise_layers_are_spared() -> None:
    names = [tensor.name for tensor in prunable_tensors(SparseNetwork(toy()))]
    assert names == ["pointwise", "conv", "strided", "fc1", "fc2"]


def test_readers_see_no_more_than_the_bound_even_behind_pooling_and_sums() -> None:
    network = SparseNetwork(toy())
    set_bounds(network, {"conv": 3, "strided": 2, "fc1": 1})
    seen: dict[str, torch.Tensor] = {}
    for name in ("conv", "shortcut", "strided", "fc1", "fc2"):
        network.layers[name].register_forward_pre_hook(
            lambda _, inputs, name=name: seen.update({name: inputs[0]})
        )
    network.module(toy_images())
    bounds = {name: tightest_bound((x != 0).numpy()) for name, x in seen.items()}
    assert bounds["conv"] == bounds["shortcut"] == 3
    assert bounds["strided"] == 2
    assert bounds["fc1"] == 1
    assert bounds["fc2"] > 1


def test_operands_of_products_of_activations_stay_whole() -> None:
    network = SparseNetwork(encoder())
    names = {tensor.name for tensor in prunable_tensors(network)}
    assert "blocks.0.fc2" in names
    assert not any("scores" in name or "mixed" in name for name in names)
    set_bounds(network, {tensor.name: 1 for tensor in network.stored})
    assert {name for name, bound in bounds_of(network).items() if bound == 1} == {
        tensor.name for tensor in network.stored if tensor.channel_axis is not None
    }


def kept(network: SparseNetwork) -> float:
    """A stand-in for accuracy: the mean bound of the prunable tensors as points out of 100."""
    bounds = bounds_of(network)
    names = [tensor.name for tensor in prunable_tensors(network)]
    return 100 * sum(bounds[name] for name in names) / (8 * len(names))


@pytest.mark.parametrize("budget", [0.0, 10.0, 37.5, 60.0, 100.0])
def test_budget_is_used_up_but_not_exceeded(budget: float) -> None:
    network = SparseNetwork(toy())
    bounds = choose_bounds(network, toy_images(), lambda: kept(network), budget)
    assert set(bounds_of(network).values()) == {8}, "the network itself is left as it was"
    set_bounds(network, bounds)
    assert kept(network) >= 100 - budget
    assert bounds["stem"] == bounds["depthwise"] == 8
    assert set(bounds.values()) <= {1, 2, 3, 4, 5, 8}
    if budget == 0:
        assert set(bounds.values()) == {8}
    if budget == 37.5:
        # From 8 to 5 costs 37.5 points when all five take that step: some tensor was pruned.
        assert kept(network) < 100
    if budget == 100:
        assert [bounds[t.name] for t in prunable_tensors(network)] == [1] * 5


def test_tensor_that_loses_least_is_pruned_hardest() -> None:
    base = toy()
    with torch.no_grad():
        base.fc1.weight[1:].zero_()  # one channel of fc2's input is left: pruning it loses nothing
        base.fc1.bias.zero_()
    network = SparseNetwork(base)
    bounds = choose_bounds(network, toy_images(), lambda: kept(network), 20.0)
    assert bounds["fc2"] == 1
    assert min(bounds[name] for name in ("pointwise", "conv", "strided", "fc1")) > 1


def test_search_repeats_exactly() -> None:
    network = SparseNetwork(toy())
    first, second = (
        choose_bounds(network, toy_images(), lambda: kept(network), 30.0) for _ in range(2)
    )
    assert first == second
