"""YAML files that a JSON schema describes.

The project's own are checked by every step that reads a design, and are the same each time. So the
digests of those that kept to their schema stand beside Python's compiled modules, and only another
content takes the library of JSON schemas, which takes longer to start than all of `sim`.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import yaml

from sim.declared import ROOT
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
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # no UTF-8, or no path at all
        raise UserError(f"{path}: cannot be read: {error}") from error
    try:
        document = _document(path, text)
        digest = hashlib.sha256(schema.read_bytes() + b"\0" + text.encode()).hexdigest()
        if digest not in _kept_to(schema):
            _check(path, document, schema)
            if path.is_relative_to(ROOT):
                _remember(schema, digest)
    except RecursionError as deep:
        raise UserError(f"{path}: nested too deeply") from deep
    return document


def _check(path: Path, document: Any, schema: Path) -> None:
    """Raise UserError if a document is against its schema."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(schema).iter_errors(document))
    if error is not None:
        raise UserError(f"{path}: {error.json_path}: {_shortened(error.message)}")


def _digests(schema: Path) -> Path:
    """Where the digests of documents that keep to a schema stand, one a line."""
    return Path(cache_from_source(str(schema.with_suffix(".py")))).with_suffix(".checked")


@cache
def _kept_to(schema: Path) -> set[str]:
    """Digests of schema and document together, of documents that keep to the schema."""
    try:
        return set(_digests(schema).read_text(encoding="ascii").split())
    except (OSError, ValueError):  # none yet, or damaged: then all are checked
        return set()


def _remember(schema: Path, digest: str) -> None:
    """Add a digest, where Python may keep compiled modules too."""
    _kept_to(schema).add(digest)
    if sys.dont_write_bytecode:
        return
    path = _digests(schema)
    with suppress(OSError):  # a folder that cannot be written to
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{digest}\n")


def _document(path: Path, text: str) -> Any:
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
    import jsonschema

    content = json.loads(schema.read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(content)
    kind.check_schema(content)
    return kind(content)
