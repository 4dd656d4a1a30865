"""Whether every name of a configuration is the name of something that the configuration makes.

A list that stands in the default configuration as it is may name more than a user's own runs have;
whatever the user wrote must match.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from models.imagenet import IMAGENET
from workflow.plan.config_errors import ConfigError, Place, require_keys, require_names
from workflow.plan.known_names import inherited, known_networks, known_schemes
from workflow.plan.runs import CANVASES, Run, expanded

Config = Mapping[str, Any]


def check_names(config: Config) -> None:
    """Every name of the configuration exists and is used.

    Raises:
        ConfigError: with the place of the first that does not or is not.
    """
    networks, schemes = known_networks(), known_schemes()
    for suite, section in config["training"].items():
        place = ("training", suite, "networks")
        require_keys(place, "network", section["networks"], networks)
    require_keys(("compression",), "scheme", config["compression"], schemes)
    _check_exceptions(config)
    _check_full_size(config, networks)
    _check_own_lists(config)


def made_runs(config: Config) -> list[Run]:
    """Every run that a configuration traces, but for those of package indexes."""
    detection = config["detection"]
    detectors = [
        Run(CANVASES, network, scheme)
        for network in detection["networks"]
        for scheme in detection.get("schemes", [])
    ]
    shown = [Run(IMAGENET, name, "dense") for name in config["sparse_blox"]["full_size_networks"]]
    return [*expanded(config["runs"]), *expanded(config["dataflow"]["runs"]), *detectors, *shown]


def _check_exceptions(config: Config) -> None:
    """Maps that replace a setting for single networks name networks of the jobs that read them."""
    trained = {name for suite in config["training"].values() for name in suite["networks"]}
    trained |= set(config["detection"]["networks"])
    for scheme, settings in config["compression"].items():
        place: Place = ("compression", scheme, "networks")
        require_keys(place, "trained network", settings.get("networks", {}), trained)
    place = ("threshold_search", "settings", "networks")
    exceptions = config["threshold_search"]["settings"].get("networks", {})
    searched = {name for run in config["threshold_search"]["runs"] for name in run["networks"]}
    kind, known = "searched network", searched
    if inherited(config, *place):
        kind, known = "trained network", trained
    require_keys(place, kind, exceptions, known)


def _check_full_size(config: Config, networks: Iterable[str]) -> None:
    """Full-size networks exist, and what is said of one of them is said of one that is traced."""
    blocks = config["sparse_blox"]["full_size_networks"]
    require_names(("sparse_blox", "full_size_networks"), "network", blocks, networks)
    traced = {network for suite, network, _ in made_runs(config) if suite == IMAGENET}
    for name in config["imagenet"]["networks"]:
        require_keys(("imagenet", "networks"), "network", [name], networks)
        if name not in traced:
            raise ConfigError(
                ("imagenet", "networks", name),
                f"no run of suite {IMAGENET} has this network, so its settings would be ignored; "
                f"add it to runs, or take it out; runs have: {', '.join(sorted(traced)) or 'none'}",
            )


def _check_own_lists(config: Config) -> None:
    """Lists that choose among the runs choose something, unless the user did not write them."""
    runs = expanded(config["runs"])
    suites = [*config["training"], IMAGENET]
    require_names(("sweep_suites",), "suite", config["sweep_suites"], suites)
    schemes = known_schemes()
    require_names(("compared_schemes",), "scheme", config["compared_schemes"], schemes)
    for key, part in (("sweep_suites", 0), ("compared_schemes", 2)):
        there = {run[part] for run in runs}
        for index, name in enumerate(config[key]):
            if name not in there and not inherited(config, key):
                raise _chooses_nothing((key, index), name, there)
    for key in ("footing_runs", "sensitivity_runs"):
        _check_part_of_runs(config, key, runs)
    varied = config["dataflow"]["sensitivity"]
    boards = {network for _, network, _ in expanded(config["dataflow"]["runs"])}
    for index, name in enumerate(varied):
        if name not in boards and not inherited(config, "dataflow", "sensitivity"):
            raise _chooses_nothing(("dataflow", "sensitivity", index), name, boards)


def _check_part_of_runs(config: Config, key: str, runs: Iterable[Run]) -> None:
    there = set(runs)
    for index, block in enumerate([] if inherited(config, key) else config.get(key, [])):
        for run in expanded([block]):
            if run not in there:
                raise ConfigError(
                    (key, index),
                    f"{'/'.join(run)} is not among runs, so nothing would be made of it; add it "
                    "to runs, or take it out",
                )


def _chooses_nothing(place: Place, name: str, there: Iterable[str]) -> ConfigError:
    names = ", ".join(sorted(there)) or "none"
    return ConfigError(place, f"{name!r} is in no run, so it would be ignored; runs have: {names}")


def notes(config: Config) -> list[str]:
    """A line for each inherited section that selects nothing under a user's own runs."""
    runs = set(expanded(config["runs"]))
    lines = [
        f"{key}: none of them is among runs, so nothing is made of them"
        for key in ("footing_runs", "sensitivity_runs")
        if config.get(key) and not runs & set(expanded(config[key]))
    ]
    repeated = set(expanded(config.get("seeds", {}).get("runs", [])))
    if not repeated <= set(made_runs(config)):
        lines.append("seeds: not all of its runs are made here, so none has more seeds")
    schemes = {run.scheme for run in runs}
    if not schemes & set(config["compared_schemes"]):
        lines.append("compared_schemes: no run has one of them, so accelerators are not compared")
    return [*lines, *_unused_networks(config, runs), *_unused_sweeps(config)]


def _unused_networks(config: Config, runs: Iterable[Run]) -> list[str]:
    used = {(run.suite, run.network) for run in runs}
    used |= {(r["suite"], n) for r in config["threshold_search"]["runs"] for n in r["networks"]}
    used |= {(r["suite"], n) for r in config["spex"]["searches"] for n in r["networks"]}
    return [
        f"training.{suite}.networks.{network}: no run has it, so it is not trained"
        for suite, section in config["training"].items()
        for network in section["networks"]
        if (suite, network) not in used
        and not inherited(config, "training", suite, "networks", network)
    ]


def _unused_sweeps(config: Config) -> list[str]:
    return [
        f"sweeps.{name}: not in design_space, so it is not run"
        for name in config["sweeps"]
        if name not in config["design_space"] and not inherited(config, "sweeps", name)
    ]
