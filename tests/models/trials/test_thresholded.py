import numpy as np
import pytest
import torch

from models.compression.schemes.thresholds import Thresholds
from models.compression.weight_masks import make_masks_permanent
from models.datasets import Dataset
from models.graph.layer_table import layer_table
from models.graph.stored_tensors import SparseNetwork, weight
from models.trials.thresholded import LayerThresholds, ThresholdedNetwork, Thresholding
from sim.errors import UserError
from tests.models.compression.samples import samples
from tests.models.toy import INPUT_SHAPE, toy, toy_images


def toy_data() -> Dataset:
    """The last six training images are those of `samples`, so that scales agree."""
    images = torch.cat([toy_images(40, seed=4), toy_images()])
    with torch.no_grad():
        labels = toy()(images).argmax(1)
    return Dataset("toys", images, labels, images[:20], labels[:20])


def test_no_threshold_is_the_trained_network() -> None:
    network = ThresholdedNetwork(toy(), toy_data(), 6, 2)
    measured = network.evaluate(LayerThresholds({}, {}))
    assert measured.accuracy_percent == 100.0
    assert {trace.images for trace in measured.traces} == {2}
    assert all(trace.weight.all() for trace in measured.traces)
    assert network.test_accuracy_percent(LayerThresholds({}, {})) == 100.0


def test_zeros_equal_those_of_the_scheme() -> None:
    network = ThresholdedNetwork(toy(), toy_data(), 6, 6)
    weights = dict.fromkeys(network.weight_names, 0.7)
    activations = dict.fromkeys(network.activation_names, 0.4)
    traces = network.evaluate(LayerThresholds(weights, activations)).traces
    pruned = SparseNetwork(toy())
    Thresholds(weight=0.7, activation=0.4).prune(pruned, samples())
    make_masks_permanent(pruned)
    seen = {}
    for tensor in pruned.stored:
        tensor.register_forward_hook(lambda t, _, out: seen.update({t.name: out != 0}))
    with torch.no_grad():
        pruned.module(toy_images())
    for trace in traces:
        kept = (pruned.layers[trace.layer.name].weight != 0).numpy()
        assert np.array_equal(trace.weight, kept.reshape(trace.layer.weight_shape))
    for tensor in pruned.stored:
        trace = next(t for t in traces if t.layer.name == tensor.name)
        expected = seen[tensor.name].numpy().reshape(trace.activation.shape)
        assert np.array_equal(trace.activation, expected)


def test_thresholds_do_not_pile_up() -> None:
    network = ThresholdedNetwork(toy(), toy_data(), 6, 2)
    strong = LayerThresholds(
        dict.fromkeys(network.weight_names, 3.0), dict.fromkeys(network.activation_names, 3.0)
    )
    assert network.evaluate(strong).accuracy_percent < 100.0
    assert network.evaluate(LayerThresholds({}, {})).accuracy_percent == 100.0


def test_the_image_has_no_threshold_and_counts_are_checked() -> None:
    network = ThresholdedNetwork(toy(), toy_data(), 6, 2)
    assert "stem" in network.weight_names
    assert "stem" not in network.activation_names
    with pytest.raises(UserError, match="trace_images 7, sample_images 6"):
        ThresholdedNetwork(toy(), toy_data(), 6, 7)


def test_a_profile_is_what_a_threshold_on_that_tensor_alone_gives() -> None:
    network, layers = SparseNetwork(toy()), layer_table(toy(), INPUT_SHAPE)
    thresholds = Thresholding(network, toy_images())
    of_weights = {p.name: p for p in thresholds.weight_profiles(layers, 0.1, 5)}
    of_maps = {p.name: p for p in thresholds.activation_profiles(layers, 0.1, 5)}
    assert "stem" not in of_maps  # the image
    seen: list[torch.Tensor] = []
    network.layers["conv"].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    thresholds.apply(LayerThresholds({"conv": 0.3}, {"conv": 0.4}))
    with torch.no_grad():
        network.module(toy_images())
    assert of_maps["conv"].zero[4] == int((seen[0] == 0).sum()) / len(seen[0])
    assert of_weights["conv"].zero[3] == int((weight(network.layers["conv"]) == 0).sum())
    macs = {layer.name: layer.dense_macs for layer in layers}
    assert of_maps["conv"].multiplications * seen[0][0].numel() == pytest.approx(
        macs["conv"] + macs["shortcut"]  # which reads the same tensor
    )
    for profile in (*of_weights.values(), *of_maps.values()):
        assert all(profile.lost[1:] >= profile.lost[:-1])
        assert 0 <= profile.lost[0] <= profile.lost[-1] < 1
