import json
import resource
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch

from models.imagenet.settings import modelled_schemes
from models.networks import build, networks
from sim import read_trace
from workflow.cli import run
from workflow.steps.imagenet_trace import main

SMALL = {"width": 0.25, "input_height": 64, "input_width": 64}


def trace_step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *arguments: str) -> None:
    output = str(tmp_path / "out.safetensors")
    monkeypatch.setattr(sys, "argv", ["imagenet_trace", *arguments, "--output", output])
    run(main)


def test_trace_and_densities(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "densities.csv"
    trace_step(
        monkeypatch,
        tmp_path,
        "--network",
        "resnet18",
        "--scheme",
        "magnitude",
        "--settings",
        json.dumps(SMALL),
        "--densities",
        str(table),
    )
    trace = read_trace(tmp_path / "out.safetensors")
    assert trace.provenance.scheme == "magnitude"
    rows = pd.read_csv(table)
    assert len(rows) == 2 * len(trace.layers)
    assert rows["source"].notna().all()
    weights = rows[rows["operand"] == "weight"]
    assert (weights["target_density"] - weights["density"]).abs().max() < 0.01
    assert set(rows["status"]) == {"published", "rule"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--network", "resnet18", "--scheme", "dbbb"), "error: unknown scheme"),
        (
            ("--network", "resnet18", "--scheme", "dbb", "--settings", '{"imges": 1}'),
            "error: unknown setting 'imges' (did you mean 'images'?)",
        ),
    ],
)
def test_one_line_per_mistake_and_no_file(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    with pytest.raises(SystemExit) as stop:
        trace_step(monkeypatch, tmp_path, *arguments)
    assert stop.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(message)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("network", networks())
def test_full_size_within_time_and_memory(tmp_path: Path, network: str) -> None:
    command = [sys.executable, "-m", "workflow.steps.imagenet_trace"]
    command += ["--network", network, "--scheme", "magnitude"]
    command += ["--output", str(tmp_path / "out.safetensors")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert after.ru_utime - before < 60
    assert after.ru_maxrss < 3e6  # kilobytes; the largest child so far


@pytest.mark.slow
@pytest.mark.parametrize("scheme", modelled_schemes())
def test_measured_vgg16_within_time_and_memory(tmp_path: Path, scheme: str) -> None:
    checkpoint = tmp_path / "vgg16.pth"
    torch.save(build("vgg16").state_dict(), checkpoint)
    command = [sys.executable, "-m", "workflow.steps.imagenet_trace"]
    command += ["--network", "vgg16", "--scheme", scheme]
    command += ["--settings", json.dumps({"checkpoint": str(checkpoint)})]
    command += ["--output", str(tmp_path / "out.safetensors")]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr
    assert after.ru_utime - before < 60
    assert after.ru_maxrss < 3e6
