"""Snakemake as a user starts it, in a folder of its own; a configuration that trains in seconds."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]

TINY = {
    "training": {
        "digits": {
            "recipe": {"epochs": 1, "batch_size": 128, "learning_rate": 0.004},
            "networks": {"lenet5": {"width": 0.5}},
        }
    },
    "compression": {
        "dense": {"fine_tune_epochs": 1},
        "dbb": {"fine_tune_epochs": 1, "weight_bound": 4},
    },
    "runs": [{"suite": "digits", "networks": ["lenet5"], "schemes": ["dense", "dbb"]}],
    "compared_schemes": ["dbb"],
    "trace_images": 1,
    "sweep_suites": ["digits"],
    # What is left out stands in config/config.yaml, under which Snakemake merges this.
    "footing_runs": [{"suite": "digits", "networks": ["lenet5"], "schemes": ["dense", "dbb"]}],
    "sensitivity_runs": [{"suite": "digits", "networks": ["lenet5"], "schemes": ["dbb"]}],
    "sparse_blox": {"full_size_networks": []},
    "spex": {"searches": []},
    "dataflow": {"runs": [], "sensitivity": []},
    "threshold_search": {"runs": []},
    "pretrained": {"schemes": []},
}


def start(
    folder: Path,
    *arguments: str,
    config: Mapping[str, object],
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start Snakemake on the project's Snakefile with a changed configuration, in a new session.

    Its standard output and error are one stream. A PATH in `environment` goes before the rest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "config", folder / "config", dirs_exist_ok=True)
    (folder / "change.yaml").write_text(yaml.safe_dump(dict(config)))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--configfile", "change.yaml", *arguments]
    variables = dict(environment or {})
    first = [variables.pop("PATH")] if "PATH" in variables else []
    path = os.pathsep.join([*first, str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.Popen(  # noqa: S603  # our own command line
        command,
        cwd=folder,
        env={**os.environ, **variables, "PATH": path},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def snakemake(folder: Path, *arguments: str, **config: object) -> subprocess.CompletedProcess[str]:
    """Run Snakemake to its end; what it said is all in `stdout`."""
    process = start(folder, "--quiet", "rules", *arguments, config=config)
    said, _ = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, said, "")


def files(folder: Path) -> dict[str, bytes]:
    """Every table and figure that a run left."""
    made = [*folder.glob("results/tables/*.csv"), *folder.glob("results/figures/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in made}


def plugins(folder: Path, requirements: str) -> Path:
    """The folder with the pinned plugins of a file; the environment of the tests stays without.

    The test is skipped where they cannot be had.
    """
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    pip += ["--requirement", str(ROOT / requirements)]
    done = subprocess.run(pip, text=True, capture_output=True)  # noqa: S603  # our own command line
    if done.returncode != 0:
        pytest.skip(f"{requirements} cannot be installed: {done.stderr[-300:]}")
    return folder
