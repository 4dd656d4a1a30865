"""Checks of a configuration: its form by a JSON schema, and that every name in it exists."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match

from sim import UserError, configurations
from sim.validation import unknown

MODELLED = "imagenet"
"""The suite whose zeros are not trained here."""


SCHEMA = Path(__file__).parent / "schemas" / "config.schema.json"


def check_config(config: Mapping[str, Any]) -> None:
    """Raise UserError for a configuration of the wrong form, or a name that does not exist."""
    schema = json.loads(SCHEMA.read_text())
    error = best_match(jsonschema.Draft202012Validator(schema).iter_errors(config))
    if error is not None:
        raise UserError(f"config: {error.json_path.removeprefix('$.')}: {error.message}")
    suites = [*config["training"], MODELLED]
    seen: set[tuple[str, str, str]] = set()
    for run in config["runs"]:
        if run["suite"] not in suites:
            raise unknown("suite in runs:", run["suite"], suites)
        if run["suite"] != MODELLED:
            _check_trained(config, run)
        for network in run["networks"]:
            for scheme in run["schemes"]:
                key = (run["suite"], network, scheme)
                if key in seen:
                    raise UserError(f"config: runs lists {'/'.join(key)} twice")
                seen.add(key)
    for name in config["accelerators"]:
        if name not in configurations():
            raise unknown("accelerator in config:", name, configurations())
    parameters = {name for entry in configurations().values() for name in entry.parameters}
    for name in config.get("grid", {}):
        if name not in parameters:
            raise unknown("parameter in grid:", name, parameters)


def _check_trained(config: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    networks = config["training"][run["suite"]]["networks"]
    for network in run["networks"]:
        if network not in networks:
            raise unknown(f"network of suite {run['suite']} in runs:", network, networks)
    for scheme in run["schemes"]:
        if scheme not in config["compression"]:
            raise unknown("scheme in runs:", scheme, config["compression"])
