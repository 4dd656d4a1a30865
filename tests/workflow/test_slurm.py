"""The quick configuration on a real SLURM cluster of one node, with the shipped profile."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.workflow.slurm_cluster import PARTITION, Cluster

ROOT = Path(__file__).parents[2]
PROFILE = ROOT / "workflow" / "profiles" / "slurm"

pytestmark = pytest.mark.slow


def snakemake(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """Run the quick configuration in `folder`; its messages."""
    shutil.copytree(ROOT / "config", folder / "config", dirs_exist_ok=True)
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--configfile", "config/quick.yaml", *arguments]
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={**environment, "PATH": path, "OMP_NUM_THREADS": "1"},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def made(folder: Path) -> dict[str, bytes]:
    """Every table and figure of a run."""
    results = folder / "results" / "quick"
    files = [*results.glob("tables/*"), *results.glob("figures/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def jobs(cluster: Cluster) -> list[dict[str, str]]:
    """What the SLURM controller knows of every job."""
    lines = cluster.ask("scontrol", "--oneliner", "show", "jobs").splitlines()
    return [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines]


def sacct(cluster: Cluster) -> str:
    """The accounting's list of finished jobs."""
    return cluster.ask("sacct", "--completion", "--format=JobID,JobName%8,State")


def test_the_quick_configuration_on_slurm_gives_the_tables_of_a_local_run(
    cluster: Cluster, plugin: Path, tmp_path: Path
) -> None:
    snakemake(tmp_path / "local", {**os.environ}, "--cores", "2", "--quiet", "rules")
    expected = made(tmp_path / "local")
    assert "results/quick/tables/claims.csv" in expected

    # What differs from the shipped profile only shortens waiting: one machine has one file system.
    hurry = ["--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "5"]
    environment = {**cluster.environment, "PYTHONPATH": str(plugin)}
    profile = ["--workflow-profile", str(PROFILE)]
    messages = snakemake(tmp_path / "cluster", environment, *profile, *hurry)
    assert made(tmp_path / "cluster") == expected

    submitted = re.findall(r"has been submitted with SLURM jobid (\d+)", messages)
    assert submitted
    ran = [job for job in jobs(cluster) if job["JobId"] in submitted]  # another test may share it
    print(cluster.ask("squeue", "--states=all", "--format=%i %T %M %C %m %k"))  # seen with -s
    assert {job["JobState"] for job in ran} == {"COMPLETED"}
    assert {(job["Partition"], job["NodeList"]) for job in ran} == {(PARTITION, "node1")}
    assert {job["JobId"] for job in ran} == set(submitted)
    assert set(submitted) <= set(re.findall(r"^(\d+) .* COMPLETED", sacct(cluster), re.MULTILINE))

    # A job each for the traces of two trained networks and blockwise, one for modelled ones, two
    # for the simulations of fifteen designs, one for all tables and figures.
    kinds = Counter(job["Comment"].split("_")[1] for job in ran)
    groups = (kinds["modelled"], kinds["simulations"], kinds["tables"])
    assert (kinds["train"], kinds["trace"], *groups) == (2, 3, 1, 2, 1)
    assert kinds["compress"] >= 4
    steps = int(re.findall(r"^total +(\d+)$", messages, flags=re.MULTILINE)[0])
    assert len(ran) < steps / 4
    train = yaml.safe_load((PROFILE / "profile.yaml").read_text())["set-resources"]["train"]
    for job in ran:
        if job["Comment"].startswith("rule_train"):
            assert job["MinMemoryNode"] == f"{train['mem_mb'].split()[0]}M"
            assert job["TimeLimit"] == f"00:{train['runtime'].split()[0]}:00"
