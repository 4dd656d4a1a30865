"""Whether the settings of every job make the dataclass that the job builds from them.

The classes live beside what they set, so that PyTorch is loaded here: once, where a run is planned,
not in the jobs of a cluster.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from models.imagenet import IMAGENET
from sim.errors import UserError
from sim.setting_types import built
from workflow.plan.config_errors import ConfigError, Place, require_keys, require_names
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
    _check_full_size(layout)
    _check_searches(layout)


def _build(make: Callable[[Mapping[str, Any]], object], maps: Sequence[Map]) -> None:
    """Make settings from maps of which a later one wins; an error names the place it is from."""
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
            maps = [_common(layout), recipe, ((*path, "networks", network), special)]
            _build(lambda values: built(TrainSettings, values), maps)


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
                _build(lambda values: built(kind, values), [_common(layout), *order, of_network])  # noqa: B023


def _check_full_size(layout: Layout) -> None:
    from models.imagenet.settings import FullSizeSettings

    config = layout.config
    section = dict(config["imagenet"])
    special = section.pop("networks")
    suite = (("imagenet",), section)
    _build(FullSizeSettings.of, [suite])
    for network, values in special.items():
        _build(FullSizeSettings.of, [suite, (("imagenet", "networks", network), values)])
    for key, values in config.get("zeros", {}).items():
        for index, value in enumerate(values):
            try:
                FullSizeSettings.of({**section, key: value})
            except UserError as error:
                place = ("zeros", key) if "unknown" in str(error) else ("zeros", key, index)
                raise ConfigError(place, str(error)) from error
    _check_modelled(layout)
    pretrained = config["pretrained"]
    common = (("pretrained", "settings"), pretrained["settings"])
    for network, values in [("", {}), *pretrained["networks"].items()]:
        place = ("pretrained", "networks", network)
        _build(FullSizeSettings.of, [common, (place if network else (), values)])
    _check_curves(pretrained)
    budgeted = pretrained["budgets"]["networks"]
    require_names(
        ("pretrained", "budgets", "networks"), "network", budgeted, pretrained["networks"]
    )


def _check_curves(pretrained: Mapping[str, Any]) -> None:
    """Every varied setting exists and takes each of its values; every network is configured."""
    from models.imagenet.settings import FullSizeSettings

    curves, place = pretrained["curves"], ("pretrained", "curves")
    require_names((*place, "networks"), "network", curves["networks"], pretrained["networks"])
    for scheme, settings in curves["schemes"].items():
        for key, values in settings.items():
            for value in values:
                changed = ((*place, "schemes", scheme), {key: value})
                _build(FullSizeSettings.of, [((), pretrained["settings"]), changed])


def _check_modelled(layout: Layout) -> None:
    """A scheme that needs trained weights has a checkpoint of each network it is to prune."""
    from models.imagenet.settings import FullSizeSettings

    config = layout.config
    for key in ("runs", "dataflow"):
        blocks = config[key] if key == "runs" else config[key]["runs"]
        for index, block in enumerate(blocks):
            for network in block["networks"] if block["suite"] == IMAGENET else []:
                common, special = for_network(config["imagenet"], network)
                settings = FullSizeSettings.of({**common, **special})
                for scheme in block["schemes"]:
                    if settings.inputs.checkpoint is None:
                        place = (key, index) if key == "runs" else (key, "runs", index)
                        try:
                            settings.modelled_scheme(network, scheme)
                        except UserError as error:
                            raise ConfigError(place, str(error)) from error


def _check_searches(layout: Layout) -> None:
    from workflow.search.hass.designs import DesignSettings
    from workflow.search.hass.settings import SearchSettings
    from workflow.search.spex.settings import SpexSettings

    config = layout.config
    spex = (("spex", "settings"), config["spex"]["settings"])
    _build(lambda values: built(SpexSettings, values), [_common(layout), spex])
    for index, entry in enumerate(config["spex"]["searches"]):
        search = (("spex", "searches", index, "settings"), entry.get("settings", {}))
        _build(lambda values: built(SpexSettings, values), [_common(layout), spex, search])
    boards = (("dataflow", "settings"), config["dataflow"]["settings"])
    _build(lambda values: built(DesignSettings, values), [boards])
    section = dict(config["threshold_search"]["settings"])
    exceptions = section.pop("networks", {})
    common = (("threshold_search", "settings"), section)
    threads = ((), {"threads": config["threads"]})
    for network, values in [("", {}), *exceptions.items()]:
        place = ("threshold_search", "settings", "networks", network)
        maps = [threads, common, (place if network else (), values)]
        _build(lambda values: built(SearchSettings, values), maps)
