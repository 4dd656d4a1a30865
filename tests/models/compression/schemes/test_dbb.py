import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.compression.activation_dbb import bounds_of
from models.compression.schemes.dbb import Dbb, modelled_dbb_mask
from models.compression.weight_masks import make_masks_permanent
from models.graph.stored_tensors import SparseNetwork
from sim.errors import UserError
from sim.masks.density_bound import tightest_bound
from tests.examples import examples
from tests.models.compression.samples import samples
from tests.models.compression.schemes.drawing import Shape, rng, shapes
from tests.models.toy import toy, toy_images


def test_weights_keep_the_bound_and_exempt_layers_stay_dense() -> None:
    network = SparseNetwork(toy())
    before = {name: layer.weight.clone() for name, layer in network.layers.items()}
    Dbb(weight_bound=3, activation_budget_points=None).prune(network, samples())
    for name in ("pointwise", "conv", "shortcut", "strided", "fc1"):
        weight = network.layers[name].weight
        assert tightest_bound((weight != 0).numpy()) == 3, name
        kept = weight != 0
        assert torch.equal(weight[kept], before[name][kept])
    for name in ("stem", "depthwise", "fc2"):
        assert torch.equal(network.layers[name].weight, before[name])
    assert set(bounds_of(network).values()) == {8}


def test_zeros_survive_a_training_step_and_can_be_made_permanent() -> None:
    network = SparseNetwork(toy())
    Dbb(weight_bound=2).prune(network, samples())
    zeros = network.layers["conv"].weight == 0
    optimizer = torch.optim.AdamW(network.module.parameters(), lr=0.1, weight_decay=0.1)
    network.module(toy_images()).square().sum().backward()
    optimizer.step()
    assert bool((network.layers["conv"].weight[zeros] == 0).all())
    masked = network.module(toy_images())
    make_masks_permanent(network)
    assert torch.equal(network.module(toy_images()), masked)
    assert "conv.weight" in network.module.state_dict()
    assert bool((network.layers["conv"].weight[zeros] == 0).all())


def test_activation_bounds_go_as_far_as_the_budget_allows() -> None:
    free = SparseNetwork(toy())
    Dbb(activation_budget_points=0.0).prune(free, samples())
    assert bounds_of(free)["fc2"] == 1, "pruning that costs nothing is done in full"
    assert bounds_of(free)["stem"] == 8


def test_masked_networks_can_be_copied() -> None:
    network = SparseNetwork(toy())
    Dbb(weight_bound=2, activation_budget_points=0.0).prune(network, samples())
    twin = copy.deepcopy(network.module)
    assert torch.equal(twin(toy_images()), network.module(toy_images()))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight_bound": 9}, "weight_bound is 9; expected one of 1, 2"),
        ({"weight_bound": 0}, "weight_bound is 0"),
        ({"activation_budget_points": -1.0}, "activation_budget_points is -1.0"),
        ({"fine_tune_epochs": -1}, "epochs is -1"),
        ({"learning_rate": 2.0}, "learning_rate is 2.0"),
        ({"held_out_images": 0}, "held_out_images is 0"),
    ],
)
def test_settings_out_of_range_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        Dbb(**settings)  # type: ignore[arg-type]


@settings(max_examples=examples(60), deadline=None)
@given(shapes, st.integers(1, 8))
def test_dbb_blocks_hold_exactly_the_bound(shape: Shape, bound: int) -> None:
    mask = modelled_dbb_mask(shape, bound, 0.3, rng())
    for start in range(0, shape[1], 8):
        block = mask[:, start : start + 8]
        assert (block.sum(axis=1) == min(bound, block.shape[1])).all()
    assert tightest_bound(mask) == min(bound, shape[1])


def test_positions_within_a_block_vary() -> None:
    mask = modelled_dbb_mask((256, 8, 1, 1), 2, 0.0, rng())
    assert mask.reshape(256, 8).mean(axis=0) == pytest.approx(np.full(8, 0.25), abs=0.09)


def test_chunks_do_not_change_the_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.generate.weights.CHUNK_WEIGHTS", 200)
    mask = modelled_dbb_mask((10, 16, 3, 3), 3, 0.3, rng())
    assert (mask.reshape(10, 2, 8, 9).sum(axis=2) == 3).all()
    assert len(np.unique(mask.reshape(10, -1), axis=0)) == 10


def test_bad_bound_of_modelled_weights() -> None:
    with pytest.raises(UserError, match="bound is 0; expected one of 1, 2"):
        modelled_dbb_mask((2, 8, 1, 1), 0, 0, rng())
