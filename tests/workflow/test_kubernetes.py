"""The Kubernetes profile as far as it goes without a cluster: its plan, and its storage.

Jobs run on this machine, but every input and output goes through the profile's storage plugin.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.workflow.running import ROOT, plugins

PROFILE = ROOT / "workflow" / "profiles" / "kubernetes"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pinned plugins; the environment of the tests stays without them."""
    return plugins(tmp_path_factory.mktemp("plugins"), "requirements-kubernetes.txt")


def snakemake(folder: Path, plugin: Path, *arguments: str) -> str:
    """Run in `folder` with the profile's storage in its sub-folder `volume`; the messages."""
    (folder / "volume").mkdir()
    shutil.copytree(ROOT / "config", folder / "config")
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--configfile", "config/quick.yaml"]
    command += ["--default-storage-prefix", str(folder / "volume"), *arguments]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(plugin)},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_profile_plans(plugin: Path, tmp_path: Path) -> None:
    plan = snakemake(tmp_path, plugin, "--workflow-profile", str(PROFILE), "--dry-run")
    assert "Group job simulations" in plan
    assert f"{tmp_path}/volume/results/quick/tables/claims.csv (send to storage)" in plan


@pytest.mark.skipif(shutil.which("rsync") is None, reason="the storage plugin needs rsync")
def test_a_trace_and_what_reads_it_go_through_the_storage(plugin: Path, tmp_path: Path) -> None:
    settings = yaml.safe_load((PROFILE / "profile.yaml").read_text())
    storage = ["--default-storage-provider", settings["default-storage-provider"]]
    made = "results/quick/designs/imagenet/mobilenet_v3_small/magnitude_layers.csv"
    snakemake(tmp_path, plugin, "--cores", "1", *storage, "--", made)
    assert (tmp_path / "volume" / made).read_text().startswith("suite,")
    assert not (tmp_path / "results").exists()
