"""Whether settings of full-size networks can be built, and whether something reads each of them.

The classes load PyTorch: see workflow/plan/settings_checks.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from models.imagenet import IMAGENET
from sim.errors import UserError
from sim.validation import unknown
from workflow.plan.config_errors import ConfigError, Place, require_names
from workflow.plan.layout import Layout, for_network
from workflow.plan.name_checks import made_runs
from workflow.plan.sections.imagenet import USER_FILES
from workflow.plan.settings_checks import build_settings

Settings = Mapping[str, Any]
OF_WEIGHTS = (
    "repair",
    "test_images",
    "calibration_images",
    "blockwise_thresholds",
    "blockwise_budget_points",
)
"""Settings that only measured zeros read."""


def check_full_size(layout: Layout) -> None:
    """Build the settings of every full-size network once, and of the networks with their tables.

    Raises:
        ConfigError: with the place of the setting that is unknown, of another type, out of range,
            read by nothing, or that the network cannot take.
    """
    from models.imagenet.settings import FullSizeSettings

    section = dict(layout.config["imagenet"])
    special = section.pop("networks")
    suite = (("imagenet",), section)
    build_settings(FullSizeSettings.of, [suite])
    for network, values in special.items():
        build_settings(FullSizeSettings.of, [suite, (("imagenet", "networks", network), values)])
    _check_modelled(layout)
    _check_read(layout)
    _check_networks(layout)
    _check_zeros(layout.config.get("zeros", {}), section)
    _check_pretrained(layout.config["pretrained"])
    _check_curves(layout.config["pretrained"])


def _names(*kinds: type[Any]) -> list[str]:
    return [entry.name for kind in kinds for entry in fields(kind)]


def _traced(layout: Layout) -> list[str]:
    return sorted({network for suite, network, _ in made_runs(layout.config) if suite == IMAGENET})


def _check_read(layout: Layout) -> None:
    """A setting that only matters beside another stands beside it, at one network at least."""
    from models.imagenet.settings_by_job import ModelledZeros, PictureRepair
    from models.imagenet.training_settings import UserTraining

    section = layout.config["imagenet"]
    merged = {name: _merged(section, name) for name in _traced(layout)}
    beside = {key: "train_folder" for key in _names(UserTraining) if key != "train_folder"}
    beside |= {key: "repair" for key in _names(PictureRepair) if key != "repair"}
    beside |= dict.fromkeys(OF_WEIGHTS, "checkpoint")
    for network, special in section["networks"].items():
        place = ("imagenet", "networks", network)
        for key in _changed(special):
            if merged[network].get(beside.get(key, key)) is None:
                raise ConfigError((*place, key), _ignored(key, beside[key]))
            if key in _names(ModelledZeros) and merged[network].get("checkpoint") is not None:
                mistake = "is of modelled zeros, and the network has a checkpoint; take one out"
                raise ConfigError((*place, key), mistake)
    for key in _changed(section):
        needs = beside.get(key)
        if needs and all(settings.get(needs) is None for settings in merged.values()):
            raise ConfigError(("imagenet", key), _ignored(key, needs))


def _ignored(key: str, needs: str) -> str:
    return f"{key} would be ignored without {needs}; give that too, or take it out"


def _merged(section: Settings, network: str) -> dict[str, Any]:
    common, special = for_network(section, network)
    return {**common, **special}


def _changed(settings: Settings) -> list[str]:
    """Keys that are not as they are without being written."""
    from models.imagenet.settings import FullSizeSettings

    usual = FullSizeSettings().flat()
    return [key for key, value in settings.items() if key in usual and value != usual[key]]


def _check_networks(layout: Layout) -> None:
    """A network of other sizes, or with other tables, can be built and has its densities."""
    from models.imagenet.settings_by_job import NetworkShape

    section = layout.config["imagenet"]
    tables = ("weight_table", "activation_table", "densities_file", "densities_by_rule")
    for network in _traced(layout):
        special = section["networks"].get(network, {})
        for place, settings in ((("networks", network), special), ((), section)):
            keys = [k for k in _changed(settings) if k in (*tables, *_names(NetworkShape))]
            if keys:
                _check_network(network, _merged(section, network), ("imagenet", *place, keys[0]))


def _check_network(network: str, values: Settings, place: Place) -> None:
    from models.graph.dataflow import layer_inputs
    from models.imagenet.full_size import full_size_network
    from models.imagenet.modelled import target_densities
    from models.imagenet.settings import FullSizeSettings

    settings = FullSizeSettings.of(values)
    try:
        module = full_size_network(network, settings, weights=False)
        rows = layer_inputs(module, settings.shape.form(network).shape)
        if settings.inputs.checkpoint is None:
            target_densities(network, rows, settings)
            if settings.zeros.densities_file is not None:
                layers = [row.layer.name for row in rows]
                _check_rows(network, layers, Path(settings.zeros.densities_file))
    except UserError as error:
        raise ConfigError(place, f"{network}: {error}") from error


def _check_rows(network: str, layers: Sequence[str], path: Path) -> None:
    """A user's table of densities has rows of a network, and of layers that it has alone."""
    from models.imagenet.densities.tables import read_table

    table = read_table(path)
    named = [row.density.layer for row in table if row.network == network]
    if not named:
        raise UserError(f"{path}: {unknown('network', network, {row.network for row in table})}")
    for name in named:
        if name not in layers:
            raise UserError(f"{path}: {unknown('layer', name, layers)}")


