"""Checks that every list of runs of a configuration goes through."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from models.imagenet import IMAGENET
from sim.errors import UserError
from sim.validation import unknown
from workflow.plan.runs import expanded


def check_runs(config: Mapping[str, Any], key: str, runs: Sequence[Mapping[str, Any]]) -> None:
    """Every suite, and of trained suites every network and scheme, exists; no run occurs twice.

    Args:
        config: the configuration.
        key: where the runs stand in it, for messages.
        runs: blocks of suite, networks and schemes.

    Raises:
        UserError: names what does not exist or is there twice.
    """
    suites = [*config["training"], IMAGENET]
    for run in runs:
        if run["suite"] not in suites:
            raise unknown(f"suite in {key}:", run["suite"], suites)
        if run["suite"] != IMAGENET:
            check_trained(config, key, run)
    for case, count in Counter(expanded(runs)).items():
        if count > 1:
            raise UserError(f"config: {key} lists {'/'.join(case)} twice")


def check_trained(config: Mapping[str, Any], key: str, run: Mapping[str, Any]) -> None:
    """Every network of a block is trained in its suite, and every scheme is configured."""
    networks = config["training"][run["suite"]]["networks"]
    for network in run["networks"]:
        if network not in networks:
            raise unknown(f"network of suite {run['suite']} in {key}:", network, networks)
    for scheme in run["schemes"]:
        if scheme not in config["compression"]:
            raise unknown(f"scheme in {key}:", scheme, config["compression"])
