"""Compression schemes by name, found by folder: a module with `SCHEME` is one, called like it.

A module that has `FULL_SIZE` besides takes part in the suite of full-size networks. An installed
package brings more (sim/plugins.py), under the names of its entry points.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from models.compression.full_size import FullSizeScheme
from models.compression.scheme import Scheme
from sim.errors import UserError
from sim.plugins import plugins
from sim.validation import unknown


def schemes() -> list[str]:
    """Names of all schemes."""
    return sorted(_classes("SCHEME"))


def scheme(name: str) -> type[Scheme]:
    """The settings class of a scheme; no other scheme's module is loaded.

    Raises:
        UserError: no such scheme.
    """
    settings: type[Scheme] | None = _class(name, "SCHEME") if name in _names() else None
    if settings is None:
        raise unknown("scheme", name, schemes())
    return settings


@cache
def full_size_schemes() -> Mapping[str, type[FullSizeScheme]]:
    """By name, the settings of the schemes that full-size networks can be put under."""
    return MappingProxyType(_classes("FULL_SIZE"))


def _names() -> list[str]:
    brought = [plugin.name for plugin in plugins("schemes")]
    names = [info.name for info in iter_modules(__path__)]
    for name in set(names) & set(brought):
        raise UserError(f"plug-in {name!r} brings a scheme that is there already; rename it")
    return names + brought


def _classes(role: str) -> dict[str, Any]:
    classes = {name: _class(name, role) for name in _names()}
    return {name: settings for name, settings in classes.items() if settings is not None}


def _class(name: str, role: str) -> Any:
    """What the module of a scheme has under a name; None if nothing."""
    loaders = {plugin.name: plugin.load for plugin in plugins("schemes")}
    module = loaders[name]() if name in loaders else import_module(f"{__name__}.{name}")
    return getattr(module, role, None)
