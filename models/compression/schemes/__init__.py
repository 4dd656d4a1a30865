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
from sim.plugins import Plugin, plugins
from sim.validation import unknown

ROLES: Mapping[str, type] = {"SCHEME": Scheme, "FULL_SIZE": FullSizeScheme}
"""What a module may bring under a name, and the class that it is a subclass of."""


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
    """Settings of the schemes that full-size networks can be put under, by name."""
    return MappingProxyType(_classes("FULL_SIZE"))


def full_size_scheme(name: str) -> type[FullSizeScheme]:
    """The settings class of a scheme for networks that are not trained here.

    Raises:
        UserError: no such scheme, or only for networks that are trained here.
    """
    known = full_size_schemes()
    if name not in known and name in _names():
        raise UserError(
            f"scheme {name!r} is for networks that are trained here: its module has no FULL_SIZE; "
            f"others: {', '.join(known)}"
        )
    if name not in known:
        raise unknown("scheme", name, known)
    return known[name]


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
    brought = {plugin.name: plugin for plugin in plugins("schemes")}
    if name in brought:
        return _brought(brought[name], role)
    return getattr(import_module(f"{__name__}.{name}"), role, None)


def _brought(plugin: Plugin, role: str) -> Any:
    module = plugin.load()
    if not any(hasattr(module, each) for each in ROLES):
        raise plugin.refused(f"{plugin.module} has neither {' nor '.join(ROLES)}")
    settings = getattr(module, role, None)
    if not (settings is None or (isinstance(settings, type) and issubclass(settings, ROLES[role]))):
        expected = ROLES[role].__name__
        raise plugin.refused(f"{role} of {plugin.module} is no subclass of {expected}")
    return settings