def _check_zeros(zeros: Mapping[str, Sequence[Any]], section: Settings) -> None:
    """Every varied setting is one of modelled zeros and takes each of its values."""
    from models.compression.schemes import full_size_schemes
    from models.imagenet.settings import FullSizeSettings
    from models.imagenet.settings_by_job import ModelledZeros

    known = set(_names(ModelledZeros, *full_size_schemes().values()))
    for key, values in zeros.items():
        if key not in known:
            raise ConfigError(("zeros", key), str(unknown("setting of modelled zeros", key, known)))
        for index, value in enumerate(values):
            try:
                FullSizeSettings.of({**section, key: value})
            except UserError as error:
                raise ConfigError(("zeros", key, index), str(error)) from error


def _check_pretrained(pretrained: Settings) -> None:
    """Settings of fetched networks can be built, and none takes the place of what was fetched."""
    from models.imagenet.settings import FullSizeSettings

    common = (("pretrained", "settings"), pretrained["settings"])
    for network, values in [("", {}), *pretrained["networks"].items()]:
        place = ("pretrained", "networks", network)
        maps = [common, (place if network else (), values)]
        build_settings(FullSizeSettings.of, maps)
        for where, settings in maps:
            _require_kept(where, settings)


def _require_kept(place: Place, settings: Iterable[str]) -> None:
    """Raise ConfigError for a setting that fetched weights and pictures decide or leave unread."""
    from models.imagenet.settings_by_job import ModelledZeros
    from models.imagenet.training_settings import UserTraining

    decided = (*USER_FILES, "width", "num_classes", *_names(ModelledZeros, UserTraining))
    for key in settings:
        if key in decided:
            raise ConfigError(
                (*place, key),
                f"{key} is not for fetched networks, whose weights and pictures lie in "
                "pretrained.folder; weights of your own go into section imagenet",
            )


def _check_curves(pretrained: Settings) -> None:
    """Every varied setting exists and takes each of its values; every network is configured."""
    from models.imagenet.settings import FullSizeSettings

    budgeted, there = pretrained["budgets"]["networks"], pretrained["networks"]
    require_names(("pretrained", "budgets", "networks"), "network", budgeted, there)
    curves, place = pretrained["curves"], ("pretrained", "curves")
    require_names((*place, "networks"), "network", curves["networks"], there)
    for scheme, settings in curves["schemes"].items():
        here = (*place, "schemes", scheme)
        for key, values in settings.items():
            for value in values:
                changed = (here, {key: value})
                build_settings(FullSizeSettings.of, [((), pretrained["settings"]), changed])
            if not FullSizeSettings().reads(scheme, key):
                raise ConfigError((*here, key), f"{key} is not of scheme {scheme}")
        _require_kept(here, settings)


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
