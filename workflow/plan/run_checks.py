"""Checks that every list of runs of a configuration goes through."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from models.imagenet import IMAGENET
from workflow.plan.config_errors import ConfigError, Place, require_names, unknown_name
from workflow.plan.known_names import known_networks, known_schemes
from workflow.plan.runs import expanded


def check_runs(config: Mapping[str, Any], place: Place, runs: Sequence[Mapping[str, Any]]) -> None:
    """Every suite, network and scheme exists; no run occurs twice.

    Args:
        config: the configuration.
        place: where the runs stand in it.
        runs: blocks of suite, networks and schemes.

    Raises:
        ConfigError: names what does not exist or is there twice.
    """
    suites = [*config["training"], IMAGENET]
    for index, run in enumerate(runs):
        here = (*place, index)
        if run["suite"] not in suites:
            raise unknown_name((*here, "suite"), "suite", run["suite"], suites)
        if run["suite"] == IMAGENET:
            full_size = known_schemes("FULL_SIZE")
            require_names((*here, "networks"), "network", run["networks"], known_networks())
            require_names((*here, "schemes"), "scheme of this suite", run["schemes"], full_size)
        else:
            check_trained(config, here, run)
    seen = Counter(expanded(runs))
    for index, run in enumerate(runs):
        for case in expanded([run]):
            if seen[case] > 1:
                raise ConfigError((*place, index), f"{'/'.join(case)} is listed twice; keep one")


def check_trained(config: Mapping[str, Any], place: Place, run: Mapping[str, Any]) -> None:
    """Every network of a block is trained in its suite, and every scheme is configured."""
    networks = config["training"][run["suite"]]["networks"]
    kind = f"network of suite {run['suite']}"
    require_names((*place, "networks"), kind, run["networks"], networks)
    require_names((*place, "schemes"), "scheme", run["schemes"], config["compression"])
