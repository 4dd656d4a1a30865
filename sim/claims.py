"""What the papers state, line by line: sim/accelerators/*/claims.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from sim.declared import data_file, data_files
from sim.documents import checked_yaml
from sim.errors import UserError

SCHEMA = data_file("sim/schemas/claims.schema.json")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One published statement, and the rules by which it is judged.

    Attributes:
        id, system, metric, subject, comparator: what is stated, of what, over what.
        network: the networks as the paper says them.
        unit: of `low` and `high`.
        low, high: bounds of the stated value; `high` is None where the paper says "more than low".
        condition, source: under which circumstances, and where it was read.
        neutral: the value that means no gain: 1 for a ratio, 0 for a saving; None for an absolute
            quantity such as images per second, which has no direction.
        networks: networks of this project that the paper names; only on them, at the paper's size,
            can the claim be reproduced.
        standing: why no value obtained here can decide the claim; None where one can.
        why: the reason for the standing, in a sentence.
        needs_trained_weights: whether modelled zeros decide nothing.
        primary: the one setting by which the claim is judged; all others are a band around it.
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
    neutral: float | None
    networks: tuple[str, ...]
    standing: str | None = None
    why: str = ""
    needs_trained_weights: bool = False
    primary: Mapping[str, str | int] = field(default_factory=dict)


@cache
def claims() -> Mapping[str, Claim]:
    """All claims by id, folder by folder.

    Raises:
        UserError: a claims.yaml is no YAML or breaks the schema, or an id occurs twice.
    """
    by_id: dict[str, Claim] = {}
    for path in data_files("sim/accelerators/*/claims.yaml"):
        for entry in checked_yaml(path, SCHEMA):
            if entry["id"] in by_id:
                raise UserError(f"{path}: claim {entry['id']!r} exists already")
            by_id[entry["id"]] = Claim(**{**entry, "networks": tuple(entry["networks"])})
    return by_id
