from pathlib import Path
from typing import Any

import yaml

from workflow.plan.plan import Plan
from workflow.plan.products import Figure, Products, Table, products
from workflow.plan.trace_jobs import TraceJob, modelled_traces, trained_traces

ROOT = Path(__file__).parents[3]


def default(**changes: Any) -> Plan:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    return Plan({**config, "results_dir": "out", **changes}, ROOT)


def asked(*paths: str) -> Products:
    half = len(paths) // 2
    read, drawn = paths[:half], paths[half:]
    return Products([Table("t", "m", read)], [Figure("f", "m", inputs=drawn)])


def test_schemes_share_a_job_by_suite_seed_and_network_alone() -> None:
    read = asked(
        "out/events/digits/lenet5/dbb/sa.csv",
        "out/sweeps/digits/lenet5/balanced/sa.csv",
        "out/traces/digits/lenet5/dense.safetensors",
        "out/points/rows/digits-seed1/lenet5/dbb/sa/0.csv",
        "out/footing/shapes/vgg16/two_four.csv",
        "out/designs/shapes/lenet5/magnitude_layers.csv",
        "out/designs/shapes/lenet5/two_four_designs.csv",
        "out/events/shapes/lenet5/magnitude/sa.csv",
        "out/networks/shapes/lenet5/unbalanced.json",
        "out/searches/shapes/lenet5_best.csv",
        "out/footing/imagenet/vgg16/dbb.csv",
        "elsewhere/footing/shapes/vgg16/dbb.csv",
    )
    assert trained_traces(default(), read) == [
        TraceJob("digits", "", "lenet5", ("balanced", "dbb", "dense"), "out"),
        TraceJob("digits", "-seed1", "lenet5", ("dbb",), "out"),
        TraceJob("shapes", "", "lenet5", ("magnitude", "two_four"), "out"),
        TraceJob("shapes", "", "vgg16", ("two_four",), "out"),
    ]


def test_a_scheme_that_waits_for_a_search_keeps_nobody_waiting() -> None:
    read = asked(
        "out/events/shapes/lenet5/blockwise/sa.csv",
        "out/events/shapes/lenet5/dbb/sa.csv",
        "out/traces/shapes/resnet50/blockwise.safetensors",
    )
    assert trained_traces(default(), read) == [TraceJob("shapes", "", "lenet5", ("dbb",), "out")]


def test_networks_with_weights_of_the_users_keep_a_job_for_each_scheme() -> None:
    read = asked(
        "out/networks/imagenet/vgg16/dbb_densities.csv",
        "out/sensitivity/imagenet/resnet50/dense.csv",
        "out/sparse_blox/imagenet-seed2/vgg16/dense.csv",
        "out/sense_layers/imagenet/vgg16/balanced.csv",
        "out/traces/pretrained/resnet50_half/dbb.safetensors",
        "out/traces/canvases/yolov5s/dbb.safetensors",
    )
    section = default().config["imagenet"]
    weights = {**section, "networks": {"resnet50": {"checkpoint": "resnet50.pth"}}}
    together = [
        TraceJob("imagenet", "", "vgg16", ("balanced", "dbb"), "out"),
        TraceJob("imagenet", "-seed2", "vgg16", ("dense",), "out"),
    ]
    resnet = TraceJob("imagenet", "", "resnet50", ("dense",), "out")
    assert modelled_traces(default(), read) == [resnet, *together]
    assert modelled_traces(default(imagenet=weights), read) == together
    assert not trained_traces(default(), read)


def test_a_job_names_its_files_scheme_by_scheme() -> None:
    job = TraceJob("digits", "-seed1", "lenet5", ("dbb", "dense"), "out")
    assert (job.rule, job.name) == ("trace_digits-seed1_lenet5", "digits-seed1.lenet5")
    assert job.dataset == "out/datasets/digits-seed1.safetensors"
    folder = "digits-seed1/lenet5"
    assert job.traces == [f"out/traces/{folder}/{name}.safetensors" for name in job.schemes]
    assert job.checkpoints == [f"out/networks/{folder}/{name}.safetensors" for name in job.schemes]
    options = ["--suite", "digits", "--network", "lenet5", "--scheme", "dbb", "dense"]
    assert job.options == options
    full_size = TraceJob("imagenet", "-seed1", "vgg16", ("dbb",), "out")
    assert full_size.rule == "imagenet_trace-seed1_vgg16"
    assert full_size.densities == ["out/networks/imagenet-seed1/vgg16/dbb_densities.csv"]
    assert full_size.metrics == ["out/networks/imagenet-seed1/vgg16/dbb.json"]


def test_the_default_run_traces_every_run_that_it_reads_once_and_a_network_in_a_job() -> None:
    plan = default()
    needed = products(plan)
    jobs = [*trained_traces(plan, needed), *modelled_traces(plan, needed)]
    made = [path for job in jobs for path in job.traces]
    read = {*plan.layout.traces(), *(path for path in needed.inputs if "/traces/" in path)}
    assert {path for path in read if not path.endswith("/blockwise.safetensors")} <= set(made)
    assert len(set(made)) == len(made)
    places = [(job.suite, job.seeding, job.network) for job in jobs]
    assert len(set(places)) == len(jobs) == len({job.rule for job in jobs}) < len(made) / 2
