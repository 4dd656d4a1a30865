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
from sim import UserError, read_trace
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


SCHEMES = ["dense", "dbb", "magnitude"]
"""Two that prune no activations, and one between them that does."""


def outputs(folder: Path, schemes: list[str]) -> dict[str, list[Path]]:
    """The files of each option, one for each scheme."""
    kinds = {"--output": "safetensors", "--densities": "csv", "--metrics": "json"}
    return {
        option: [folder / f"{scheme}.{suffix}" for scheme in schemes]
        for option, suffix in kinds.items()
    }


def step(
    monkeypatch: pytest.MonkeyPatch, schemes: list[str], files: dict[str, list[Path]], *more: str
) -> None:
    command = ["step", "--network", "resnet18", "--settings", json.dumps(SMALL), *more]
    command += ["--scheme", *schemes]
    for option, paths in files.items():
        command += [option, *map(str, paths)]
    monkeypatch.setattr(sys, "argv", command)
    main()


def test_traces_made_together_are_those_made_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    step(monkeypatch, SCHEMES, together := outputs(tmp_path / "together", SCHEMES))
    for scheme in SCHEMES:
        step(monkeypatch, [scheme], outputs(tmp_path / "alone", [scheme]))
    for option, paths in outputs(tmp_path / "alone", SCHEMES).items():
        alone = [path.read_bytes() for path in paths]
        assert [path.read_bytes() for path in together[option]] == alone, option
        assert len(set(alone)) == len(SCHEMES)


def test_one_of_several_that_cannot_be_made_is_named_and_those_before_it_are_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = outputs(tmp_path, schemes := ["dense", "blockwise"])
    with pytest.raises(UserError, match=r"^resnet18 under blockwise: "):
        step(monkeypatch, schemes, files)
    assert capsys.readouterr().err.splitlines() == [
        "tracing resnet18 under dense",
        "tracing resnet18 under blockwise",
    ]
    assert [path.exists() for path in files["--output"]] == [True, False]


def test_files_are_as_many_as_schemes_and_only_one_training_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for option in ("--output", "--densities", "--metrics"):
        files = outputs(tmp_path, SCHEMES)
        files[option].pop()
        with pytest.raises(UserError, match=f"{option} names 2 files for 3 schemes"):
            step(monkeypatch, SCHEMES, files)
    with pytest.raises(UserError, match="--state keeps one training; expected one scheme, not 3"):
        step(monkeypatch, SCHEMES, outputs(tmp_path, SCHEMES), "--state", str(tmp_path / "state"))
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
