"""Checks of a configuration: its form by a JSON schema, and that every name in it exists."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match

from models.imagenet import IMAGENET
from sim import UserError, configurations
from sim.validation import unknown
from workflow.runs import CANVASES, PARTS, expanded, selected
from workflow.sweeps import Sweep, sweeps

SCHEMA = Path(__file__).parent / "schemas" / "config.schema.json"


def check_config(config: Mapping[str, Any]) -> None:
    """Raise UserError for a configuration of the wrong form, or a name that does not exist."""
    schema = json.loads(SCHEMA.read_text())
    error = best_match(jsonschema.Draft202012Validator(schema).iter_errors(config))
    if error is not None:
        raise UserError(f"config: {error.json_path.removeprefix('$.')}: {error.message}")
    _check_run_list(config, "runs", config["runs"])
    _check_run_list(config, "dataflow.runs", config["dataflow"]["runs"])
    for run in config["threshold_search"]["runs"]:
        if run["suite"] not in config["training"]:
            raise unknown("suite in threshold_search.runs:", run["suite"], config["training"])
        _check_trained(config, "threshold_search.runs", {**run, "schemes": []})
    _check_run_list(config, "footing_runs", config.get("footing_runs", []))
    _check_spex(config)
    _check_run_list(config, "sensitivity_runs", config.get("sensitivity_runs", []))
    for scheme in config["detection"].get("schemes", []):
        if scheme not in config["compression"]:
            raise unknown("scheme in detection:", scheme, config["compression"])
    for name in config["accelerators"]:
        if name not in configurations():
            raise unknown("accelerator in config:", name, configurations())
    for name, sweep in sweeps(config).items():
        _check_points(name, sweep)
    for name in config["design_space"]:
        if name not in config["sweeps"]:
            raise unknown("sweep in design_space:", name, config["sweeps"])
        _check_runs(config, name, sweeps(config)[name])


def _detector_run(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part `detection` in the form of a run."""
    section = config["detection"]
    return {
        "suite": CANVASES,
        "networks": list(section["networks"]),
        "schemes": section.get("schemes", []),
    }


def _check_spex(config: Mapping[str, Any]) -> None:
    """Searched networks are trained once per block and strategy; blockwise runs are searched."""
    seen: set[tuple[str, str, str, str]] = set()
    suites = {**config["training"], CANVASES: config["detection"]}
    for entry in config["spex"]["searches"]:
        if entry["suite"] not in suites:
            raise unknown("suite in spex.searches:", entry["suite"], suites)
        known = suites[entry["suite"]]["networks"]
        for network in entry["networks"]:
            if network not in known:
                raise unknown(
                    f"network of suite {entry['suite']} in spex.searches:", network, known
                )
        for case in product(
            [entry["suite"]], entry["networks"], entry["blocks"], entry["strategies"]
        ):
            if case in seen:
                raise UserError(f"config: spex.searches lists {'/'.join(case)} twice")
            seen.add(case)
    used = config["spex"]["used"]
    runs = expanded([*config["runs"], _detector_run(config)])
    for suite, network, scheme in selected(runs, schemes=["blockwise"]):
        if suite == IMAGENET:
            continue
        if (suite, network, used["block"], used["strategy"]) not in seen:
            raise UserError(
                f"config: runs has {suite}/{network}/{scheme}, but spex.searches has "
                f"no {used['strategy']} of {used['block']} blocks for it, which spex.used names"
            )


def _check_points(name: str, sweep: Sweep) -> None:
    """Every accelerator exists, has every parameter, and can be built at every point."""
    for accelerator in sweep.accelerators:
        if accelerator not in configurations():
            raise unknown(f"accelerator in sweeps.{name}:", accelerator, configurations())
        for point in sweep.points:
            try:
                configurations()[accelerator].build(**point)
            except UserError as error:
                raise UserError(f"config: sweeps.{name}: {error}") from error


def _check_runs(config: Mapping[str, Any], name: str, sweep: Sweep) -> None:
    """Every suite, network and scheme of a sweep is recorded, and its seeds change something."""
    recorded = expanded(config["runs"])
    wanted = (sweep.suites, sweep.networks, sweep.schemes)
    for part, names, known in zip(PARTS, wanted, zip(*recorded, strict=True), strict=True):
        for value in names or []:
            if value not in known:
                raise unknown(f"{part} in sweeps.{name} (none of runs has it):", value, set(known))
    chosen = selected(recorded, *wanted)
    if not chosen:
        raise UserError(f"config: sweeps.{name}: no run has its suites, networks and schemes")
    own = config["imagenet"]["networks"]
    for suite, network, _ in chosen if sweep.seeds and len(sweep.seeds) > 1 else []:
        if suite == IMAGENET and own.get(network, {}).get("checkpoint"):
            raise UserError(
                f"config: sweeps.{name}: {network} has a checkpoint, so its zeros are "
                "measured and every seed gives the same; leave out seeds"
            )


def _check_run_list(config: Mapping[str, Any], key: str, runs: Sequence[Mapping[str, Any]]) -> None:
    suites = [*config["training"], IMAGENET]
    for run in runs:
        if run["suite"] not in suites:
            raise unknown(f"suite in {key}:", run["suite"], suites)
        if run["suite"] != IMAGENET:
            _check_trained(config, key, run)
    for case, count in Counter(expanded(runs)).items():
        if count > 1:
            raise UserError(f"config: {key} lists {'/'.join(case)} twice")


def _check_trained(config: Mapping[str, Any], key: str, run: Mapping[str, Any]) -> None:
    networks = config["training"][run["suite"]]["networks"]
    for network in run["networks"]:
        if network not in networks:
            raise unknown(f"network of suite {run['suite']} in {key}:", network, networks)
    for scheme in run["schemes"]:
        if scheme not in config["compression"]:
            raise unknown(f"scheme in {key}:", scheme, config["compression"])
