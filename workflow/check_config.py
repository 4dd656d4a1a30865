"""Checks of a configuration that a JSON schema cannot express: the names in it must exist."""

from collections.abc import Mapping
from typing import Any

from sim import UserError, configurations
from sim.validation import unknown

MODELLED = "imagenet"
"""The suite whose zeros are not trained here."""


def check_config(config: Mapping[str, Any]) -> None:
    """Raise UserError for a suite, network, scheme or accelerator that there is not."""
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


def _check_trained(config: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    networks = config["training"][run["suite"]]["networks"]
    for network in run["networks"]:
        if network not in networks:
            raise unknown(f"network of suite {run['suite']} in runs:", network, networks)
    for scheme in run["schemes"]:
        if scheme not in config["compression"]:
            raise unknown("scheme in runs:", scheme, config["compression"])
