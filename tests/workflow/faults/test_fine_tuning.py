"""Fine-tuning on a user's folders through Snakemake: killed, it goes on; a mistake is one line."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.models.imagenet.user_folders import NETWORK, values
from tests.workflow.running import TINY, snakemake, start

STATE = f"results/fine_tuning/imagenet/{NETWORK}/dbb.safetensors"
TRACE = f"results/traces/imagenet/{NETWORK}/dbb.safetensors"


def config(folder: Path, **changes: Any) -> dict[str, Any]:
    user = {NETWORK: dict(values(folder, **changes))}
    runs = [{"suite": "imagenet", "networks": [NETWORK], "schemes": ["dbb"]}]
    return TINY | {"imagenet": {"networks": user}, "runs": runs, "footing_runs": []} | LITTLE


LITTLE: dict[str, Any] = {
    "sweep_suites": [],
    "sensitivity_runs": [],
    "sweeps": {},
    "seeds": {"runs": []},
}


@pytest.mark.slow
def test_a_killed_fine_tuning_goes_on(tmp_path: Path) -> None:
    change = config(tmp_path, fine_tune_epochs=30)
    target = ("--cores", "1", "--", TRACE)
    process = start(tmp_path, *target, config=change)
    deadline = time.monotonic() + 300
    while not (tmp_path / STATE).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert (tmp_path / STATE).exists()
    assert not (tmp_path / TRACE).exists()
    assert snakemake(tmp_path, "--cores", "1", "--unlock", **change).returncode == 0
    done = snakemake(tmp_path, "--rerun-incomplete", *target, **change)
    assert done.returncode == 0, done.stdout
    log = (tmp_path / f"results/logs/trace/imagenet.{NETWORK}.dbb.log").read_text()
    assert "training goes on in epoch" in log
    assert "epoch 30 of 30: loss" in log
    assert not (tmp_path / STATE).exists()
    metrics = json.loads((tmp_path / f"results/networks/imagenet/{NETWORK}/dbb.json").read_text())
    assert metrics["top1"]["fine_tuned_percent"] >= metrics["top1"]["pruned_percent"]


@pytest.mark.slow
def test_a_gpu_that_is_not_there_is_refused_before_any_job(tmp_path: Path) -> None:
    change = config(tmp_path, device="cuda")
    done = snakemake(tmp_path, "--cores", "1", "--", TRACE, **change)
    assert done.returncode != 0
    assert "device is cuda, but PyTorch sees no GPU here" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "results/logs").exists()
