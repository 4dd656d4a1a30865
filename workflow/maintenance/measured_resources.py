"""Sum the benchmark files of finished runs up: the largest job of each rule.

The requests of the cluster profiles are made from this table (a test compares them). Snakemake
samples memory about twice a second, so that the peak of a job under a second is a lower bound. The
wall's time includes waiting for whatever else the machine did; the processor's does not.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from sim import UserError
from workflow.cli import run, whole_file

COLUMNS = ["seconds", "memory_mb", "processor_seconds"]
"""Maxima over the jobs of a rule; memory is the resident set of a job with all its processes."""


OWN_RULES = {
    ("imagenet", "trace"): "imagenet_trace",
    ("pretrained", "trace"): "pretrained_trace",
    ("canvases", "dataset"): "canvases",
    ("canvases", "train"): "train_detector",
    ("canvases", "compress"): "compress_detector",
    ("canvases", "trace"): "trace_detector",
}
"""Suites that have a rule of their own for a step."""
RULES = {
    "spex": "search_spex",
    "zeros": "zeros_sensitivity",
    "curves": "pretrained_curve",
    "budgets": "pretrained_curve",
}
"""Steps whose folder is not called like the rule."""


def rule_of(step: str, job: str) -> str:
    """Rule whose job writes `benchmarks/<step>/<job>.tsv`."""
    if step == "tables":
        return job if job.startswith("tables_") else f"{job}_table"
    if step == "figures":
        return f"figure_{job}"
    if step == "compress" and job.endswith(".blockwise"):
        return "compress_blockwise"
    suite = re.split(r"[.-]", job)[0]  # imagenet-seed1.vgg16.dbb
    return OWN_RULES.get((suite, step), RULES.get(step, step))


def benchmarked(folders: Iterable[Path]) -> pd.DataFrame:
    """A row per job: its step, rule and name, and the columns above.

    Args:
        folders: `benchmarks` folders, with a folder per step.

    Raises:
        UserError: no file, or one without the columns of a Snakemake benchmark.
    """
    rows = []
    for folder, path in ((each, path) for each in folders for path in each.rglob("*.tsv")):
        table = pd.read_csv(path, sep="\t", na_values="-")
        if not {"s", "max_rss", "cpu_time"} <= set(table):
            raise UserError(f"{path} is no Snakemake benchmark; remove it or run its job again")
        largest = table[["s", "max_rss", "cpu_time"]].max()
        step, *inner = path.relative_to(folder).with_suffix("").parts
        job = "/".join(inner)
        rows.append((step, rule_of(step, job), job, *largest))
    if not rows:
        raise UserError("no benchmark file (*.tsv) in the folders given; run `make results` first")
    return pd.DataFrame(rows, columns=["step", "rule", "largest_job", *COLUMNS])


def measured(folders: Iterable[Path]) -> pd.DataFrame:
    """A row per rule: number of jobs, largest values, and the job that needed most memory.

    Args:
        folders: `benchmarks` folders, with a folder per step.

    Raises:
        UserError: no file, or one without the columns of a Snakemake benchmark.
    """
    jobs = benchmarked(folders)
    jobs = jobs.sort_values(["rule", "memory_mb", "largest_job"], ascending=[True, False, True])
    rules = jobs.groupby("rule")
    table = rules[COLUMNS].max().round({"seconds": 1, "memory_mb": 0, "processor_seconds": 1})
    table.insert(0, "jobs", rules.size())
    table.insert(1, "mean_seconds", rules["seconds"].mean().round(1))
    return table.assign(largest_job=rules["largest_job"].first()).reset_index()


def renewed(table: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The table, with the earlier rows of rules that these runs did not have (full.yaml's own)."""
    kept = earlier[~earlier["rule"].isin(table["rule"])]
    return pd.concat([table, kept]).sort_values("rule", ignore_index=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="results folders with benchmarks/")
    parser.add_argument("--output", required=True, type=Path)
    arguments = parser.parse_args()
    table = measured(folder / "benchmarks" for folder in arguments.folders)
    if arguments.output.is_file():
        table = renewed(table, pd.read_csv(arguments.output))  # committed: git may renew it
    with whole_file(arguments.output) as temporary:
        table.to_csv(temporary, index=False)


if __name__ == "__main__":
    run(main)
