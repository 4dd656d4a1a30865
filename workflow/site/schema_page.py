"""The reference of the configuration, from its schema and the default configuration."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from sim.declared import data_file

SCHEMA = data_file("workflow/schemas/config.schema.json")
DEFAULTS = data_file("config/config.yaml")
INTRODUCTION = """# Configuration

A run is one YAML file, checked against a schema before anything starts; unknown names are refused
with the nearest ones. Defaults are those of `config/config.yaml`; a file given with `--configfile`
replaces single keys, lists as a whole.

"""
LONGEST = 60
"""Characters of a default that are shown."""


def schema_page() -> str:
    """The page, a section per top-level key."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    defaults = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    text = INTRODUCTION
    required = set(schema["required"])
    for key, entry in schema["properties"].items():
        text += f"## {key}\n\n{_sentence(entry.get('description', ''))}\n\n"
        text += "" if key in required else "May be left out.\n\n"
        rows = list(_rows(key, entry, defaults.get(key), schema["$defs"]))
        text += "| key | values | default | what it is |\n| --- | --- | --- | --- |\n"
        text += "".join(f"| {' | '.join(row)} |\n" for row in rows) + "\n"
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _rows(
    key: str, entry: Mapping[str, Any], default: Any, known: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str]]:
    entry = _resolved(entry, known)
    below = entry.get("properties", {})
    if not below or "." not in key:
        shown = "" if below else _default(default)
        yield f"`{key}`", _values(entry, known), shown, _cell(entry.get("description", ""))
    for name, child in below.items():
        inside = default.get(name) if isinstance(default, Mapping) else None
        yield from _rows(f"{key}.{name}", child, inside, known)
    if entry.get("type") == "array":
        item = _resolved(entry.get("items", {}), known)
        for name, child in item.get("properties", {}).items():
            yield from _rows(f"{key}[].{name}", child, None, known)


def _resolved(entry: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**known[entry["$ref"].rpartition("/")[2]], **entry} if "$ref" in entry else entry


def _values(entry: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    if "enum" in entry:
        return ", ".join(f"`{value}`" for value in entry["enum"])
    kind = entry.get("type", "any value")
    words = {"integer": "whole number", "string": "text", "object": "section", "array": "list"}
    kinds = [kind] if isinstance(kind, str) else kind
    text = " or ".join(words.get(name, name) for name in kinds)
    if "minimum" in entry:
        text += f", at least {entry['minimum']}"
    if "maximum" in entry:
        text += f", at most {entry['maximum']}"
    if kind == "array" and "items" in entry:
        item = _resolved(entry["items"], known)
        text += f" of {_values(item, known)}" if "properties" not in item else " of sections"
    return _cell(text)


def _default(value: Any) -> str:
    if value is None:
        return ""
    text = json.dumps(value)
    return f"`{_cell(text)}`" if len(text) <= LONGEST else "see `config/config.yaml`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
