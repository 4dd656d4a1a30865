from itertools import pairwise
from typing import get_args

import pytest
import torch
from torch import nn

from models.compression.activation_dbb import prunable_tensors
from tests.models.toy import toy, toy_images
from tests.workflow.search.agreement.toy_bench import LAYERS, toy_bench, toy_trial
from workflow.search.agreement.trials import BudgetMethod

IMAGES = toy_images(5, seed=9)


def answer(module: nn.Module) -> torch.Tensor:
    with torch.no_grad():
        scores: torch.Tensor = module(IMAGES)
    return scores


@pytest.mark.parametrize("method", get_args(BudgetMethod))
def test_a_ladder_begins_with_the_unpruned_network_and_comes_back_to_it(
    method: BudgetMethod,
) -> None:
    trial = toy_trial(method)
    first, zeros = trial.evaluate(trial.ladder[0], answer)
    assert torch.allclose(first, toy()(IMAGES), atol=1e-4)
    pruned, most = trial.evaluate(trial.ladder[-1], answer)
    assert not torch.allclose(pruned, first, atol=0.01)
    assert most.zero_percent > zeros.zero_percent
    again, same = trial.evaluate(trial.ladder[0], answer)
    assert torch.equal(again, first)
    assert same == zeros


def test_bounds_leave_a_share_of_the_multiplications_of_their_readers() -> None:
    trial = toy_trial("activation_bounds")
    _, zeros = trial.evaluate(trial.ladder[0], answer)
    assert zeros.macs_left_percent == 100
    _, zeros = trial.evaluate({**trial.ladder[0], "conv": 2}, answer)  # shortcut reads it too
    macs = {layer.name: layer.dense_macs for layer in LAYERS}
    saved = 0.75 * (macs["conv"] + macs["shortcut"]) / sum(macs.values())
    assert zeros.macs_left_percent == pytest.approx(100 * (1 - saved))
    prunable = {tensor.name for tensor in prunable_tensors(toy_bench().dense)}
    last = trial.ladder[-1]
    assert {name for name, bound in last.items() if bound < 8} == prunable


def test_thresholds_leave_pairs_without_a_zero() -> None:
    trial = toy_trial("hass_thresholds")
    ladder, macs = trial.ladder, {layer.name: layer.dense_macs for layer in LAYERS}
    _, before = trial.evaluate(ladder[0], answer)
    _, after = trial.evaluate({**ladder[0], "weight:stem": 100.0}, answer)
    weights = toy().stem.weight.numel()  # all but the largest go; the image has no threshold
    saved = before.macs_left_percent - after.macs_left_percent
    in_stem = 100 * macs["stem"] * (1 - 1 / weights) / sum(macs.values())
    assert saved == pytest.approx(in_stem, abs=5)  # later activations change as well
    assert "activation:stem" not in ladder[0]


def test_thresholds_rise_along_the_ladder() -> None:
    ladder = toy_trial("hass_thresholds").ladder
    for before, after in pairwise(ladder):
        assert sum(after[name] > before[name] for name in after) == 1
        assert all(after[name] >= before[name] for name in after)
