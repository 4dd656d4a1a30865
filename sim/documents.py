"""YAML files that a JSON schema describes.

The project's own are checked by every step that reads a design, and are the same each time. So the
digests of those that kept to their schema stand beside Python's compiled modules, and only another
content takes the library of JSON schemas, which takes longer to start than all of `sim`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.declared import ROOT
from sim.errors import UserError
from sim.remembered import recalled

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Builds plain values alone, ten times as fast as YAML's own where the C library is there."""
MOST_ENTRIES = 100_000
"""Values of a document, far above any that is written by hand."""
DEEPEST = 3000
"""Levels of a document that its reader surely bears."""
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
        if path.is_relative_to(ROOT):
            recalled(schema, "checked", digest, lambda: _check(path, document, schema))
        else:
            _check(path, document, schema)
    except RecursionError as deep:
        raise UserError(f"{path}: nested too deeply") from deep
    return document


def _check(path: Path, document: Any, schema: Path) -> str:
    """Raise UserError if a document is against its schema; there is nothing to say of others."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(schema).iter_errors(document))
    if error is not None:
        raise UserError(f"{path}: {error.json_path}: {_shortened(error.message)}")
    return ""


def _document(path: Path, text: str) -> Any:
    try:
        document = read_yaml(text)
        for _, key in document.repeated:
            problem = f"key {key.value!r} stands a second time"
            raise yaml.MarkedYAMLError(None, None, problem, key.start_mark)
    except yaml.YAMLError as error:
        raise UserError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    return document.value


@dataclass(frozen=True)
class Document:
    """A document of YAML.

    Attributes:
        node: the whole with the places in the file, what `<<` brings included; None = empty.
        value: what it says.
        repeated: every key that a mapping has twice (`repeated_keys`).
    """

    node: yaml.Node | None
    value: Any
    repeated: Sequence[tuple[Place, yaml.ScalarNode]]


def read_yaml(text: str) -> Document:
    """Read a document of plain values.

    Raises:
        yaml.YAMLError: no YAML, a tag that makes no plain value, a number or date that cannot be
            one, or aliases of aliases that stand for more than `MOST_ENTRIES`.
        RecursionError: nested too deeply.
    """
    _check_depth(text)
    loader = LOADER(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Document(None, None, ())
        if _entries(node, {}) > MOST_ENTRIES:
            raise yaml.YAMLError(f"its aliases stand for more than {MOST_ENTRIES} entries")
        repeated = tuple(repeated_keys(node))  # before `<<` is replaced by what it brings
        return Document(node, loader.construct_document(node), repeated)
    # what is written like a number, a date or a tag and cannot be
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise yaml.YAMLError(str(error)) from error


def _check_depth(text: str) -> None:
    """Raise RecursionError for a nesting that would overflow the C library's stack.

    Every level is opened by one of five characters, so that ordinary files need no look inside.
    """
    if sum(map(text.count, "[{?:-")) < DEEPEST:
        return
    depth = 0
    for event in yaml.parse(text, LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError


def _entries(node: yaml.Node, counted: dict[int, int]) -> int:
    """How many values a node stands for, those of its aliases each time; one within itself once."""
    if id(node) not in counted:
        counted[id(node)] = 1
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            inner = node.value
        elif isinstance(node, yaml.MappingNode):
            inner = [part for pair in node.value for part in pair]
        counted[id(node)] += sum(_entries(part, counted) for part in inner)
    return counted[id(node)]


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
