"""What the papers state, line by line: sim/accelerators/*/claims.yaml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from sim.errors import UserError
from sim.registry import ACCELERATORS

SCHEMA = Path(__file__).parent / "schemas" / "claims.schema.json"


@dataclass(frozen=True)
class Claim:
    """One published statement.

    `low` and `high` bound the stated value; `high` is None where the paper says "more than low".
    `condition` and `source` say under which circumstances, and where it was read.
    """

    id: str
    system: str
    metric: str
    subject: str
    comparator: str
    network: str
    unit: str
    low: float
    high: float | None
    condition: str
    source: str


def _read(path: Path) -> list[dict[str, Any]]:
    entries = yaml.safe_load(path.read_text()) or []
    try:
        jsonschema.validate(entries, json.loads(SCHEMA.read_text()))
    except jsonschema.ValidationError as error:
        raise UserError(f"{path}: {error.json_path}: {error.message}") from error
    return list(entries)


@cache
def claims() -> Mapping[str, Claim]:
    """All claims by id, folder by folder.

    Raises:
        UserError: a claims.yaml breaks the schema, or an id occurs twice.
    """
    found: dict[str, Claim] = {}
    for path in sorted(ACCELERATORS.glob("*/claims.yaml")):
        for entry in _read(path):
            if entry["id"] in found:
                raise UserError(f"{path}: claim {entry['id']!r} exists already")
            found[entry["id"]] = Claim(**entry)
    return found
