"""The form of a configuration: keys, types and bounds, by a JSON schema."""

import json
import re
from collections.abc import Mapping
from functools import cache
from math import isfinite
from typing import Any

import jsonschema
from jsonschema.exceptions import best_match

from sim.declared import data_file
from sim.validation import shown, unknown
from workflow.plan.config_errors import ConfigError, Place

SCHEMA = data_file("workflow/schemas/config.schema.json")
WORDS = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
LONGEST = 300
"""Letters of a message of the validator, which repeats whole sections."""


def check_form(config: Mapping[str, Any]) -> None:
    """Raise ConfigError for a key or value of the wrong form."""
    _check_keys(config, ())
    error = best_match(_validator().iter_errors(config))
    if error is not None:
        raise ConfigError(*_mistake(error))


def _check_keys(value: Any, place: Place) -> None:
    """Every key is text: YAML reads `1`, `no` and `null` as a number, a truth value and nothing."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key == "":
                raise ConfigError(place, "has a key without a name")
            if not isinstance(key, str):
                raise ConfigError(
                    place, f"has the key {key!r}, which is not text; put it in quotes"
                )
            _check_keys(below, (*place, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            _check_keys(entry, (*place, index))


@cache
def _validator() -> Any:
    """Like JSON, but a whole number is not 1.0 and a number is finite."""
    usual: Any = jsonschema.Draft202012Validator
    types = usual.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
            "number": lambda _, value: (
                isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
            ),
        }
    )
    extend: Any = jsonschema.validators.extend
    kind = extend(usual, type_checker=types)
    return kind(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _mistake(error: Any) -> tuple[Place, str]:
    """Place and message of what the validator says, with the nearest names where it lists some."""
    place: Place = tuple(error.absolute_path)
    properties = error.schema.get("properties", {})
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        stranger = next(key for key in error.instance if key not in properties)
        return (*place, stranger), str(unknown("key", stranger, properties))
    if error.validator == "enum" and error.instance is not None:
        known = [str(name) for name in error.validator_value]
        return place, str(unknown("value", error.instance, known))
    if error.validator == "type":
        return place, f"is {_short(error.instance)}; expected {_words(error.validator_value)}"
    if error.validator == "uniqueItems":
        twice = next(e for n, e in enumerate(error.instance) if e in error.instance[:n])
        return place, f"has {_short(twice)} twice; keep one"
    if error.validator == "maxLength":
        length = len(error.instance)
        return place, f"has a name of {length} letters; expected at most {error.validator_value}"
    if error.validator == "pattern":
        return place, f"is {error.instance!r}; expected {_pattern(error.validator_value)}"
    return place, shown(re.sub(r"\s+", " ", error.message), LONGEST)


def _short(value: Any) -> str:
    """A value as YAML writes it, cut."""
    return "null" if value is None else shown(repr(value), 60)


def _words(types: str | list[str]) -> str:
    """What a type of the schema is in YAML."""
    return " or ".join(
        WORDS.get(name, name) for name in ([types] if isinstance(types, str) else types)
    )


def _pattern(pattern: str) -> str:
    if pattern == "^[a-z0-9_]+$":
        return "a name of small letters, digits and underscores"
    return f"text that matches {pattern}"
