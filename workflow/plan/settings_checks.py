"""Whether the settings of every job make the dataclass that the job builds from them.

The classes live beside what they set, so that PyTorch is loaded here: once, where a run is planned,
not in the jobs of a cluster.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sim.errors import UserError
from sim.setting_types import built
from workflow.plan.config_errors import ConfigError, Place, require_keys
from workflow.plan.known_names import inherited
from workflow.plan.layout import Layout, for_network
from workflow.plan.sections.training import Training

Map = tuple[Place, Mapping[str, Any]]
"""A map of settings and where it stands; () for what other keys decide."""
NOBODY: Mapping[str, Any] = {"": {"width": 1.0}}
"""Stands for the networks of a suite that has none: its settings are checked all the same."""


def check_settings(layout: Layout) -> None:
    """Build the settings of every job once.

    Raises:
        ConfigError: with the place of the setting that is unknown, of another type or out of range.
    """
    _check_training(layout)
    _check_compression(layout)
    _check_searches(layout)


def build_settings(make: Callable[[Mapping[str, Any]], object], maps: Sequence[Map]) -> None:
    """Make settings from maps of which a later one wins.

    Raises:
        ConfigError: at the setting that its message names, where it was written last.
    """
    values = {key: value for _, settings in maps for key, value in settings.items()}
    try:
        make(values)
    except UserError as error:
        raise ConfigError(_place(str(error), maps), str(error)) from error


def _place(message: str, maps: Sequence[Map]) -> Place:
    """Where the first setting that a message names was written last; else the first map's."""
    for word in re.findall(r"\w+", message):
        for place, settings in reversed(maps):
            if place and word in settings:
                return (*place, word)
    return next((place for place, _ in reversed(maps) if place), ())


def _check_training(layout: Layout) -> None:
    from models.datasets import OF_FILES, SUITES
    from workflow.steps.train_settings import TrainSettings

    training = layout.config["training"]
    require_keys(("training",), "suite with images to train on", training, [*SUITES, *OF_FILES])
    for suite in training:
        _check_folder(layout, suite, is_of_files=suite in OF_FILES)
    detection = layout.config["detection"]
    sections: dict[Place, Any] = {("training", suite): part for suite, part in training.items()}
    sections[("detection",)] = detection
    for path, section in sections.items():
        recipe = ((*path, "recipe"), section.get("recipe", {}))
        for network, special in (section["networks"] or NOBODY).items():
            place = (*path, "networks", network)
            maps = [_common(layout), recipe, (place, special)]
            build_settings(lambda values: built(TrainSettings, values), maps)
            if path[0] == "training" and network and not inherited(layout.config, *map(str, place)):
                _check_classifier(network, recipe[1] | special, place)


def _check_classifier(network: str, settings: Mapping[str, Any], place: Place) -> None:
    """A network says a class, and images of the trained suites fit into it."""
    import torch

    from models.datasets.dataset import IMAGE_SIZE
    from models.graph.dataflow import layer_inputs
    from models.networks import build, network_record

    if network_record(network).detector:
        raise ConfigError(place, f"{network} is a detector; section detection trains those")
    try:
        with torch.device("meta"):
            module = build(
                network, num_classes=10, width=settings["width"], input_size=IMAGE_SIZE
            ).eval()
        layer_inputs(module, (3, IMAGE_SIZE, IMAGE_SIZE))
    except UserError as error:
        raise ConfigError(place, f"images of {IMAGE_SIZE} pixels: {error}") from error


def _check_folder(layout: Layout, suite: str, is_of_files: bool) -> None:
    """A suite of files has its folder, with the files in it where something runs on them."""
    section = layout.config["training"][suite]
    place = ("training", suite)
    if not is_of_files and "folder" in section:
        raise ConfigError((*place, "folder"), f"suite {suite} is made here and reads no files")
    if is_of_files and "folder" not in section:
        raise ConfigError(place, "folder is missing; expected the folder with the suite's files")
    if layout.runs(suites=[suite]):
        try:
            Training(layout).files(suite)
        except UserError as error:
            raise ConfigError((*place, "folder"), str(error)) from error


def _common(layout: Layout) -> Map:
    return (), asdict(Training(layout).repeatability())


def _check_compression(layout: Layout) -> None:
    from models.compression.schemes import scheme

    config = layout.config
    fine_tuned = [
        ((*path, "fine_tuning"), section.get("fine_tuning", {}), section["networks"])
        for path, section in (
            *((("training", suite), section) for suite, section in config["training"].items()),
            (("detection",), config["detection"]),
        )
    ]
    for name, settings in config["compression"].items():
        kind = scheme(name)
        for path, fine_tuning, networks in fine_tuned:
            for network in networks or NOBODY:
                common, special = for_network(settings, network)
                of_scheme = (("compression", name), common)
                of_network = (("compression", name, "networks", network), special)
                order = [(path, fine_tuning), of_scheme]
                if path[0] == "detection":
                    order.reverse()
                maps = [_common(layout), *order, of_network]
                build_settings(lambda values: built(kind, values), maps)  # noqa: B023


def _check_searches(layout: Layout) -> None:
    from workflow.search.hass.designs import DesignSettings
    from workflow.search.hass.settings import SearchSettings
    from workflow.search.spex.settings import SpexSettings

    config = layout.config
    spex = (("spex", "settings"), config["spex"]["settings"])
    build_settings(lambda values: built(SpexSettings, values), [_common(layout), spex])
    for index, entry in enumerate(config["spex"]["searches"]):
        search = (("spex", "searches", index, "settings"), entry.get("settings", {}))
        build_settings(lambda values: built(SpexSettings, values), [_common(layout), spex, search])
    boards = (("dataflow", "settings"), config["dataflow"]["settings"])
    build_settings(lambda values: built(DesignSettings, values), [boards])
    section = dict(config["threshold_search"]["settings"])
    exceptions = section.pop("networks", {})
    common = (("threshold_search", "settings"), section)
    threads = ((), {"threads": config["threads"]})
    for network, values in [("", {}), *exceptions.items()]:
        place = ("threshold_search", "settings", "networks", network)
        maps = [threads, common, (place if network else (), values)]
        build_settings(lambda values: built(SearchSettings, values), maps)
