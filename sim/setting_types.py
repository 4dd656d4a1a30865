"""Settings from text, JSON or YAML: whether each value is of the type that its dataclass declares.

A dataclass checks the ranges of its values and takes their types for granted; what a user writes
may be of any type, such as `5e-1`, which YAML reads as text.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from math import isfinite
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from sim.errors import UserError
from sim.validation import shown, unknown

T = TypeVar("T")

NAMES: Mapping[Any, str] = types.MappingProxyType(
    {
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        str: "text",
        type(None): "null",
    }
)


def built(kind: type[T], values: Mapping[str, Any]) -> T:
    """A settings dataclass from values that somebody wrote.

    Raises:
        UserError: a key is unknown or missing, a value is of another type or out of range.
    """
    require_known(kind, values)
    missing = [
        field.name
        for field in fields(kind)  # type: ignore[arg-type]
        if field.name not in values
        and field.default is MISSING
        and field.default_factory is MISSING
    ]
    if missing:
        raise UserError(f"lacks {', '.join(missing)}")
    require_types(kind, values)
    return kind(**values)


def require_known(kind: type[Any], values: Mapping[str, Any]) -> None:
    """Raise UserError for a key that is no field of a dataclass, with the nearest."""
    known = [field.name for field in fields(kind)]
    for name in values:
        if name not in known:
            raise unknown("setting", name, known)


def require_types(kind: type[Any], values: Mapping[str, Any]) -> None:
    """Raise UserError for a value that is not of its field's type; other keys are not looked at."""
    hints = get_type_hints(kind)
    for name, value in values.items():
        if name in hints and not _fits(value, hints[name]):
            raise UserError(f"{name} is {_shown(value)}; expected {_words(hints[name])}")


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value can stand for a type; where the type says too little, it can."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return any(type(value) is type(part) and value == part for part in parts)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if hint in NAMES:
        return isinstance(value, hint)
    if origin is tuple and Ellipsis not in parts:
        same = isinstance(value, list | tuple) and len(value) == len(parts)
        return same and all(map(_fits, value, parts))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(
            _fits(key, parts[0]) and _fits(entry, parts[1]) for key, entry in value.items()
        )
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return isinstance(value, list | tuple) and all(_fits(entry, parts[0]) for entry in value)
    return True


def _words(hint: Any) -> str:
    """What a type expects, in words."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(_words, parts)))
    if origin is Literal:
        return f"one of {', '.join(map(str, parts))}"
    if origin is tuple and Ellipsis not in parts:
        return f"a list of {len(parts)}, each {_words(parts[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"a mapping of names, each to {_words(parts[1])}"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return f"a list, each entry {_words(parts[0])}"
    return NAMES.get(hint, getattr(hint, "__name__", str(hint)))


def _shown(value: Any) -> str:
    """A value in a message; of text that is a number in another notation, how to write it."""
    short = shown(repr(value), 60)
    if not isinstance(value, str):
        return short
    try:
        number = float(value)
    except ValueError:
        return short
    return f"the text {short} (in YAML 1e-3 is text; write {number!r})"
