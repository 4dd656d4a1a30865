"""Schemes by name: every module of this package that has a class `SCHEME` is one."""

from importlib import import_module
from pkgutil import iter_modules

import models.compression
from models.compression.scheme import Scheme
from sim.validation import unknown


def schemes() -> dict[str, type[Scheme]]:
    """All schemes, by the name of their module."""
    package = models.compression
    found = {
        info.name: getattr(import_module(f"{package.__name__}.{info.name}"), "SCHEME", None)
        for info in iter_modules(package.__path__)
    }
    return {name: scheme for name, scheme in found.items() if scheme is not None}


def scheme(name: str) -> type[Scheme]:
    """The settings class of a scheme.

    Raises:
        UserError: no such scheme.
    """
    known = schemes()
    if name not in known:
        raise unknown("scheme", name, known)
    return known[name]
