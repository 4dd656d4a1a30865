"""Variants in a configs.yaml: entries that name a base and state what differs from it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import UserError
from sim.validation import unknown

Entry = Mapping[str, Any]


def with_bases(document: Mapping[str, Entry], path: Path) -> dict[str, Entry]:
    """Give each entry of a file what it takes from its base.

    That is the model, unless the entry names one, and the parameters that the entry neither states
    nor lists under `without`. They keep the base's order; parameters that the base lacks are last.

    Args:
        document: the entries as written, by name.
        path: the file, for messages.

    Raises:
        UserError: a base does not exist or comes back to its variant, or `without` lists what the
            base does not have.
    """
    return {name: _with_base(name, document, path, ()) for name in document}


def _with_base(
    name: str, document: Mapping[str, Entry], path: Path, variants: tuple[str, ...]
) -> Entry:
    entry = document[name]
    if "base" not in entry:
        return entry
    base_name, chain = entry["base"], (*variants, name)
    if base_name not in document:
        raise unknown(f"base of {name!r} in {path}:", base_name, document)
    if base_name in chain:
        raise UserError(
            f"{path}: bases in a circle: {' -> '.join((*chain, base_name))}; "
            "one of them must state its model and all its parameters itself"
        )
    base = _with_base(base_name, document, path, chain)
    without = entry.get("without", ())
    for parameter in without:
        if parameter not in base["parameters"]:
            raise unknown(
                f"parameter in `without` of {name!r} in {path}:", parameter, base["parameters"]
            )
    inherited = {key: value for key, value in base["parameters"].items() if key not in without}
    return {**base, **entry, "parameters": inherited | entry.get("parameters", {})}
