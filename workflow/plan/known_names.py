"""Names that exist whatever a configuration says, read from the text of the files that define them.

Importing those files would load PyTorch, which takes seconds that a job of a cluster need not pay.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.networks.titles import network_titles
from sim.declared import ROOT, data_files
from sim.documents import LOADER
from sim.errors import UserError
from sim.plugins import MEND, plugins

DEFAULTS = ROOT / "config" / "config.yaml"


def known_networks() -> list[str]:
    """Names of all networks."""
    return list(network_titles())


@cache
def known_schemes(role: str = "SCHEME") -> tuple[str, ...]:
    """Names of the schemes whose file has a role: `SCHEME`, all of them, or `FULL_SIZE`."""
    files = {path.stem: path for path in data_files("models/compression/schemes/*.py")}
    files |= {plugin.name: plugin.main for plugin in plugins("schemes")}
    return tuple(name for name, path in files.items() if _assigns(path, role))


def _assigns(path: Path, name: str) -> bool:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:  # the latter: no UTF-8, or a zero byte
        raise UserError(f"{path}: not Python ({error}); {MEND}") from error
    return any(
        isinstance(node, ast.Assign) and any(getattr(t, "id", None) == name for t in node.targets)
        for node in tree.body
    )


@cache
def shipped() -> Mapping[str, Any]:
    """The default configuration of the checkout; empty where it is not there."""
    if not DEFAULTS.is_file():
        return {}
    content: Mapping[str, Any] = yaml.load(DEFAULTS.read_text(encoding="utf-8"), LOADER)  # noqa: S506
    return content


def inherited(config: Mapping[str, Any], *keys: str) -> bool:
    """Whether the value at some keys is that of the default configuration.

    What a user did not write may name what the user's own runs leave out.
    """
    values: list[Any] = [config, shipped()]
    for key in keys:
        if not all(isinstance(value, Mapping) and key in value for value in values):
            return False
        values = [value[key] for value in values]
    return bool(values[0] == values[1])
