"""The workflow as a user starts it. Dry runs are fast; the runs that train are marked slow."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.workflow.running import ROOT, TINY, files, snakemake


@pytest.mark.slow  # of the fast tests, test_profiles plans the quick one through Snakemake
@pytest.mark.parametrize("name", ["config.yaml", "quick.yaml", "full.yaml"])
def test_the_shipped_configurations_plan(name: str, tmp_path: Path) -> None:
    change = yaml.safe_load((ROOT / "config" / name).read_text())
    done = snakemake(tmp_path, "--cores", "1", "--dry-run", **change)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    assert "claims_table" in counts
    assert not {"trace", "imagenet_trace"} & set(counts)  # each network's traces share a job
    assert not (tmp_path / "results").exists()


LOOPS = ("products.smk", "simulate.smk", "train.smk", "imagenet.smk")
"""Rule files that make rules in a loop."""


def test_no_command_names_what_a_loop_leaves_behind() -> None:
    """Snakemake evaluates commands again when a job runs, after the loops that made the rules."""
    rules = ROOT / "workflow" / "rules"
    text = "".join((rules / name).read_text() for name in LOOPS)
    looped = re.findall(r"^for (\w+) in ", text, re.MULTILINE)
    commands = re.findall(r"\bshell:\n((?: +[\"+(].*\n)+)", text)
    assert (len(looped), len(commands)) == (5, 12)
    for name in looped:
        assert not [command for command in commands if re.search(rf"\b{name}\.\w", command)]


def _make(*words: str) -> subprocess.CompletedProcess[str]:
    make = [shutil.which("make") or "make", *words]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(  # noqa: S603
        make, cwd=ROOT, capture_output=True, text=True, check=False, env=alone
    )


def test_make_alone_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    phony = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split()
    listed = [line.split()[1] for line in _make().stdout.splitlines()]
    assert sorted(listed) == sorted(set(phony) - {"help"})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["result"], "there is no 'make result'; make alone lists what there is"),
        (["-n", "test", "CORES=0"], "CORES=0: expected a number of cores from 1 on, or all"),
    ],
)
def test_make_answers_a_mistake_in_a_line(words: list[str], said: str) -> None:
    done = _make(*words)
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.slow
def test_the_design_space_plans_without_the_papers_tables(tmp_path: Path) -> None:
    change = yaml.safe_load((ROOT / "config" / "design_space.yaml").read_text())
    done = snakemake(tmp_path, "--cores", "1", "--dry-run", "design_space", **change)
    assert done.returncode == 0, done.stdout
    counts = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    assert (counts["design_space_table"], counts["cluster_model_table"]) == ("1", "1")
    assert int(counts["points"]) == 41
    assert int(counts["train"]) == 3  # one per seed
    assert "claims_table" not in counts


@pytest.mark.slow
def test_make_plans_the_design_space_and_its_scaling(tmp_path: Path) -> None:
    """As the Makefile writes the command: an option that takes several values swallows a target."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    planned = f"{sys.executable} -m snakemake --cores 1 --dry-run --directory {tmp_path}"
    make = ["make", "--assume-old=.venv/.installed", "scaling", f"SNAKEMAKE={planned}"]
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    assert (counts["points"], counts["design_space_table"]) == ("41", "1")


@pytest.mark.slow  # the same without Snakemake: plan/sections/test_imagenet.py
@pytest.mark.parametrize("labelled", [False, True])
def test_pictures_without_labels_are_not_pruned_blockwise(tmp_path: Path, labelled: bool) -> None:
    """The README's own example: a checkpoint and a folder, with class folders or without."""
    picture = tmp_path / "val" / ("cat/1.png" if labelled else "1.png")
    picture.parent.mkdir(parents=True)
    picture.touch()
    (tmp_path / "resnet50.pth").touch()
    user = {"resnet50": {"checkpoint": "resnet50.pth", "image_folder": "val", "num_classes": 1}}
    change = TINY | {"imagenet": {"networks": user}, "sparse_blox": {"full_size_networks": [*user]}}
    done = snakemake(tmp_path, "--cores", "1", "--dry-run", **change)
    assert done.returncode == 0, done.stdout
    counts = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    assert counts["imagenet_trace"] == ("2" if labelled else "1")  # dense, and blockwise


