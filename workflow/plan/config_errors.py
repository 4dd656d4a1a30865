"""A mistake in the configuration, with the place of it: the keys that lead there."""

from collections.abc import Iterable
from typing import Any

from sim.documents import Place
from sim.errors import UserError
from sim.validation import shown, unknown

__all__ = ["ConfigError", "Place", "dotted", "require_keys", "require_names", "unknown_name"]


class ConfigError(UserError):
    """A mistake at a place of the configuration.

    Attributes:
        place: where.
        mistake: what was expected and how to mend it, without the place.
    """

    def __init__(self, place: Place, mistake: str) -> None:
        self.place = place
        self.mistake = mistake
        super().__init__(f"config: {dotted(place)}: {mistake}")


def dotted(place: Place) -> str:
    """A place as text, e.g. `runs[0].networks[1]`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
    return shown(text.removeprefix(".")) or "the whole file"


def unknown_name(place: Place, kind: str, name: Any, known: Iterable[str]) -> ConfigError:
    """The error for a name that does not exist, with those that do, nearest first."""
    return ConfigError(place, str(unknown(kind, name, known)))


def require_names(place: Place, kind: str, names: Iterable[Any], known: Iterable[str]) -> None:
    """Raise ConfigError unless every entry of a list is a known name."""
    there = list(known)
    for index, name in enumerate(names):
        if name not in there:
            raise unknown_name((*place, index), kind, name, there)


def require_keys(place: Place, kind: str, keys: Iterable[Any], known: Iterable[str]) -> None:
    """Raise ConfigError unless every key of a mapping is a known name."""
    there = list(known)
    for key in keys:
        if key not in there:
            raise unknown_name((*place, key), kind, key, there)
