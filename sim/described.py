"""Accelerators that a file describes: a configuration of the project and the values that differ."""

from pathlib import Path
from typing import Any

from sim.accelerator import Accelerator
from sim.declared import data_file
from sim.documents import checked_yaml
from sim.errors import UserError
from sim.registry import configuration, configurations

TEMPLATE = "template"
"""The configuration that is no design of anybody's, but a base to describe one."""
SCHEMA = data_file("sim/schemas/described.schema.json")
SUFFIXES = (".yaml", ".yml")


def described_accelerators(path: Path | str) -> dict[str, Accelerator]:
    """Read the accelerators of a YAML file, `name: {base: ..., parameters: {...}}`, by name.

    Args:
        path: the file; `base` is any configuration, `template` if none is named.

    Raises:
        UserError: unreadable, of another form, a name of the project's, an unknown base or
            parameter, or a value out of range; names the file and the entry.
    """
    document: dict[str, dict[str, Any]] = checked_yaml(Path(path), SCHEMA)
    designs = {}
    for name, entry in document.items():
        if name in configurations():
            raise UserError(f"{path}: {name!r} is a configuration of the project; rename yours")
        try:
            base = configuration(entry.get("base", TEMPLATE))
            designs[name] = base.build(**entry.get("parameters", {}))
        except UserError as error:
            raise UserError(f"{path}: {name}: {error}") from error
    return designs
