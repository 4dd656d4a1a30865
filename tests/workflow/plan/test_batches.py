from pathlib import Path
from typing import Any

import yaml

from workflow.plan.batches import Batch, batches
from workflow.plan.layout import Layout
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Products, Table, products

ROOT = Path(__file__).parents[3]


def default() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return config


def test_runs_share_a_job_by_suite_seed_and_design_alone() -> None:
    layout = Layout({"results_dir": "out"})
    read = [
        "out/events/digits/a/dbb/sa.csv",
        "out/events/digits-seed1/a/dbb/sa.csv",
        "out/events/shapes/b/dense/sa.csv",
        "out/events/digits/a/dense/sa.csv",
        "out/sweeps/digits/a/dbb/sa.csv",
    ]
    drawn = ["out/events/digits/a/dbb/scnn.csv", "out/events/digits/a/dbb/sa.csv"]
    asked = Products([Table("t", "m", read)], [Figure("f", "m", inputs=drawn)])
    assert batches(layout, asked) == [
        Batch("digits", "sa", ("a/dbb", "a/dense"), "out"),
        Batch("digits", "scnn", ("a/dbb",), "out"),
        Batch("digits-seed1", "sa", ("a/dbb",), "out"),
        Batch("shapes", "sa", ("b/dense",), "out"),
    ]


def test_a_job_reads_a_trace_for_each_table_that_it_writes() -> None:
    batch = Batch("digits-seed1", "sa", ("a/dbb", "b/dense"), "out")
    assert batch.rule == "simulate_digits-seed1_sa"
    assert batch.traces == [
        "out/traces/digits-seed1/a/dbb.safetensors",
        "out/traces/digits-seed1/b/dense.safetensors",
    ]
    assert batch.events == [
        "out/events/digits-seed1/a/dbb/sa.csv",
        "out/events/digits-seed1/b/dense/sa.csv",
    ]


def test_every_table_of_events_of_the_default_run_is_made_once() -> None:
    plan = Plan(default(), ROOT)
    asked = products(plan)
    jobs = batches(plan.layout, asked)
    made = [path for job in jobs for path in job.events]
    read = {path for table in (*asked.tables, *asked.figures) for path in table.inputs}
    assert sorted(made) == sorted(path for path in read if "/events/" in path)
    assert len({job.rule for job in jobs}) == len(jobs) < len(made) / 5
