"""The two steps as they are called from a shell, on a small network that was not trained."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.checkpoints import save_checkpoint
from models.networks import build
from sim import UserError, read_trace
from workflow.steps import compress, trace

SETTINGS = {
    "fine_tune_epochs": 1,
    "weight_bound": 3,
    "activation_budget_points": 50.0,
    "held_out_images": 64,
    "calibration_images": 64,
    "threads": 1,
}
NAMES = ["--suite", "digits", "--network", "lenet5", "--scheme", "dbb"]


def call(monkeypatch: pytest.MonkeyPatch, step: Any, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", ["step", *map(str, arguments)])
    step.main()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trained") / "trained.safetensors"
    torch.manual_seed(0)
    form = {"num_classes": 10, "in_channels": 1, "input_size": 32, "width": 1.0}
    network = build("lenet5", **form)
    metadata = {"suite": "digits", "network": "lenet5", "seed": 0, "build": form}
    save_checkpoint(path, network, metadata)
    return path


def make(
    monkeypatch: pytest.MonkeyPatch, trained: Path, folder: Path, settings: dict[str, Any]
) -> None:
    """Both steps into a folder."""
    call(
        monkeypatch,
        compress,
        *NAMES,
        "--settings",
        json.dumps(settings),
        "--checkpoint",
        trained,
        "--output",
        folder / "dbb.safetensors",
        "--metrics",
        folder / "dbb.json",
    )
    call(
        monkeypatch,
        trace,
        *NAMES,
        "--settings",
        '{"images": 2}',
        "--checkpoint",
        folder / "dbb.safetensors",
        "--output",
        folder / "trace.safetensors",
    )


def test_from_checkpoint_to_trace(
    monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path
) -> None:
    make(monkeypatch, trained, tmp_path / "a", SETTINGS)
    metrics = json.loads((tmp_path / "a" / "dbb.json").read_text())
    assert (metrics["suite"], metrics["network"], metrics["scheme"]) == ("digits", "lenet5", "dbb")
    assert metrics["test_images"] == 360
    for step in ("trained", "one_shot", "fine_tuned", "int8"):
        assert 0 <= metrics[f"top1_{step}_percent"] <= 100
    made = read_trace(tmp_path / "a" / "trace.safetensors")
    assert made.provenance.activation_source == "measured"
    layers = {layer.layer.name: layer for layer in made.traces}
    assert list(layers) == ["conv1", "conv2", "fc1", "fc2", "fc3"] == list(metrics["layers"])
    for name, layer in layers.items():
        assert layer.images == 2
        assert layer.activation_bound == metrics["layers"][name]["activation_bound"]
        assert layer.weight_density == metrics["layers"][name]["weight_density"]
    assert layers["conv1"].activation_bound == 8
    assert all(layers[name].weight_bound <= 3 for name in ("conv2", "fc1", "fc2"))
    kept = sum(int(layer.weight.sum()) for layer in layers.values())
    total = sum(layer.weight.size for layer in layers.values())
    assert metrics["weight_density"] == kept / total
    # Digits have a black border: the image itself is traced, at its own size.
    assert layers["conv1"].activation.shape == (2, 1, 32, 32)


def test_same_bytes_twice(monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        make(monkeypatch, trained, tmp_path / name, SETTINGS)
    for file in ("dbb.safetensors", "dbb.json", "trace.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weight_bound": 9}, "weight_bound is 9; expected one of"),
        ({"weigth_bound": 4}, r"unknown setting 'weigth_bound' \(did you mean 'weight_bound'"),
        ({"held_out_images": 2000}, "more than the 1437 training images of digits"),
    ],
)
def test_bad_settings_leave_no_files(
    monkeypatch: pytest.MonkeyPatch,
    trained: Path,
    tmp_path: Path,
    change: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(UserError, match=message):
        make(monkeypatch, trained, tmp_path, SETTINGS | change)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["--suite", "shapes", "--network", "lenet5"], "holds suite 'digits', expected 'shapes'"),
        (["--suite", "digits", "--network", "vgg16"], "holds network 'lenet5', expected 'vgg16'"),
    ],
)
def test_checkpoint_of_another_run_is_refused(
    monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path, names: list[str], message: str
) -> None:
    outputs = ["--output", tmp_path / "out", "--metrics", tmp_path / "metrics"]
    with pytest.raises(UserError, match=message):
        call(monkeypatch, compress, *names, "--scheme", "dense", "--checkpoint", trained, *outputs)


def test_trace_of_a_network_that_was_not_compressed_is_refused(
    monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="compressed by scheme None, expected 'dbb'"):
        call(monkeypatch, trace, *NAMES, "--checkpoint", trained, "--output", tmp_path / "out")


def test_more_images_than_the_test_set_has_are_refused(
    monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path
) -> None:
    make(monkeypatch, trained, tmp_path, SETTINGS | {"fine_tune_epochs": 0})
    with pytest.raises(UserError, match="images is 361; digits has 360 test images"):
        call(
            monkeypatch,
            trace,
            *NAMES,
            "--checkpoint",
            tmp_path / "dbb.safetensors",
            "--output",
            tmp_path / "out",
            "--settings",
            '{"images": 361}',
        )


def test_trace_carries_integer_weights(
    monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path
) -> None:
    make(monkeypatch, trained, tmp_path, SETTINGS | {"fine_tune_epochs": 0})
    for layer in read_trace(tmp_path / "trace.safetensors").layers:
        assert layer.weight_int8 is not None
        largest = np.abs(layer.weight_int8.astype(int)).reshape(len(layer.weight_int8), -1).max(1)
        assert set(largest.tolist()) <= {0, 127}


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch, trained: Path, tmp_path: Path) -> dict[str, Path]:
    """The checkpoint of each of two schemes."""
    paths = {}
    for scheme, settings in (("dbb", SETTINGS | {"fine_tune_epochs": 0}), ("dense", {})):
        paths[scheme] = tmp_path / f"{scheme}.checkpoint"
        given = ["--settings", json.dumps({"fine_tune_epochs": 0, **settings})]
        given += ["--checkpoint", trained, "--output", paths[scheme]]
        given += ["--metrics", tmp_path / f"{scheme}.json"]
        call(monkeypatch, compress, *NAMES[:-1], scheme, *given)
    return paths


def test_traces_made_together_are_those_made_alone(
    monkeypatch: pytest.MonkeyPatch, compressed: dict[str, Path], tmp_path: Path
) -> None:
    together, alone = ([tmp_path / f"{scheme}.{how}" for scheme in compressed] for how in "ta")
    files = ["--checkpoint", *compressed.values(), "--output"]
    call(monkeypatch, trace, *NAMES[:-1], *compressed, *files, *together)
    for (scheme, path), output in zip(compressed.items(), alone, strict=True):
        call(monkeypatch, trace, *NAMES[:-1], scheme, "--checkpoint", path, "--output", output)
    assert [path.read_bytes() for path in together] == [path.read_bytes() for path in alone]
    assert together[0].read_bytes() != together[1].read_bytes()


def test_one_of_several_that_cannot_be_traced_is_named_and_those_before_it_are_written(
    monkeypatch: pytest.MonkeyPatch,
    compressed: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outputs = [tmp_path / "first", tmp_path / "second"]
    twice = ["--checkpoint", compressed["dbb"], compressed["dbb"], "--output", *outputs]
    with pytest.raises(UserError, match=r"^\S*dbb\.checkpoint: compressed by scheme 'dbb', exp"):
        call(monkeypatch, trace, *NAMES, "dense", *twice)
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == [f"tracing {compressed['dbb']}"] * 2
    assert [path.exists() for path in outputs] == [True, False]
    more = ["--settings", '{"images": 361}', *NAMES, "dense", "--checkpoint"]
    with pytest.raises(UserError, match=r"^\S*dbb\.checkpoint: images is 361; digits has 360"):
        call(monkeypatch, trace, *more, *compressed.values(), "--output", *outputs)
    with pytest.raises(UserError, match="--output names 1 files for 2 schemes"):
        call(monkeypatch, trace, *NAMES, "dense", *twice[:-1])
    with pytest.raises(UserError, match="--checkpoint names 2 files for 1 schemes"):
        call(monkeypatch, trace, *NAMES, *twice)
