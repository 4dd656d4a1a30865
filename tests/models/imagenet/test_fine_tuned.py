"""A small network on small folders: zeros hold through training, and a killed job goes on."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from models.imagenet import training_pictures
from models.imagenet.fine_tuned import fine_tuned_trace
from models.imagenet.measured import MeasuredTrace
from models.imagenet.settings import FullSizeSettings
from sim.errors import UserError
from tests.models.imagenet.user_folders import NETWORK, values


class KilledError(Exception):
    """Stands for what ends a process."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> FullSizeSettings:
    return FullSizeSettings.of(values(tmp_path_factory.mktemp("user")))


@pytest.fixture(scope="module")
def tuned(settings: FullSizeSettings) -> MeasuredTrace:
    return fine_tuned_trace(NETWORK, "dbb", settings)


def test_weights_and_activations_keep_the_schemes_zeros(tuned: MeasuredTrace) -> None:
    by_name = {entry.layer.name: entry for entry in tuned.trace.traces}
    weights = by_name["blocks.5.pointwise"].weight
    assert weights.reshape(len(weights), -1, 8).sum(2).max() <= 4
    assert by_name["conv1"].weight_density > 0.9
    bounded = [entry for entry in tuned.trace.traces if entry.activation_bound < 8]
    assert bounded
    for entry in bounded:
        blocks = entry.activation.reshape(len(entry.activation), -1, 8, *entry.activation.shape[2:])
        assert blocks.sum(2).max() <= entry.activation_bound


def test_what_was_done_and_what_it_brought_is_said(tuned: MeasuredTrace) -> None:
    origin, top1 = tuned.trace.provenance, tuned.top1
    assert origin.data == (
        "weights: start.safetensors, dbb, 2 epochs of fine-tuning; "
        "activations: images of folder val"
    )
    assert (origin.weight_source, origin.activation_source) == ("measured", "measured")
    assert top1 is not None
    assert top1.images == 8
    assert top1.fine_tuned_percent is not None


@pytest.mark.slow
def test_a_killed_job_goes_on_to_the_same_bits(
    settings: FullSizeSettings,
    tuned: MeasuredTrace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    state, calls = tmp_path / "state.safetensors", 0
    read = training_pictures.DrawnViews.__getitem__

    def dies(views: training_pictures.DrawnViews, index: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls > 7:  # in the second of two epochs of four batches
            raise KilledError
        return read(views, index)

    with monkeypatch.context() as patch:
        patch.setattr(training_pictures.DrawnViews, "__getitem__", dies)
        with pytest.raises(KilledError):
            fine_tuned_trace(NETWORK, "dbb", settings, state)
    with caplog.at_level(logging.INFO):
        again = fine_tuned_trace(NETWORK, "dbb", settings, state)
    assert "goes on in epoch 2, 2 batches done" in caplog.text
    assert again.top1 == tuned.top1
    for first, second in zip(tuned.trace.traces, again.trace.traces, strict=True):
        assert np.array_equal(first.weight, second.weight)
        assert np.array_equal(first.activation, second.activation)


@pytest.mark.slow
def test_other_settings_do_not_take_up_a_training(
    settings: FullSizeSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "state.safetensors"
    fine_tuned_trace(NETWORK, "dense", settings, state)
    fine_tuned_trace(NETWORK, "dense", settings.varied(fine_tune_learning_rate=0.001), state)
    assert "is of other settings or files" in caplog.text


def test_a_gpu_that_is_not_there(
    settings: FullSizeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="device is cuda, but PyTorch sees no GPU"):
        fine_tuned_trace(NETWORK, "dense", settings.varied(device="cuda"))
