"""What the shipped profiles ask for, beside what was measured."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml

from workflow.plan.batches import SIMULATIONS
from workflow.plan.products import Figure, Table, modules

ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "workflow" / "profiles"
CLUSTERS = ["slurm", "kubernetes"]
MEMORY_HEAD_ROOM, TIME_HEAD_ROOM = 1.5, 10


@cache
def profile(name: str) -> dict[str, object]:
    return yaml.safe_load((PROFILES / name / "profile.yaml").read_text())


def snakemake(*arguments: str, folder: Path = ROOT) -> str:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    done = subprocess.run(  # noqa: S603  # our own command line
        [*command, *arguments], cwd=folder, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def rules() -> set[str]:
    """Those written out, and one for each table and figure that some study may make.

    Of the rules of simulations, one for each design and suite, the common part of their names: they
    are measured together and ask for what all ask for. That of traces is written out, for those
    that no product needs.
    """
    files = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    written = r"^ *(?:use )?rule (?:\w+ as )?(\w+)(?: with)?:$"
    names = {name for path in files for name in re.findall(written, path.read_text(), re.MULTILINE)}
    names |= {f"{name}_table" for name in modules(Table)}
    names |= {f"figure_{name}" for name in modules(Figure)}
    return names | {kind.rule for kind in SIMULATIONS.values()}


def request(name: str, rule: str, resource: str) -> float:
    """What a profile asks of a rule at the first attempt; it must grow with further ones."""
    settings = profile(name)
    text = {**settings["default-resources"], **settings["set-resources"].get(rule, {})}[resource]
    match = re.fullmatch(r"(\d+) \* attempt", str(text))
    assert match, f"{resource} of {rule} in {name} does not grow: {text}"
    return float(match[1])


@pytest.mark.parametrize("name", CLUSTERS)
def test_requests_cover_the_largest_measured_job_with_head_room(name: str) -> None:
    measured = pd.read_csv(PROFILES / "measured_resources.csv")
    short = [
        (row.rule, resource)
        for row in measured.itertuples()
        for resource, needed in [
            ("mem_mb", MEMORY_HEAD_ROOM * row.memory_mb),
            ("runtime", max(row.seconds, TIME_HEAD_ROOM * row.processor_seconds) / 60),
        ]
        if request(name, row.rule, resource) < needed
    ]
    assert short == []


def test_every_measured_rule_is_a_rule_and_every_step_was_measured(rules: set[str]) -> None:
    measured = set(pd.read_csv(PROFILES / "measured_resources.csv")["rule"])
    assert measured <= rules
    assert {"train", "compress", "trace", "imagenet_trace", "simulate", "sweep"} <= measured


@pytest.mark.parametrize("name", CLUSTERS)
def test_profiles_name_only_rules_that_exist(name: str, rules: set[str]) -> None:
    settings = profile(name)
    assert set(settings["set-resources"]) <= rules
    assert set(settings.get("groups", {})) <= rules


def test_slurm_is_given_time_for_its_file_system_and_second_tries() -> None:
    settings = profile("slurm")
    assert settings["retries"] >= 1
    assert settings["latency-wait"] >= 30


def test_no_rule_spends_retries_inside_its_first_allocation() -> None:
    files = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    assert [path.name for path in files if "retries:" in path.read_text()] == []


@pytest.mark.slow  # ten seconds each
@pytest.mark.parametrize("name", CLUSTERS)
def test_a_plan_with_the_profile_has_its_requests(name: str, tmp_path: Path) -> None:
    """A dry run, without the settings of the plugin that only a run on the cluster needs."""
    settings = {
        key: value
        for key, value in profile(name).items()
        if not key.startswith((f"{name}-", "default-storage-"))
    }
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "profile.yaml").write_text(
        yaml.safe_dump({**settings, "executor": "dryrun"})
    )
    shutil.copytree(ROOT / "config", tmp_path / "config")
    arguments = ["--workflow-profile", "plain", "--configfile", "config/quick.yaml"]
    plan = snakemake(*arguments, folder=tmp_path)
    assert not (tmp_path / "results").exists()
    blocks = re.split(r"^ *rule (\w+):$", plan, flags=re.MULTILINE)[1:]
    planned = dict(zip(blocks[::2], blocks[1::2], strict=True))
    assert {"train", "simulate_digits_sa", "claims_table"} <= set(planned)
    assert {"trace_digits_lenet5", "imagenet_trace_mobilenet_v3_small"} <= set(planned)
    for rule, block in planned.items():
        family = "imagenet_trace" if rule.startswith("imagenet_trace") else rule
        for resource in ("mem_mb", "runtime"):
            assert f"{resource}={request(name, family, resource):g}" in re.split(r"[, \n]+", block)
    groups = Counter(re.findall(r"Group job (\w+) ", plan))
    assert (groups["modelled"], groups["simulations"], groups["tables"]) == (1, 2, 1)
    assert groups["traces"] == 0  # of two networks, neither waits for the other's training
    alone = len(re.findall(r"^rule ", plan, flags=re.MULTILINE))
    total = re.findall(r"^total +(\d+)$", plan, flags=re.MULTILINE)
    assert groups.total() + alone < int(total[0]) / 4


def test_the_clusters_differ_only_in_how_they_are_reached() -> None:
    slurm, kubernetes = profile("slurm"), profile("kubernetes")
    for key in ("set-resources", "groups", "group-components", "retries", "jobs", "cores"):
        assert slurm[key] == kubernetes[key]


@pytest.mark.parametrize("name", ["conda", "apptainer"])
def test_deployment_is_an_addition_to_any_profile(name: str) -> None:
    assert profile(name) == {"software-deployment-method": [name]}


@pytest.mark.slow  # `make quick` runs it
def test_the_profile_of_continuous_integration_plans_its_own_configuration(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    arguments = ["--workflow-profile", str(PROFILES / "ci"), "--cores", "1", "--dry-run"]
    plan = snakemake(*arguments, folder=tmp_path)
    assert "claims_table" in plan
    assert "resnet50" not in plan


@pytest.mark.slow
def test_jobs_find_the_packages_where_only_the_snakefile_was_copied(tmp_path: Path) -> None:
    """As in a Kubernetes job: the image has the packages, the working folder has the rules."""
    for name in ("config", "workflow/rules", "workflow/envs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "Snakefile", tmp_path)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile"]
    made = "results/quick/networks/imagenet/googlenet/balanced.json"
    done = subprocess.run(  # noqa: S603  # our own command line
        [*command, "config/quick.yaml", "--", made],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / made).exists()
