"""A sweep on three nodes of SLURM, one of which is lost while it runs.

SLURM_POINTS sets how many jobs the sweep has: each costs about 4 processor seconds, most of them of
Snakemake starting twice, so that 500 take 20 minutes on two cores.
"""

import csv
import io
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.workflow.running import ROOT, TINY, snakemake, start
from tests.workflow.slurm_cluster import Cluster, UnavailableError, running_cluster, until

pytestmark = pytest.mark.slow

POINTS = int(os.environ.get("SLURM_POINTS", "24"))
AHEAD = 25
"""Lookaheads of a sweep, of which the largest has the largest selector that is priced; more points
have further mesh sizes, and come in multiples of this.
"""
SWEEP = {
    "sweeps": {
        "ahead": {
            "accelerators": ["phantom_2d"],
            "parameters": {
                "lookahead": list(range(3, 3 + min(POINTS, AHEAD))),
                "mesh_rows": list(range(1, 1 + -(-POINTS // AHEAD))),
            },
            "suites": ["digits"],
            "networks": ["lenet5"],
            "schemes": ["dbb"],
        }
    },
    "points_per_job": 1,
    "design_space": ["ahead"],
}
TABLE = Path("results/tables/design_space.csv")
NODES = ("node1", "node2", "node3")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    try:
        with running_cluster(tmp_path_factory.mktemp("nodes") / "cluster", NODES) as running:
            yield running
    except UnavailableError as reason:
        pytest.skip(str(reason))


def profile(folder: Path) -> Path:
    """The shipped profile, with each point of a sweep a SLURM job of its own instead of in groups.

    Not as job arrays: with those of the pinned plugin (2.8.0) tasks end in MissingOutputException,
    for Snakemake looks for the output of another task of the array.
    """
    shipped = yaml.safe_load(
        (ROOT / "workflow" / "profiles" / "slurm" / "profile.yaml").read_text()
    )
    del shipped["groups"]["points"]
    shipped |= {"slurm-init-seconds-before-status-checks": 5, "latency-wait": 5}
    shipped["jobs"] = max(100, POINTS)
    folder.mkdir()
    (folder / "profile.yaml").write_text(yaml.safe_dump(shipped))
    return folder


def jobs(cluster: Cluster) -> list[dict[str, str]]:
    """What the controller knows of every job."""
    lines = cluster.ask("scontrol", "--oneliner", "show", "jobs").splitlines()
    known = [dict(re.findall(r"(\S+?)=(\S*)", line)) for line in lines]
    return [job for job in known if "JobState" in job]  # a line says that there are none


def test_a_sweep_outlives_the_loss_of_a_node_and_gives_the_bytes_of_a_local_run(
    nodes: Cluster, plugin: Path, tmp_path: Path
) -> None:
    config = {**TINY, **SWEEP}
    few_jobs = {**config, "points_per_job": 20}  # a table does not depend on who made its rows
    local = snakemake(tmp_path / "local", "--cores", "2", "--", str(TABLE), **few_jobs)
    assert local.returncode == 0, local.stdout

    environment = {**nodes.environment, "PYTHONPATH": str(plugin)}
    options = ["--workflow-profile", str(profile(tmp_path / "profile")), "--quiet", "rules"]
    options += ["--", str(TABLE)]
    run = start(tmp_path / "cluster", *options, config=config, environment=environment)
    try:
        until(lambda: nodes.works("node2"), "no job runs on node2", 1800)
        nodes.lose("node2")
        messages, _ = run.communicate(timeout=3600)
    finally:
        with suppress(ProcessLookupError):
            run.kill()
    assert run.returncode == 0, messages
    made = (tmp_path / "cluster" / TABLE).read_bytes()
    assert made == (tmp_path / "local" / TABLE).read_bytes()
    rows = list(csv.DictReader(io.StringIO(made.decode())))
    made_of = {(row["parameter_lookahead"], row["parameter_mesh_rows"]) for row in rows}
    assert len(made_of) == POINTS

    ended = jobs(nodes)
    assert nodes.states()["node2"] == "down"
    lost = [job for job in ended if job["JobState"] == "NODE_FAIL" or job["Restarts"] != "0"]
    assert lost  # SLURM starts such a job again itself unless told not to, Snakemake otherwise
    completed = {job["NodeList"] for job in ended if job["JobState"] == "COMPLETED"}
    assert completed >= {"node1", "node3"}
