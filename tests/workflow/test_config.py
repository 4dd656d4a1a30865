import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import UserError, configurations
from workflow.check_config import check_config

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())


@pytest.fixture
def config() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "config/config.yaml").read_text())


@pytest.mark.parametrize("overlay", [p.name for p in sorted((ROOT / "config").glob("*.yaml"))])
def test_every_shipped_configuration_is_valid(config: dict[str, Any], overlay: str) -> None:
    config |= yaml.safe_load((ROOT / "config" / overlay).read_text())
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


def test_unknown_accelerators_and_repeated_runs_are_named(config: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"unknown accelerator in config: 's2ta'"):
        check_config({**config, "accelerators": ["s2ta"]})
    doubled = {**config, "runs": [config["runs"][0]] * 2}
    with pytest.raises(UserError, match="twice"):
        check_config(doubled)


def test_unknown_keys_wrong_values_and_grid_axes_are_refused(
    config: dict[str, Any],
) -> None:
    with pytest.raises(UserError, match="'epoch' was unexpected"):
        check_config({**config, "epoch": 3})
    with pytest.raises(UserError, match="trace_images: 0 is less than the minimum of 1"):
        check_config({**config, "trace_images": 0})
    with pytest.raises(UserError, match=r"unknown parameter in grid: 'gate_operand'.*did you mean"):
        check_config({**config, "grid": {"gate_operand": [True]}})


def test_default_accelerators_exist(config: dict[str, Any]) -> None:
    assert set(config["accelerators"]) <= set(configurations())
