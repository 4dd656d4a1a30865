import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from models.checkpoints import load_network
from models.datasets import SUITES, load
from models.networks import build, networks
from models.training import accuracy
from sim.errors import UserError
from workflow.cli import run, settings
from workflow.plan.layout import Layout, as_json
from workflow.plan.sections.training import Training
from workflow.steps.train import main, train_network
from workflow.steps.train_settings import TrainSettings

ROOT = Path(__file__).parents[3]
QUICK: dict[str, Any] = {
    "epochs": 1,
    "batch_size": 128,
    "learning_rate": 0.004,
    "seed": 0,
    "threads": 1,
    "width": 1.0,
}


def arguments(folder: Path, **changes: str) -> list[str]:
    options = {
        "suite": "digits",
        "network": "lenet5",
        "settings": json.dumps(QUICK),
        "checkpoint": str(folder / "out.safetensors"),
        "metrics": str(folder / "out.json"),
    } | changes
    return [part for name, value in options.items() for part in (f"--{name}", value)]


def test_command_writes_a_network_with_the_stated_accuracy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *arguments(tmp_path)])
    run(main)
    assert capfd.readouterr() == ("", "")
    metrics = json.loads((tmp_path / "out.json").read_text())
    network, metadata = load_network(tmp_path / "out.safetensors")
    data = load("digits", metadata["seed"])
    assert metrics["top1"] == accuracy(network, data.test_images, data.test_labels)
    assert metrics["parameters"] == 61_706
    assert (metrics["train_images"], metrics["test_images"]) == (1437, 360)
    assert (metrics["epochs"], metrics["steps"]) == (1, 11)
    assert {"suite": "digits", "network": "lenet5"}.items() <= metadata.items()
    seen = sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith("."))
    assert seen == ["out.json", "out.safetensors"]


def test_same_settings_same_bytes(tmp_path: Path) -> None:
    train_settings = TrainSettings(**QUICK)
    files = []
    for name in "ab":
        weights, figures = tmp_path / f"{name}.safetensors", tmp_path / f"{name}.json"
        train_network(load("digits", 0), "lenet5", train_settings, weights, figures)
        files.append((weights.read_bytes(), figures.read_bytes()))
        torch.rand(1)
    assert files[0] == files[1]


@pytest.mark.slow  # Python starts with PyTorch; that a command ends so is tested of `run`
def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "workflow.steps.train", *arguments(tmp_path, network="lenet")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: unknown network 'lenet' (did you mean 'lenet5'?)")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network": "lenet"}, r"unknown network 'lenet' \(did you mean 'lenet5'"),
        ({"suite": "imagenet"}, "unknown suite with images to train on 'imagenet'"),
        ({"settings": json.dumps(QUICK | {"lr": 1})}, "unknown setting 'lr'"),
        ({"settings": json.dumps(QUICK | {"width": 0})}, "width is 0"),
        ({"settings": json.dumps(QUICK | {"epochs": 0})}, "epochs is 0"),
    ],
)
def test_mistakes_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], message: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *arguments(tmp_path, **changes)])
    with pytest.raises(UserError, match=message):
        main()
    assert not list(tmp_path.iterdir())


def test_settings_need_every_choice() -> None:
    with pytest.raises(UserError, match=r"lacks.*width"):
        settings(TrainSettings, json.dumps({k: v for k, v in QUICK.items() if k != "width"}))


def test_the_configuration_gives_valid_settings_for_known_networks() -> None:
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    training = Training(Layout(config))
    assert set(config["training"]) == set(SUITES)
    for suite, section in config["training"].items():
        assert {"lenet5", "alexnet", "vgg16", "resnet50", "mobilenet_v1"} <= set(
            section["networks"]
        )
        for name in section["networks"]:
            train_settings = settings(TrainSettings, as_json(training.settings(suite, name)))
            assert name in networks()
            build(name, num_classes=10, width=train_settings.width, input_size=32)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suite", "network", "least"),
    [("digits", "lenet5", 0.96), ("shapes", "lenet5", 0.92), ("shapes", "mobilenet_v1", 0.82)],
)
def test_configured_training_reaches_its_accuracy(
    tmp_path: Path, suite: str, network: str, least: float
) -> None:
    """Leaves a point or two for other processors, whose sums round differently."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    train_settings = settings(
        TrainSettings, as_json(Training(Layout(config)).settings(suite, network))
    )
    train_network(
        load(suite, 0), network, train_settings, tmp_path / "out.safetensors", tmp_path / "out.json"
    )
    assert json.loads((tmp_path / "out.json").read_text())["top1"] >= least