@pytest.mark.slow
def test_a_trace_that_no_product_needs_is_made_by_its_path(tmp_path: Path) -> None:
    """Those that one needs are made with the network's others; a network never with another."""
    needed = ["digits/lenet5/dbb", "imagenet/resnet18/magnitude"]
    beside = ["digits/lenet5/two_four", "imagenet/resnet18/two_four", "imagenet-seed7/vgg16/dbb"]
    traces = [f"results/traces/{run}.safetensors" for run in [*needed, *beside]]
    runs = [
        *TINY["runs"],
        {"suite": "imagenet", "networks": ["resnet18"], "schemes": ["magnitude"]},
    ]
    done = snakemake(tmp_path, "--cores", "1", "--dry-run", *traces, **{**TINY, "runs": runs})
    assert done.returncode == 0, done.stdout
    counts = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2)
    made = {rule: int(count) for rule, count in counts.items() if "trace" in rule}
    assert made == {
        "trace_digits_lenet5": 1,
        "imagenet_trace_resnet18": 1,
        "trace": 1,
        "imagenet_trace": 2,
    }
    assert counts["compress"] == "3"  # dense with dbb, and two_four


def test_a_bad_configuration_is_one_message(tmp_path: Path) -> None:
    """Which one is tested without Snakemake (plan/test_check_config.py)."""
    done = snakemake(tmp_path, "--cores", "1", "--dry-run", accelerators=["s2ta_x"])
    assert done.returncode != 0
    assert "unknown accelerator 's2ta_x'" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.slow
def test_same_bytes_twice_with_one_and_two_cores_and_after_a_kill(tmp_path: Path) -> None:
    completed = snakemake(tmp_path / "one", "--cores", "1", **TINY)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    first = files(tmp_path / "one")
    assert {"results/tables/claims.csv", "results/figures/s2ta_energy.svg"} <= set(first)

    two = snakemake(tmp_path / "two", "--cores", "2", **TINY)
    assert two.returncode == 0, two.stdout + two.stderr
    assert files(tmp_path / "two") == first

    folder = tmp_path / "killed"
    until = snakemake(folder, "--cores", "1", "--until", "trace_digits_lenet5", **TINY)
    assert until.returncode == 0, until.stdout + until.stderr
    half = next(folder.glob("results/traces/digits/lenet5/dbb.safetensors"))
    half.write_bytes(half.read_bytes()[:1000])  # as a dying file system leaves it
    failed = snakemake(folder, "--cores", "1", **TINY)
    assert failed.returncode != 0
    half.unlink()
    assert snakemake(folder, "--cores", "2", **TINY).returncode == 0
    assert files(folder) == first


@pytest.mark.slow
def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    assert snakemake(tmp_path, "--cores", "2", **TINY).returncode == 0
    again = snakemake(tmp_path, "--cores", "2", **TINY)
    assert "Nothing to be done" in again.stdout + again.stderr


@pytest.mark.slow
def test_a_search_that_fails_is_a_failed_step(tmp_path: Path) -> None:
    """Its messages go through a pipe to terminal and log, which must not hide its exit status."""
    inputs = ("networks/digits/lenet5/trained.safetensors", "datasets/digits.safetensors")
    for name in inputs:
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("no tensors")
    target = "results/searches/digits/lenet5_best.csv"
    only = ["--allowed-rules", "search_thresholds", "--latency-wait", "0"]
    done = snakemake(tmp_path, "--cores", "1", *only, "--", target, **TINY)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "error: results/networks/digits/lenet5/trained.safetensors" in said
    assert "exit status" in said, "not: files are missing after a success"
    assert "logs/search_thresholds/digits.lenet5.log" in said
