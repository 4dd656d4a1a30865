"""Energy = counted events x the energy of one event in a technology node."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import yaml

from sim.declared import data_file
from sim.errors import UserError
from sim.events import Events
from sim.validation import unknown

ENTRIES = data_file("sim/technology/entries.yaml")
NODES = data_file("sim/technology/nodes.yaml")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Energy of one event: `per` says of what ("operation", "bit" or "byte")."""

    energy_pj: float
    per: Literal["operation", "bit", "byte"]
    component: str
    scales: Literal["logic", "sram", "none"]
    status: Literal["published", "derived", "assumed"]
    source: str
    sweep: tuple[float, ...] = ()


@dataclass(frozen=True)
class Technology:
    """Energy per event at one node.

    Attributes:
        node_nm: 16, 45 or 65.
        entries: by name, already scaled to the node.
    """

    node_nm: int
    entries: Mapping[str, Entry]

    def entry(self, name: str) -> Entry:
        """One entry; UserError lists what there is."""
        if name not in self.entries:
            raise unknown("technology entry", name, self.entries)
        return self.entries[name]

    def energy_pj(self, events: Events) -> dict[str, float]:
        """Energy of the events by component, e.g. {"mac": ..., "sram": ..., "dram": ...}, in pJ."""
        counts: list[tuple[str, float]] = list(events.actions.items())
        counts += [(access.memory, count) for access, count in events.traffic_bytes.items()]
        total: dict[str, float] = {}
        for name, count in counts:
            entry = self.entry(name)
            total[entry.component] = total.get(entry.component, 0.0) + count * entry.energy_pj
        return total


@cache
def _entries() -> dict[str, Entry]:
    tables = yaml.safe_load(ENTRIES.read_text())
    return {
        name: Entry(**{**fields, "sweep": tuple(fields.get("sweep", ()))})
        for name, fields in tables.items()
    }


def logic_scale(node_nm: int) -> float:
    """Energy of logic at a node relative to the node of entries.yaml (Stillmaker & Baas 2017)."""
    table = yaml.safe_load(NODES.read_text())
    nodes = table["nodes"]
    if node_nm not in nodes:
        known = ", ".join(map(str, nodes))
        raise UserError(f"unknown technology node {node_nm!r} nm; there is: {known}")

    def factor(node: Mapping[str, float]) -> float:
        volts = node["supply_v"]
        return node["a"] * volts**2 + node["b"] * volts + node["c"]

    return factor(nodes[node_nm]) / factor(nodes[table["reference_node_nm"]])


def technology(node_nm: int, **energy_pj_at_45nm: float) -> Technology:
    """The technology table at a node, some 45 nm entries overridden by keyword.

    Raises:
        UserError: unknown node or entry, or a negative energy.
    """
    entries = dict(_entries())
    for name, value in energy_pj_at_45nm.items():
        if name not in entries:
            raise unknown("technology entry", name, entries)
        if not isinstance(value, int | float) or not value >= 0:
            raise UserError(f"technology entry {name!r} is {value!r} pJ; expected at least 0")
        entries[name] = replace(entries[name], energy_pj=value)
    scale = logic_scale(node_nm)
    scaled = {
        name: entry if entry.scales == "none" else replace(entry, energy_pj=entry.energy_pj * scale)
        for name, entry in entries.items()
    }
    return Technology(node_nm, scaled)
