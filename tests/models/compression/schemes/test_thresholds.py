import pytest
import torch

from models.compression.activation_clip import (
    activation_scales,
    clips_of,
    set_clips,
)
from models.compression.procedure import compress, compressed_form, pruning_of
from models.compression.schemes import scheme
from models.compression.schemes.thresholds import Thresholds, weight_mask
from models.compression.weight_masks import make_masks_permanent
from models.datasets import Dataset
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from tests.models.compression.samples import samples
from tests.models.toy import toy, toy_images


def test_weight_threshold_counts_in_standard_deviations() -> None:
    weights = torch.tensor([1.0, -2.0, 3.0, -4.0])  # mean -0.5, standard deviation 2.69
    assert weight_mask(weights, 1.0).tolist() == [False, False, True, True]
    assert weight_mask(weights, 0.0).all()
    assert weight_mask(weights, 100.0).tolist() == [False, False, False, True], "largest stays"


def test_every_layer_takes_part_and_its_own_threshold_wins() -> None:
    network = SparseNetwork(toy())
    Thresholds(weight=0.5, weights={"conv": 0.0, "stem": 1.5}).prune(network, samples())
    make_masks_permanent(network)
    density = {
        name: float((layer.weight != 0).float().mean()) for name, layer in network.layers.items()
    }
    assert density["conv"] == 1.0
    assert density["stem"] < density["depthwise"] < 1.0
    assert density["fc2"] < 1.0


def test_activation_thresholds_scale_with_the_tensor_and_spare_the_image() -> None:
    network = SparseNetwork(toy())
    scales = activation_scales(network, toy_images())
    Thresholds(activation=0.5, activations={"conv": 2.0}).prune(network, samples())
    clips = clips_of(network)
    assert "stem" not in clips
    assert clips["conv"] == pytest.approx(2.0 * scales["conv"])
    assert clips["strided"] == pytest.approx(0.5 * scales["strided"])
    assert activation_scales(network, toy_images()) == scales, "measured without the clips"
    set_clips(network, {})
    assert clips_of(network) == {}


def test_clips_survive_quantization_and_a_checkpoint() -> None:
    images = toy_images(120, seed=4)
    with torch.no_grad():
        labels = toy()(images).argmax(1)
    data = Dataset("toys", images[:80], labels[:80], images[80:], labels[80:])
    settings = Thresholds(
        weight=0.3, activation=0.3, held_out_images=16, calibration_images=32, threads=1
    )
    network, top1 = compress(toy(), data, settings)
    assert top1.one_shot == top1.fine_tuned, "nothing was trained"
    restored = compressed_form(toy(seed=8), pruning_of(network))
    restored.module.load_state_dict(network.module.state_dict())
    assert torch.equal(restored.module(data.test_images), network.module(data.test_images))


def test_scheme_is_registered() -> None:
    assert scheme("thresholds") is Thresholds


def test_wrong_thresholds_are_named() -> None:
    with pytest.raises(UserError, match=r"threshold weights\.conv is -1"):
        Thresholds(weights={"conv": -1})
    with pytest.raises(UserError, match="threshold activation is nan"):
        Thresholds(activation=float("nan"))
    with pytest.raises(UserError, match="did you mean 'conv'"):
        Thresholds(weights={"comv": 1.0}).prune(SparseNetwork(toy()), samples())
    with pytest.raises(UserError, match="tensor in activations: 'stem'"):
        Thresholds(activations={"stem": 1.0}).prune(SparseNetwork(toy()), samples())
