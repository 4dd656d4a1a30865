"""Compression schemes by name, found by folder: a module with `SCHEME` is one, called like it.

A module that has `FULL_SIZE` besides takes part in the suite of full-size networks.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

from models.compression.full_size import FullSizeScheme
from models.compression.scheme import Scheme
from sim.validation import unknown


def schemes() -> list[str]:
    """Names of all schemes."""
    return sorted(_classes("SCHEME"))


def scheme(name: str) -> type[Scheme]:
    """The settings class of a scheme; no other scheme's module is loaded.

    Raises:
        UserError: no such scheme.
    """
    names = {info.name for info in iter_modules(__path__)}
    settings: type[Scheme] | None = _class(name, "SCHEME") if name in names else None
    if settings is None:
        raise unknown("scheme", name, schemes())
    return settings


@cache
def full_size_schemes() -> Mapping[str, type[FullSizeScheme]]:
    """By name, the settings of the schemes that full-size networks can be put under."""
    return MappingProxyType(_classes("FULL_SIZE"))


def _classes(role: str) -> dict[str, Any]:
    classes = {info.name: _class(info.name, role) for info in iter_modules(__path__)}
    return {name: settings for name, settings in classes.items() if settings is not None}


def _class(module: str, role: str) -> Any:
    """What a module of this folder has under a name; None if nothing."""
    return getattr(import_module(f"{__name__}.{module}"), role, None)
