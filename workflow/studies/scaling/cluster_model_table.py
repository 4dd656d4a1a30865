"""Modelled: how long thousands of jobs like the measured ones take on clusters of many nodes.

**Modelled, not run**: how long `jobs` jobs would take on clusters of `nodes` x slots per node.
Durations are drawn, with replacement, from the processor seconds that Snakemake measured of each
job of the design space; an event model (workflow/studies/scaling/queues.py) adds the overhead of a
submission, one master that submits one after the other and notices ends at polls, and a limit of
submissions in flight. `speedup_over_one_slot` divides the sum of durations, without any overhead,
by the modelled time.
"""

import argparse
import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim import UserError
from workflow.cli import run, settings
from workflow.plan.sweeps import PointFolder
from workflow.studies.scaling.queues import Cluster, Seconds, grouped, makespan_s
from workflow.tabling.shared import write_table


@dataclass(frozen=True, kw_only=True)
class ClusterSettings:
    """The section `cluster_model` of a configuration; lists are varied jointly.

    Attributes:
        jobs: of the modelled run.
        nodes: of the cluster.
        slots_per_node: jobs that one node runs at a time.
        jobs_per_submission: Snakemake's group jobs; 1 = every job alone.
        step_s: of each job in a group: Snakemake starts again for it.
        overhead_s, submit_s, poll_s, in_flight: as in workflow.studies.scaling.queues.Cluster.
        seed: of the drawing of durations.
    """

    jobs: int
    nodes: list[int]
    slots_per_node: int
    jobs_per_submission: list[int]
    step_s: float
    overhead_s: float
    submit_s: list[float]
    poll_s: float
    in_flight: list[int]
    seed: int


def measured_s(paths: list[Path]) -> Seconds:
    """Processor seconds of each job, from Snakemake's benchmark files.

    Of a job too short to be sampled, which has `-` there, its seconds.

    Raises:
        UserError: a file is missing or is no benchmark.
    """
    try:
        frames = [pd.read_csv(path, sep="\t", na_values="-") for path in paths]
        return np.array([float(f["cpu_time"].fillna(f["s"]).iloc[0]) for f in frames])
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise UserError(f"not the benchmark of a job ({error}); run the sweep again") from error


def cluster_model(measured: Seconds, scenario: ClusterSettings) -> pd.DataFrame:
    """One row per cluster and way to submit.

    `ideal_s` is the work divided by the slots; `efficiency_percent` is ideal over modelled time.
    """
    durations = np.random.default_rng(scenario.seed).choice(measured, scenario.jobs)
    rows = []
    for nodes, group, submit_s, in_flight in itertools.product(
        scenario.nodes, scenario.jobs_per_submission, scenario.submit_s, scenario.in_flight
    ):
        slots = nodes * scenario.slots_per_node
        cluster = Cluster(slots, scenario.overhead_s, submit_s, scenario.poll_s, in_flight)
        submissions = grouped(durations + (scenario.step_s if group > 1 else 0.0), group)
        time_s = makespan_s(submissions.tolist(), cluster)
        ideal_s = durations.sum() / slots
        rows.append(
            {
                "source": "modelled",
                "jobs": scenario.jobs,
                "nodes": nodes,
                "slots": slots,
                "jobs_per_submission": group,
                "submissions": len(submissions),
                "step_s": scenario.step_s,
                "overhead_s": scenario.overhead_s,
                "submit_s": submit_s,
                "poll_s": scenario.poll_s,
                "in_flight": in_flight,
                "job_mean_s": durations.mean(),
                "makespan_s": time_s,
                "ideal_s": ideal_s,
                "speedup_over_one_slot": durations.sum() / time_s,
                "efficiency_percent": 100 * ideal_s / time_s,
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--benchmarks", required=True, help="folder of all points' benchmarks")
    parser.add_argument("--plan", required=True, help="JSON: list of PointFolder (plan/sweeps.py)")
    parser.add_argument("--settings", required=True, help="JSON: ClusterSettings")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    folders = [PointFolder(**entry) for entry in json.loads(arguments.plan)]
    files = [Path(path) for folder in folders for path in folder.files(arguments.benchmarks, "tsv")]
    cluster_settings = settings(ClusterSettings, arguments.settings)
    write_table(cluster_model(measured_s(files), cluster_settings), arguments.output)


if __name__ == "__main__":
    run(main)
