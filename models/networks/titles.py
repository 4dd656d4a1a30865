"""Titles of the networks for figures, read from the text of their files, without PyTorch."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from sim.declared import data_files
from sim.errors import UserError
from sim.plugins import MEND, plugins


@cache
def network_titles() -> Mapping[str, str]:
    """Title of each network by name, in the order of `models.networks.networks`.

    Raises:
        UserError: a file of a plug-in is no Python, or computes what is read here.
    """
    brought = [path for plugin in plugins("networks") for path in plugin.module_files]
    files = [*data_files("models/networks/*.py"), *brought]
    records = sorted(record for path in files for record in _records(path))
    return MappingProxyType({name: title for _, name, title in records})


def _records(path: Path) -> Iterator[tuple[int, str, str]]:
    """(place, name, title) of each `Network(...)` that a file writes down."""
    if path.suffix != ".py":
        return
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:  # the latter: no UTF-8, or a zero byte
        raise UserError(f"{path}: not Python ({error}); {MEND}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Network":
            yield _record(path, node)


def _record(path: Path, call: ast.Call) -> tuple[int, str, str]:
    written = {keyword.arg: keyword.value for keyword in call.keywords}
    place, name, title = (
        getattr(written.get(key), "value", None) for key in ("place", "name", "title")
    )
    if not (type(place) is int and isinstance(name, str) and isinstance(title, str)):
        raise UserError(
            f"{path}:{call.lineno}: Network(...) has no place, name and title written down as a "
            "whole number and texts, as lists need them, which read the file and do not run it"
        )
    return place, name, title
