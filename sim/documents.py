"""YAML files that a JSON schema describes."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from sim.errors import UserError

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds plain values alone, ten times as fast as YAML's own where the C library is there."""
Place = tuple[str | int, ...]
"""Keys and positions in lists from the top of a document; () is the whole of it."""


def checked_yaml(path: Path, schema: Path) -> Any:
    """Read a YAML file and check it against a JSON schema.

    Raises:
        UserError: unreadable, no YAML, a key twice, or against the schema; names the file and the
            place in it.
    """
    try:
        document = _document(path)
        error = jsonschema.exceptions.best_match(_validator(schema).iter_errors(document))
    except RecursionError as deep:
        raise UserError(f"{path}: nested too deeply") from deep
    if error is not None:
        raise UserError(f"{path}: {error.json_path}: {_shortened(error.message)}")
    return document


def _document(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # no UTF-8, or no path at all
        raise UserError(f"{path}: cannot be read: {error}") from error
    try:
        loader = LOADER(text)
        node = loader.get_single_node()
        for _, key in repeated_keys(node):
            problem = f"key {key.value!r} stands a second time"
            raise yaml.MarkedYAMLError(None, None, problem, key.start_mark)
        return None if node is None else loader.construct_document(node)
    # but the first: what is written like a number, a date or a tag and cannot be
    except (yaml.YAMLError, ValueError, LookupError, AttributeError) as error:
        raise UserError(f"{path}: not YAML: {' '.join(str(error).split())}") from error


def repeated_keys(document: yaml.Node | None) -> Iterator[tuple[Place, yaml.ScalarNode]]:
    """Every key that a mapping has twice, of which YAML's reader keeps the last.

    Yields:
        The place of the mapping, and the key where it stands again.
    """
    waiting: list[tuple[Place, yaml.Node | None]] = [((), document)]
    visited = set()
    while waiting:
        place, node = waiting.pop()
        if id(node) in visited:  # an anchor's, which may even lie in itself
            continue
        visited.add(id(node))
        inner: list[tuple[Place, yaml.Node]] = []
        if isinstance(node, yaml.SequenceNode):
            inner = [((*place, index), entry) for index, entry in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            keys = set()
            for key, value in node.value:
                inner.append(((*place, str(key.value)), value))
                if isinstance(key, yaml.ScalarNode):
                    if key.value in keys:
                        yield place, key
                    keys.add(key.value)
        waiting += reversed(inner)  # the first is the next


def _shortened(message: str, most: int = 300) -> str:
    """A schema's message starts with the value, however long, and ends with what is expected."""
    half = most // 2
    return message if len(message) <= most else f"{message[:half]} ... {message[-half:]}"


@cache  # a schema that many files share is itself checked once
def _validator(schema: Path) -> Any:
    content = json.loads(schema.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(content)
    kind.check_schema(content)
    return kind(content)
