"""Titles of the networks for figures, read from the text of their files, without PyTorch."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sim.declared import data_files
from sim.plugins import plugins


@cache
def network_titles() -> Mapping[str, str]:
    """Title of each network by name, in the order of `models.networks.networks`."""
    brought = [path for plugin in plugins("networks") for path in plugin.module_files]
    files = [*data_files("models/networks/*.py"), *brought]
    records = sorted(record for path in files for record in _records(path))
    return MappingProxyType({name: title for _, name, title in records})


def _records(path: Path) -> Iterator[tuple[int, str, str]]:
    """(place, name, title) of each `Network(...)` that a file writes down."""
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Network":
            values = {
                keyword.arg: ast.literal_eval(keyword.value)
                for keyword in node.keywords
                if keyword.arg in ("place", "name", "title")
            }
            yield values["place"], values["name"], values["title"]
