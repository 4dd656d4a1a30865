"""Compression schemes by name: every module of this folder that has a class `SCHEME` is one."""

from importlib import import_module
from pkgutil import iter_modules

from models.compression.scheme import Scheme
from sim.validation import unknown


def schemes() -> list[str]:
    """Names of all schemes; a scheme is called like its module."""
    return [info.name for info in iter_modules(__path__) if _class(info.name)]


def scheme(name: str) -> type[Scheme]:
    """The settings class of a scheme; no other scheme's module is loaded.

    Raises:
        UserError: no such scheme.
    """
    names = {info.name for info in iter_modules(__path__)}
    found = _class(name) if name in names else None
    if found is None:
        raise unknown("scheme", name, schemes())
    return found


def _class(module: str) -> type[Scheme] | None:
    found: type[Scheme] | None = getattr(import_module(f"{__name__}.{module}"), "SCHEME", None)
    return found
