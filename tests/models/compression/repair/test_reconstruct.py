from typing import get_args

import pytest
import torch
from torch import Tensor

from models.compression.quantization import fold_batch_norm
from models.compression.repair.agreement import logits
from models.compression.repair.importance import prune_by_importance
from models.compression.repair.moments import moments
from models.compression.repair.reconstruct import (
    Method,
    Repair,
    output_error,
    repair_layer,
    repair_networks,
)
from models.compression.repair.walk import walk
from models.compression.scheme import Scheme
from models.compression.schemes.balanced import Balanced
from models.compression.schemes.dbb import Dbb
from models.compression.schemes.dense import Dense
from models.compression.schemes.magnitude import Magnitude
from models.graph.stored_tensors import SparseNetwork, weight
from sim.errors import UserError
from tests.models.toy import toy, toy_images

IMAGES = toy_images(120, seed=4)
OTHERS = toy_images(120, seed=5)
DBB = Dbb(weight_bound=4, activation_budget_points=None)


def folded() -> SparseNetwork:
    network = SparseNetwork(toy())
    fold_batch_norm(network)
    return network


def pruned(scheme: Scheme = DBB) -> SparseNetwork:
    network = folded()
    prune_by_importance(network, scheme, IMAGES)
    return network


def zeros(network: SparseNetwork) -> dict[str, Tensor]:
    return {name: weight(layer) == 0 for name, layer in network.layers.items()}


@pytest.mark.parametrize("scheme", [DBB, Magnitude(density=0.4), Balanced(density=0.5)])
def test_a_repaired_layer_is_never_worse_than_the_pruned_one(scheme: Scheme) -> None:
    sparse, dense = pruned(scheme), folded()
    before = zeros(sparse)
    settings = Repair(method="reconstruct", ridge=0.0, positions=10**6)
    errors: dict[str, tuple[float, float]] = {}

    def compare(name: str, x: Tensor, y: Tensor) -> None:
        layer = sparse.layers[name]
        measured = moments(layer, x, y, 10**6)

        def error() -> float:
            rows = weight(layer).detach().reshape(measured.cross.shape)
            return float(output_error(rows, measured))

        as_pruned = error()
        repair_layer(layer, weight(dense.layers[name]).detach(), x, y, settings)
        errors[name] = (error(), as_pruned)

    walk(dense, [(sparse, compare)], IMAGES)
    assert list(errors) == list(sparse.layers)
    convolutions = {name: pair for name, pair in errors.items() if not name.startswith("fc")}
    assert all(fitted <= as_pruned + 1e-5 for fitted, as_pruned in convolutions.values())
    assert errors["conv"][0] < 0.9 * errors["conv"][1]
    for name, zero in before.items():
        assert (weight(sparse.layers[name])[zero] == 0).all()


def distance(sparse: SparseNetwork, images: Tensor) -> float:
    wanted = logits(folded().module, images)
    return float((logits(sparse.module, images) - wanted).square().mean())


def test_repair_brings_the_outputs_back_on_images_that_it_never_saw() -> None:
    distances = []
    for method in ("none", "batch_norm", "reconstruct"):
        sparse = pruned()
        repair_networks(folded(), [(sparse, Repair(method=method, positions=10**6))], IMAGES)  # type: ignore[arg-type]
        distances.append(distance(sparse, OTHERS))
    one_shot, matched, fitted = distances
    assert matched < 0.9 * one_shot
    assert fitted < 0.95 * matched


def test_networks_repaired_together_are_those_repaired_alone() -> None:
    settings = [Repair(method=method, positions=500) for method in get_args(Method)]
    together = [(pruned(), each) for each in settings]
    repair_networks(folded(), together, IMAGES)
    for sparse, each in together:
        alone = pruned()
        repair_networks(folded(), [(alone, each)], IMAGES)
        assert torch.equal(logits(sparse.module, OTHERS), logits(alone.module, OTHERS))


def test_a_dense_network_is_left_as_it_is() -> None:
    sparse = pruned(Dense())
    repair_networks(folded(), [(sparse, Repair(method="reconstruct", positions=10**6))], IMAGES)
    assert distance(sparse, OTHERS) < 1e-5  # what 16 bits between layers leave


def test_batch_norm_repair_matches_mean_and_spread_of_every_filter() -> None:
    sparse, dense = pruned(), folded()
    repair_networks(dense, [(sparse, Repair(method="batch_norm", positions=10**6))], IMAGES)
    captured: dict[str, tuple[Tensor, Tensor]] = {}

    def note(name: str, x: Tensor, y: Tensor) -> None:
        captured[name] = (sparse.layers[name](x.float()), y.float())

    walk(dense, [(sparse, note)], IMAGES)
    made, wanted = captured["conv"]
    torch.testing.assert_close(made.mean((0, 2, 3)), wanted.mean((0, 2, 3)), atol=2e-3, rtol=5e-3)
    torch.testing.assert_close(made.std((0, 2, 3)), wanted.std((0, 2, 3)), atol=2e-3, rtol=5e-3)


def test_layers_with_too_few_positions_are_matched_instead_of_fitted() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(20, n, generator=generator) for n in (64, 18))
    results = []
    for method in ("reconstruct", "batch_norm"):
        layer = pruned().layers["fc1"]
        settings = Repair(method=method)  # type: ignore[arg-type]
        repair_layer(layer, weight(layer).detach(), x, y, settings)
        results.append(weight(layer).detach())
    assert torch.equal(*results)


@pytest.mark.parametrize(
    "values", [{"method": "magic"}, {"ridge": -1.0}, {"positions": 0}, {"seed": -1}]
)
def test_settings_are_checked(values: dict[str, object]) -> None:
    with pytest.raises(UserError, match="expected"):
        Repair(**values)  # type: ignore[arg-type]
