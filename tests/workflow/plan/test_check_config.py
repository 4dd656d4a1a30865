import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from sim import UserError, configurations
from workflow.plan.check_config import check_config
from workflow.plan.sweeps import Sweeps

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.mark.parametrize("overlay", [p.name for p in sorted((ROOT / "config").glob("*.yaml"))])
def test_every_shipped_configuration_is_valid(config: dict[str, Any], overlay: str) -> None:
    change = yaml.safe_load((ROOT / "config" / overlay).read_text())
    update_config(config, change)
    check_config(config)


def test_every_key_of_the_schema_is_described() -> None:
    undescribed = [
        name for name, entry in SCHEMA["properties"].items() if "description" not in entry
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"suite": "digit"}, "did you mean 'digits'"),
        ({"networks": ["resnet5"]}, "did you mean 'resnet50'"),
        ({"schemes": ["dbbb"]}, "did you mean 'dbb'"),
    ],
)
def test_names_that_do_not_exist_are_named(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    broken = copy.deepcopy(config)
    broken["runs"][0] |= change
    with pytest.raises(UserError, match=message):
        check_config(broken)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"suite": "shape"}, "footing_runs.0..suite: unknown suite 'shape'.*did you mean 'shapes'"),
        (
            {"schemes": ["dbbb"]},
            "schemes.0.: unknown scheme 'dbbb'.*did you mean 'dbb'",
        ),
    ],
)
def test_names_in_footing_runs_exist(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    config["footing_runs"][0] |= change
    with pytest.raises(UserError, match=message):
        check_config(config)


def test_unknown_accelerators_and_repeated_runs_are_named(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"accelerators.0.: unknown accelerator 's2ta'"):
        check_config({**config, "accelerators": ["s2ta"]})
    doubled = {**config, "runs": [config["runs"][0]] * 2}
    with pytest.raises(UserError, match="twice"):
        check_config(doubled)


def test_unknown_keys_and_wrong_values_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="unknown key 'epoch'"):
        check_config({**config, "epoch": 3})
    with pytest.raises(UserError, match="trace_images: 0 is less than the minimum of 1"):
        check_config({**config, "trace_images": 0})


def test_default_accelerators_exist(config: dict[str, Any]) -> None:
    assert set(config["accelerators"]) <= set(configurations())


SWEEP: dict[str, Any] = {
    "accelerators": ["phantom_2d"],
    "parameters": {"lookahead": [3, 9]},
    "suites": ["imagenet"],
    "networks": ["vgg16"],
    "seeds": [0, 1],
}


def swept(config: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {**config, "sweeps": {"mine": SWEEP | change}, "design_space": ["mine"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"accelerators": ["phantom"]},
            r"sweeps.mine.accelerators.0.: .* 'phantom' \(did you mean 'phantom_2d'",
        ),
        (
            {"parameters": {"look_ahead": [3]}},
            r"mine.parameters: unknown parameter of accelerator 'phantom_2d': .*mean 'lookahead'",
        ),
        (
            {"parameters": {"lookahead": [3, 0]}},
            "mine.parameters: accelerator 'phantom_2d': lookahead",
        ),
        ({"parameters": {"lookahead": [3, 4.5]}}, "lookahead is 4.5.*expected a int"),
        ({"parameters": {}}, "sweeps.mine.parameters: {} should be non-empty"),
        ({"parameters": {"lookahead": [3, 3]}}, "3 twice"),
        ({"networks": ["vgg15"]}, r"sweeps.mine.networks.0.: .*'vgg15' \(did you mean 'vgg16'"),
        ({"suites": ["digits"]}, "sweeps.mine: no run has its suites, networks and schemes"),
        ({"seed": [1]}, "sweeps.mine.seed: unknown key 'seed'"),
        ({"seeds": [-1]}, "-1 is less than the minimum of 0"),
    ],
)
def test_a_sweep_that_cannot_run_is_named_before_anything_starts(
    config: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    check_config(swept(config))
    with pytest.raises(UserError, match=message):
        check_config(swept(config, **change))


def test_an_unknown_sweep_in_the_design_space_is_named(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"design_space.0.: unknown sweep 's2ta_gate'"):
        check_config({**config, "design_space": ["s2ta_gate"]})


def test_seeds_of_a_measured_network_are_refused(config: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "vgg16.pth"
    file.touch()
    measured = {**config["imagenet"], "networks": {"vgg16": {"checkpoint": str(file)}}}
    check_config(swept({**config, "imagenet": measured}, seeds=[1]))
    with pytest.raises(UserError, match=r"vgg16 has a checkpoint.*leave out seeds"):
        check_config(swept({**config, "imagenet": measured}))


def test_the_demonstration_has_over_500_points(config: dict[str, Any]) -> None:
    config |= yaml.safe_load((ROOT / "config/design_space.yaml").read_text())
    sweeps = Sweeps(config)
    chunks = [
        json.loads(sweeps.chunk(folder.sweep, str(index)))
        for folder in sweeps.folders(config["design_space"])
        for index in range(folder.chunks)
    ]
    assert sum(map(len, chunks)) >= 500
    assert max(map(len, chunks)) <= config["points_per_job"]
