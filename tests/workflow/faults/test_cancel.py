"""A job of a real SLURM cluster is cancelled while half its output is written."""

from pathlib import Path

import pytest

from tests.workflow.running import ROOT
from tests.workflow.slurm_cluster import Cluster

from .conftest import Run

pytestmark = pytest.mark.slow

PROFILE = [
    "--workflow-profile",
    str(ROOT / "workflow" / "profiles" / "slurm"),
    # Only shortens waiting: one machine has one file system.
    "--slurm-init-seconds-before-status-checks",
    "2",
    "--latency-wait",
    "5",
]


def test_a_cancelled_job_is_submitted_again_and_the_tables_are_the_same(
    done: Run, cluster: Cluster, plugin: Path
) -> None:
    done.remove("events/**/*.csv", "tables/*.csv", "figures/*")
    environment = {
        "PATH": cluster.environment["PATH"],
        "SLURM_CONF": cluster.environment["SLURM_CONF"],
        "PYTHONPATH": str(plugin),
    }
    process = done.start(
        fault=("wait", "workflow.steps.simulate"), profile=PROFILE, environment=environment
    )
    done.reach_fault(process)
    running = cluster.ask("squeue", "--noheader", "--states=running", "--format=%i").split()
    assert len(running) == 1
    cluster.ask("scancel", *running)
    said, _ = process.communicate()
    assert "JobState=CANCELLED" in cluster.ask("scontrol", "--oneliner", "show", "job", *running)
    assert "Error in " in said  # the group of steps that was in it, and its log
    assert f"/{running[0]}.log" in said
    done.assert_as_clean(process.returncode, said)
