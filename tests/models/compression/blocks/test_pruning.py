import pytest
import torch

from models.compression.blocks.pruning import (
    blocks_of,
    input_scales,
    restore_blocks,
    set_blocks,
)
from models.compression.blocks.rule import BlockRule
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from tests.models.toy import toy, toy_images

THRESHOLDS = {"stem": 0.5, "conv": 2.0}


def pruned() -> SparseNetwork:
    network = SparseNetwork(toy())
    set_blocks(network, BlockRule(4, 4, "max_magnitude"), THRESHOLDS)
    return network


def test_scales_do_not_depend_on_pruning_that_is_in_place() -> None:
    network = SparseNetwork(toy())
    before = input_scales(network.module, toy_images())
    set_blocks(network, BlockRule(4, 4), dict.fromkeys(before, 0.4))
    installed = blocks_of(network)
    assert input_scales(network.module, toy_images()) == pytest.approx(before)
    assert blocks_of(network) == installed


def test_scales_are_mean_magnitudes_over_all_batches() -> None:
    images = toy_images(300)
    assert input_scales(toy(), images)["stem"] == pytest.approx(float(images.abs().mean()))
    assert set(input_scales(toy(), images)) == {
        name for name, layer in SparseNetwork(toy()).layers.items() if layer.weight.dim() == 4
    }


def test_layers_without_a_threshold_lose_only_what_is_zero_anyway() -> None:
    blocks = blocks_of(pruned())
    assert blocks is not None
    assert {n: value for n, value in blocks["thresholds"].items() if value} == THRESHOLDS


def test_pruning_is_restored_from_what_json_holds() -> None:
    restored = SparseNetwork(toy())
    restore_blocks(restored, blocks_of(pruned()))
    images = toy_images()
    assert torch.equal(restored.module(images), pruned().module(images))
    assert not torch.equal(restored.module(images), toy()(images))
    assert blocks_of(restored) == blocks_of(pruned())


def test_a_plain_network_has_nothing_to_restore() -> None:
    network = SparseNetwork(toy())
    assert blocks_of(network) is None
    restore_blocks(network, None)
    assert torch.equal(network.module(toy_images()), toy()(toy_images()))


def test_thresholds_are_numbers_of_at_least_0() -> None:
    with pytest.raises(UserError, match="threshold is -1"):
        set_blocks(SparseNetwork(toy()), BlockRule(), {"conv": -1.0})
