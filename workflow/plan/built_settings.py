"""Checks that build what jobs would: settings and networks, for which PyTorch is loaded.

That takes more than a second of each plan. So a configuration that was found good is remembered,
under a digest of its content, of the default one (what is as there is not checked again), the code
that checked it and the library's version, where nothing else has a say: no file or folder of the
user's, and no package that brings parts of its own.
"""

import hashlib
import json
from importlib.metadata import version

from sim.declared import ROOT, modules_by_name
from sim.plugins import GROUPS, plugins
from sim.remembered import recalled
from workflow.dependencies import code_digest
from workflow.plan.full_size_checks import check_full_size
from workflow.plan.image_checks import check_images
from workflow.plan.known_names import shipped
from workflow.plan.layout import Layout
from workflow.plan.sections.imagenet import USER_FILES, FullSize
from workflow.plan.settings_checks import check_settings

modules_by_name("models.compression.schemes.*")
PLACE = ROOT / "workflow" / "plan" / "built_settings"


def check_built(layout: Layout) -> None:
    """Build the settings of every job once and the networks they are for, and look at pictures.

    Raises:
        ConfigError: with the place of what is unknown, of another type, out of range or missing.
    """
    if _has_files(layout) or _has_plugins():
        _check(layout)
    else:
        recalled(PLACE, "good", _digest(layout), lambda: _check(layout))


def _check(layout: Layout) -> str:
    """Raise ConfigError for what cannot be built; there is nothing to say of others."""
    check_settings(layout)
    check_images(layout)
    check_full_size(layout)
    FullSize(layout).check()
    return ""


def _has_files(layout: Layout) -> bool:
    """Whether the configuration names a file or folder that may change while it does not."""
    imagenet = layout.config["imagenet"]
    entries = [imagenet, *imagenet["networks"].values()]
    named = any(entry.get(key) is not None for entry in entries for key in USER_FILES)
    return named or any("folder" in part for part in layout.config["training"].values())


def _has_plugins() -> bool:
    return any(plugins(kind) for kind in GROUPS)


def _digest(layout: Layout) -> str:
    configs = json.dumps([layout.config, shipped()], sort_keys=True, default=str)
    code = code_digest(ROOT, "workflow.plan.check_config")
    return hashlib.sha256(f"{configs}\0{code}\0{version('torch')}".encode()).hexdigest()
