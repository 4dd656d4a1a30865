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


FULL = ROOT / "config" / "full.yaml"


def test_the_full_configuration_repeats_the_runs_of_every_system(config: dict[str, Any]) -> None:
    config |= yaml.safe_load(FULL.read_text())
    judged = study(Plan(config, ROOT)).tables[1]
    entries = json.loads(judged.options[judged.options.index("--tables") + 1])
    files = {(entry["table"], entry["seed"]): entry["files"] for entry in entries}
    assert {seed for _, seed in files} == {0, 1, 2}
    assert {table for table, _ in files} == {
        "s2ta",
        "s2ta_sparse",
        "phantom",
        "sense",
        "sense_throughput",
        "sense_dram",
        "hass",
        "sparse_blox_blocks",
    }
    assert "results/full/designs/imagenet-seed2/resnet18/magnitude_designs.csv" in files["hass", 2]
    assert "results/full/sense_layers/imagenet/vgg16/balanced.csv" in files["sense_dram", 0]
    blocks = files["sparse_blox_blocks", 1]
    assert blocks[0] == "results/full/traces/imagenet-seed1/resnet50/dense.safetensors"


def test_what_is_on_a_board_alone_is_repeated_for_its_claims_only(config: dict[str, Any]) -> None:
    board = {"suite": "imagenet", "networks": ["resnet18"], "schemes": ["magnitude"]}
    config["dataflow"]["runs"], config["seeds"]["runs"] = [board], [board]
    (judged,) = study(Plan(config, ROOT)).tables
    assert judged.name == "seed_claims"
    assert len(judged.inputs) == len(config["seeds"]["values"])


def test_every_file_that_a_table_reads_is_an_input(config: dict[str, Any]) -> None:
    for table in study(Plan(config, ROOT)).tables:
        named = [text for text in " ".join(table.options).split('"') if "/" in text]
        assert sorted(set(named)) == sorted(set(table.inputs))
