"""What the study asks for under a configuration."""

import json
from typing import Any

import pytest
import yaml

from sim.declared import ROOT
from workflow.plan.plan import Plan
from workflow.studies.seeds.study import study


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


def names(config: dict[str, Any]) -> list[str]:
    return [table.name for table in study(Plan(config, ROOT)).tables]


def test_a_claim_has_an_interval_only_where_all_runs_behind_it_are_repeated(
    config: dict[str, Any],
) -> None:
    assert names(config) == ["seeds", "seed_claims"]
    config["seeds"]["runs"][1]["networks"].remove("vgg16")
    assert names(config) == ["seeds"]
    config["seeds"]["runs"] = []
    assert names(config) == []


def test_phantom_is_judged_on_the_run_of_its_primary_settings(config: dict[str, Any]) -> None:
    config["seeds"]["runs"] = [
        {"suite": "imagenet", "networks": ["vgg16"], "schemes": ["magnitude"]}
    ]
    _, judged = study(Plan(config, ROOT)).tables
    entries = json.loads(judged.options[judged.options.index("--tables") + 1])
    assert [(entry["table"], entry["seed"]) for entry in entries] == [
        ("phantom", seed) for seed in (0, 1, 2)
    ]
    assert entries[0]["files"][-1] == "results/footing/imagenet/vgg16/magnitude.csv"
    assert entries[1]["files"][-1] == "results/footing/imagenet-seed1/vgg16/magnitude.csv"
    config["footing_runs"] = []
    assert names(config) == ["seeds"]


def test_every_file_that_a_table_reads_is_an_input(config: dict[str, Any]) -> None:
    for table in study(Plan(config, ROOT)).tables:
        named = [text for text in " ".join(table.options).split('"') if "/" in text]
        assert sorted(set(named)) == sorted(set(table.inputs))
