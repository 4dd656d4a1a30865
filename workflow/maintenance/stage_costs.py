"""What each step of a finished run took: jobs, time, memory and disk, from its benchmark files.

`processor_seconds` and `wall_seconds` are sums over the jobs of a step (two jobs at once count
twice), `memory_mb` the largest job's resident set. `disk_mb` is what the step's folder holds; steps
that write one folder together have it in the row of the first. Results that a run took over from
another were benchmarked there, so that the sums are of all work, whenever it was done.
"""

import argparse
from pathlib import Path

import pandas as pd

from workflow.cli import run
from workflow.maintenance.measured_resources import benchmarked
from workflow.tabling.shared import write_table

FOLDERS = {
    "dataset": "datasets",
    "train": "networks",
    "compress": "networks",
    "trace": "traces",
    "search_thresholds": "searches",
    "simulate": "events",
    "sweep": "sweeps",
    "explore": "designs",
    "explore_sensitivity": "designs",
}
"""Steps whose folder of results is not called like the step."""
MB = 1_000_000


def stage_costs(results: Path) -> pd.DataFrame:
    """A row per step, the most processor time first, and their sum.

    Raises:
        UserError: no benchmark file, or one without the columns of a Snakemake benchmark.
    """
    jobs = benchmarked([results / "benchmarks"])
    steps = jobs.groupby("step")
    table = pd.DataFrame(
        {
            "jobs": steps.size(),
            "processor_seconds": steps["processor_seconds"].sum(),
            "wall_seconds": steps["seconds"].sum(),
            "memory_mb": steps["memory_mb"].max(),
        }
    ).sort_values("processor_seconds", ascending=False)
    folders = pd.Series({step: FOLDERS.get(step, step) for step in table.index})
    sizes = [_bytes(results / name) / MB for name in folders]
    table["disk_mb"] = pd.Series(sizes, table.index).where(~folders.duplicated())
    sums = table.sum().to_frame("all steps").T.assign(memory_mb=table["memory_mb"].max())
    every = pd.concat([table, sums]).rename_axis("step").round(1)
    return every.astype({"jobs": int}).reset_index()


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="results folder of a finished run")
    parser.add_argument("--output", required=True, type=Path)
    arguments = parser.parse_args()
    write_table(stage_costs(arguments.results), arguments.output)


if __name__ == "__main__":
    run(main)
