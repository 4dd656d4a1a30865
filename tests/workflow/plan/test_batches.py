from pathlib import Path
from typing import Any

import yaml

from sim.accelerators.sparse_blox.baselines import BASELINES
from workflow.plan.batches import Batch, batches
from workflow.plan.layout import Layout
from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Products, Table, products

ROOT = Path(__file__).parents[3]


def default() -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return config


def test_runs_share_a_job_by_kind_suite_seed_and_design_alone() -> None:
    layout = Layout({"results_dir": "out"})
    read = [
        "out/events/digits/a/dbb/sa.csv",
        "out/events/digits-seed1/a/dbb/sa.csv",
        "out/events/shapes/b/dense/sa.csv",
        "out/events/digits/a/dense/sa.csv",
        "out/sweeps/digits/a/dbb/sa.csv",
        "out/sense_layers/digits/a/dbb.csv",
        "out/sense_layers/digits/b/dbb.csv",
        "out/footing/digits/a/dbb.csv",
        "events/digits/c/dbb/sa.csv",
    ]
    drawn = ["out/events/digits/a/dbb/scnn.csv", "out/events/digits/a/dbb/sa.csv"]
    asked = Products([Table("t", "m", read)], [Figure("f", "m", inputs=drawn)])
    assert batches(layout, asked) == [
        Batch("events", "digits", "sa", ("a/dbb", "a/dense"), "out"),
        Batch("events", "digits", "scnn", ("a/dbb",), "out"),
        Batch("events", "digits-seed1", "sa", ("a/dbb",), "out"),
        Batch("events", "shapes", "sa", ("b/dense",), "out"),
        Batch("sense_layers", "digits", "", ("a/dbb", "b/dbb"), "out"),
        Batch("sweeps", "digits", "sa", ("a/dbb",), "out"),
    ]


def test_a_job_reads_a_trace_for_each_table_that_it_writes() -> None:
    batch = Batch("events", "digits-seed1", "sa", ("a/dbb", "b/dense"), "out")
    assert (batch.rule, batch.file) == ("simulate_digits-seed1_sa", "simulate/digits-seed1.sa")
    assert batch.traces == [
        "out/traces/digits-seed1/a/dbb.safetensors",
        "out/traces/digits-seed1/b/dense.safetensors",
    ]
    assert batch.tables == [
        "out/events/digits-seed1/a/dbb/sa.csv",
        "out/events/digits-seed1/b/dense/sa.csv",
    ]
    assert batch.options == ["--accelerator", "sa"]


def test_kinds_differ_in_step_options_and_the_code_behind_them() -> None:
    swept = Batch("sweeps", "shapes", "sparten", ("a/dbb",), "out")
    assert (swept.rule, swept.tables) == (
        "sweep_shapes_sparten",
        ["out/sweeps/shapes/a/dbb/sparten.csv"],
    )
    assert swept.options == ["--sweep", "--accelerator", "sparten"]
    bytes_of_layers = Batch("sense_layers", "shapes", "", ("a/dbb",), "out")
    assert (bytes_of_layers.rule, bytes_of_layers.file) == (
        "sense_layers_shapes",
        "sense_layers/shapes",
    )
    assert bytes_of_layers.tables == ["out/sense_layers/shapes/a/dbb.csv"]
    assert (bytes_of_layers.simulation.module, bytes_of_layers.options) == (
        "workflow.studies.sense.layers_step",
        [],
    )
    skipping = Batch("sparse_blox", "shapes", "", ("a/dense",), "out")
    assert skipping.options == ["--accelerator", *BASELINES, *BASELINES.values()]
    digests = Plan(default(), ROOT).digests
    assert swept.code(digests) == digests.simulation("sparten")
    assert skipping.code(digests) == digests.simulation("sparse_blox")
    assert bytes_of_layers.code(digests) == digests.code("workflow.studies.sense.layers_step")


def test_every_table_of_simulations_of_the_default_run_is_made_once() -> None:
    plan = Plan(default(), ROOT)
    asked = products(plan)
    jobs = batches(plan.layout, asked)
    made = [path for job in jobs for path in job.tables]
    for kind in ("events", "sweeps", "sense_layers", "sparse_blox"):
        folder = f"{plan.layout.results}/{kind}/"
        read = sorted({path for path in asked.inputs if path.startswith(folder)})
        assert sorted(path for path in made if path.startswith(folder)) == read != []
    assert len({job.rule for job in jobs}) == len(jobs) < len(made) / 5
