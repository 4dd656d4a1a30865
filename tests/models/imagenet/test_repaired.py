from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.compression.activation_dbb import bounds_of
from models.imagenet.repaired import RepairBench, Repaired, repaired_trace
from models.imagenet.settings import FullSizeSettings
from sim.errors import UserError
from tests.models.imagenet.small_checkpoint import NETWORK, draw_pictures, small_settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> FullSizeSettings:
    folder = tmp_path_factory.mktemp("pictures")
    draw_pictures(folder)
    return small_settings(folder)


@pytest.fixture(scope="module")
def repaired(settings: FullSizeSettings) -> Repaired:
    return repaired_trace(NETWORK, "dbb", settings, "pretrained")


def test_every_weaker_repair_is_judged_too(repaired: Repaired) -> None:
    steps = [(entry.repair, entry.numbers) for entry in repaired.judgements]
    assert steps == [
        ("none", "float"),
        ("batch_norm", "float"),
        ("reconstruct", "float"),
        ("reconstruct", "int8"),
    ]
    assert {entry.agreement.images for entry in repaired.judgements} == {12}
    assert {entry.labelled for entry in repaired.judgements} == {3}


def test_repair_brings_the_answers_back(repaired: Repaired) -> None:
    none, _, fitted, _ = (entry.agreement.kl_divergence_nats for entry in repaired.judgements)
    assert fitted < 0.5 * none


def test_the_trace_keeps_the_schemes_zeros(repaired: Repaired) -> None:
    trace = repaired.trace
    assert (trace.provenance.suite, trace.provenance.weight_source) == ("pretrained", "measured")
    assert "that repair did not see" in trace.provenance.data
    by_name = {entry.layer.name: entry for entry in trace.traces}
    weights = by_name["blocks.5.pointwise"].weight
    per_block = weights.reshape(len(weights), -1, 8).sum(2)
    assert per_block.max() <= 4
    assert by_name["conv1"].weight_density > 0.9
    assert by_name["conv1"].activation.shape[0] == 2
    assert any(entry.activation_bound < 8 for entry in trace.traces)


def test_a_dense_network_is_only_rounded(settings: FullSizeSettings) -> None:
    steps = repaired_trace(NETWORK, "dense", settings).judgements
    assert [(entry.repair, entry.numbers) for entry in steps] == [
        ("none", "float"),
        ("none", "int8"),
    ]
    assert steps[0].agreement.same == 12
    assert steps[0].agreement.kl_divergence_nats == pytest.approx(0, abs=1e-6)


@pytest.mark.slow  # the next one repeats the weights
def test_the_same_settings_give_the_same_bits(
    repaired: Repaired, settings: FullSizeSettings
) -> None:
    again = repaired_trace(NETWORK, "dbb", settings, "pretrained")
    assert again.judgements == repaired.judgements
    for first, second in zip(repaired.trace.traces, again.trace.traces, strict=True):
        assert np.array_equal(first.weight, second.weight)
        assert np.array_equal(first.activation, second.activation)


def test_judged_pictures_do_not_change_the_network(
    repaired: Repaired, settings: FullSizeSettings
) -> None:
    pictures = replace(settings.pictures, judged_pictures=1, judged_views=1)
    other = repaired_trace(NETWORK, "dbb", replace(settings, images=1, pictures=pictures))
    for first, second in zip(repaired.trace.traces, other.trace.traces, strict=True):
        assert np.array_equal(first.weight, second.weight)


def test_a_name_without_class_number(settings: FullSizeSettings, tmp_path: Path) -> None:
    for name in ("a", "b"):
        Image.new("RGB", (80, 80)).save(tmp_path / f"{name}.png")
    with pytest.raises(UserError, match=r"b\.png: no class number at the end of its name"):
        repaired_trace(NETWORK, "dense", settings.varied(image_folder=str(tmp_path)))


def test_one_picture_is_too_few(settings: FullSizeSettings, tmp_path: Path) -> None:
    Image.new("RGB", (80, 80)).save(tmp_path / "a_1.png")
    with pytest.raises(UserError, match="one picture; repair needs at least two"):
        repaired_trace(NETWORK, "dense", settings.varied(image_folder=str(tmp_path)))


def test_without_checkpoint(settings: FullSizeSettings) -> None:
    with pytest.raises(UserError, match="repair needs a checkpoint and an image_folder"):
        repaired_trace(NETWORK, "dense", settings.varied(checkpoint=None))
    with pytest.raises(UserError, match="needs trained weights"):
        repaired_trace(NETWORK, "blockwise", settings)
    assert torch.get_num_threads() >= 1


@pytest.mark.slow  # as many evaluations as a bisection takes
def test_bounds_within_a_budget_of_agreement_are_tighter_the_more_may_be_lost(
    settings: FullSizeSettings,
) -> None:
    unrepaired = settings.varied(repair="none")
    pruning = settings.modelled_scheme(NETWORK, "dbb")

    def bounds(points: float) -> dict[str, int]:
        bench = RepairBench.of(NETWORK, unrepaired.varied(bound_budget_points=points))
        return bounds_of(bench.pruned(pruning))

    none, all_of_it = bounds(0), bounds(100)
    assert max(all_of_it.values()) == 8  # the image, and what depthwise layers read alone
    assert all(all_of_it[name] <= bound for name, bound in none.items())
    assert sum(all_of_it.values()) < sum(none.values())


def test_a_budget_is_a_number_of_points(settings: FullSizeSettings) -> None:
    with pytest.raises(UserError, match="bound_budget_points is 101; expected 0 to 100 points"):
        settings.varied(bound_budget_points=101)
