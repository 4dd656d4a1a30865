import pytest
import torch
from torch import nn

from models.compression.blocks.rule import BlockRule
from models.trials.block_pruned import BlockPrunedNetwork
from sim import Layer
from sim.errors import UserError
from sim.masks.blocks import block_count
from tests.models.toy import toy, toy_images

IMAGES = toy_images(7, seed=2)


def run(module: nn.Module) -> float:
    """Runs the images in two batches; the accuracy is beside the point."""
    with torch.no_grad():
        module(IMAGES[:3])
        module(IMAGES[3:])
    return 50.0


def network(rule: BlockRule | None = None) -> BlockPrunedNetwork:
    return BlockPrunedNetwork(toy(), rule or BlockRule(4, 4), IMAGES, run)


def constant(network: BlockPrunedNetwork, threshold: float) -> dict[str, float]:
    return dict.fromkeys(network.names, threshold)


def test_without_thresholds_no_block_is_created_and_all_are_counted() -> None:
    pruned = network()
    layers = {layer.name: layer for layer in pruned.evaluate(constant(pruned, 0.0)).layers}
    assert all(layer.created == 0 for layer in layers.values())
    shape = Layer.conv("conv", 20, 20, 3, padding=1, input_size=9, groups=2)
    assert layers["conv"].total == block_count(shape, 4, 4)
    assert layers["conv"].filters == 10
    assert layers["depthwise"].filters == 1


def test_higher_thresholds_create_more_and_a_huge_one_all() -> None:
    pruned = network()
    created = [
        sum(layer.created for layer in pruned.evaluate(constant(pruned, threshold)).layers)
        for threshold in (0.2, 0.6)
    ]
    assert 0 < created[0] < created[1]
    for layer in pruned.evaluate(constant(pruned, 1e6)).layers:
        assert layer.present + layer.created == layer.total


def test_another_judge_is_counted_by_itself() -> None:
    pruned = network()

    def of_one(module: nn.Module) -> float:
        module(IMAGES[:1])
        return 10.0

    evaluation = pruned.evaluate(constant(pruned, 0.0), of_one)
    assert evaluation.accuracy_percent == 10.0
    assert all(float(layer.present).is_integer() for layer in evaluation.layers)


@pytest.mark.parametrize("criterion", ["signed_mean", "mean_magnitude", "max_magnitude"])
def test_profile_of_a_layer_is_what_pruning_it_alone_gives(criterion: str) -> None:
    pruned = network(BlockRule(4, 4, criterion))  # type: ignore[arg-type]
    profiles = {profile.name: profile for profile in pruned.profiles(0.05, 20, len(IMAGES))}
    for level in (0, 3, 20):
        thresholds = constant(pruned, 0.0) | {"strided": 0.05 * level}
        (layer,) = [x for x in pruned.evaluate(thresholds).layers if x.name == "strided"]
        share = profiles["strided"].zero[level]
        assert share == pytest.approx(layer.present + layer.created, abs=1 / 7)
    lost = profiles["strided"].lost
    assert lost[0] == 0
    assert all(lost[1:] >= lost[:-1])
    assert 0 < lost[20] < 1


def test_wrong_numbers_of_thresholds_are_named() -> None:
    pruned = network()
    with pytest.raises(UserError, match=r"1 thresholds for 6 convolutions \(lacks 'stem'\)"):
        pruned.evaluate({"conv": 0.1})
    with pytest.raises(UserError, match=r"7 thresholds for 6 convolutions \(has 'fc1'\)"):
        pruned.evaluate(constant(pruned, 0.1) | {"fc1": 0.1})
    with pytest.raises(UserError, match=r"threshold of conv is -0\.1"):
        pruned.evaluate(constant(pruned, 0.1) | {"conv": -0.1})
    with pytest.raises(UserError, match="ran no image"):
        pruned.evaluate(constant(pruned, 0.1), lambda _: 0.0)
