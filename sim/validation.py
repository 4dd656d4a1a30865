"""Range checks whose messages name the parameter, the value and what was expected."""

import os
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any

from sim.errors import UserError


def require_positive(**values: int) -> None:
    """Raise UserError unless every value is a whole number of at least 1."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise UserError(f"{name} is {described(value)}; expected a whole number of at least 1")


def require_whole(**values: int) -> None:
    """Raise UserError unless every value is a whole number of at least 0."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise UserError(f"{name} is {described(value)}; expected a whole number of at least 0")


def require_not_negative(**values: float) -> None:
    """Raise UserError unless every value is a finite number of at least 0."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
            raise UserError(f"{name} is {described(value)}; expected a number of at least 0")


def require_finite(**values: float) -> None:
    """Raise UserError unless every value is a finite number above 0."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
            raise UserError(f"{name} is {described(value)}; expected a finite number above 0")


def require_fraction(**values: float) -> None:
    """Raise UserError unless every value lies in [0, 1] (NaN does not)."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise UserError(f"{name} is {described(value)}; expected a number in [0, 1]")


def require_rate(**values: float) -> None:
    """Raise UserError unless every value is a number above 0; infinity is one, NaN is not."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise UserError(
                f"{name} is {described(value)}; expected a number above 0 (or infinity)"
            )


def require_flag(**values: bool) -> None:
    """Raise UserError unless every value is True or False."""
    for name, value in values.items():
        if not isinstance(value, bool):
            raise UserError(f"{name} is {described(value)}; expected true or false")


def require_function(call: str, **values: object) -> None:
    """Raise UserError unless every value can be called."""
    for name, value in values.items():
        if not callable(value):
            raise UserError(f"{call}: {name} is {described(value)}; expected a function")


def require_choice(name: str, value: Any, choices: Collection[Any]) -> None:
    """Raise UserError unless value is one of choices."""
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        listed = ", ".join(map(str, choices))
        raise UserError(f"{name} is {described(value)}; expected one of {listed}")


def unknown(kind: str, name: object, known: Iterable[str]) -> UserError:
    """The error for a name that does not exist: lists those that do, nearest first."""
    names, text = sorted(known), name if isinstance(name, str) else described(name)
    alike = {other.casefold(): other for other in reversed(names)}
    close = get_close_matches(text, names, n=1) or [
        alike[match] for match in get_close_matches(text.casefold(), alike, n=1)
    ]
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    there = ", ".join(names) or "nothing"
    return UserError(f"unknown {kind} {described(name)}{hint}; there is: {there}")


def require_text(**values: str | None) -> None:
    """Raise UserError unless each value is None or text that is not empty."""
    for name, value in values.items():
        if value is not None and not (isinstance(value, str) and value):
            raise UserError(f"{name} is {described(value)}; expected text, or null to leave it out")


def shown(text: str, longest: int = 160) -> str:
    """Text of a file, such as a name in it, as it may stand in a message of one line."""
    short = text if len(text) <= longest else f"{text[: longest - 3]}..."
    return short if short.isprintable() else repr(short)


def described(value: object) -> str:
    """Any value as it may stand in a message: short, and of its type alone where it has no text."""
    try:
        return shown(" ".join(repr(value).split()), 80)
    except ValueError:  # Python writes no number of more than 4300 digits
        return f"a very large {type(value).__name__}"


def required_path(call: str, path: object) -> Path:
    """A path that an operating system takes, from text or a Path."""
    if not isinstance(path, Path | str):
        raise UserError(f"{call} takes a path, not {type(path).__name__}")
    if "\0" in str(path):
        raise UserError(f"{call} got {described(str(path))}; no path holds the character 0")
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:  # half of a pair of surrogates
        raise UserError(f"{call} got {described(str(path))}; no path holds such letters") from error
    return Path(path)
