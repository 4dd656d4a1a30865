"""All designs on one footing: what is changed in each, from designs.yaml, and the designs built."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.accelerator import Accelerator
from sim.declared import data_file
from sim.documents import checked_yaml
from sim.errors import UserError
from sim.registry import Value, configuration
from sim.validation import unknown

DESIGNS = data_file("sim/footing/designs.yaml")
SCHEMA = data_file("sim/schemas/footing.schema.json")
AS_CONFIGURED = "as_configured"


@dataclass(frozen=True)
class Override:
    """One parameter on the common footing: a value per size, and why."""

    values: tuple[Value, ...]
    reason: str


@dataclass(frozen=True)
class Design:
    """A design as it is compared.

    Attributes:
        name: of the configuration.
        overrides: parameter -> values in the order of `Footing.multipliers`.
        scheme: the compression that it is meant for.
        differs: what the design does not allow; empty where it allows everything.
        only_its_scheme: whether it runs under that scheme alone, as elsewhere it is the same as
            another design of the file.
    """

    name: str
    overrides: Mapping[str, Override]
    scheme: str
    differs: str
    only_its_scheme: bool

    def build(self, size: int) -> Accelerator:
        """The accelerator of the size with this index."""
        values = {name: override.values[size] for name, override in self.overrides.items()}
        return configuration(self.name).build(**values)


@dataclass(frozen=True)
class Footing:
    """The common footing and the designs brought to it, in the order of the file."""

    multipliers: tuple[int, ...]
    node_nm: int
    frequency_mhz: float
    designs: Mapping[str, Design]

    def label(self, size: int) -> str:
        """How tables call a size."""
        return f"{self.multipliers[size]}_multipliers"

    def meant_for(self, scheme: str) -> list[str]:
        """Names of the designs that are meant for a compression."""
        return [name for name, design in self.designs.items() if design.scheme == scheme]

    def run_under(self, scheme: str) -> dict[str, Design]:
        """The designs that are compared on traces of a compression, in the order of the file."""
        return {
            name: design
            for name, design in self.designs.items()
            if scheme == design.scheme or not design.only_its_scheme
        }

    def present(self, names: Iterable[str]) -> list[str]:
        """Designs of the footing that are among some names, in the order of the file."""
        some = set(names)
        return [name for name in self.designs if name in some]

    def design(self, name: str) -> Design:
        """One design; UserError lists what there is."""
        if name not in self.designs:
            raise unknown("design in sim/footing/designs.yaml:", name, self.designs)
        return self.designs[name]


@cache
def footing(path: Path = DESIGNS) -> Footing:
    """Read and check the file.

    Raises:
        UserError: no YAML, against the schema, an unknown design or parameter, or another number
            of values than sizes.
    """
    document = checked_yaml(path, SCHEMA)
    sizes = tuple(document["multipliers"])
    common = _overrides(document["common"], len(sizes), f"{path}: common")
    designs = {
        name: _design(name, entry, common, len(sizes), path)
        for name, entry in document["designs"].items()
    }
    return Footing(sizes, document["node_nm"], document["frequency_mhz"], designs)


def _design(
    name: str, entry: Mapping[str, Any], common: Mapping[str, Override], sizes: int, path: Path
) -> Design:
    known = configuration(name).parameters
    overrides = _overrides(entry["overrides"], sizes, f"{path}: {name}")
    for parameter in overrides:
        if parameter not in known:
            raise unknown(f"parameter of {name!r} in {path.name}:", parameter, known)
    taken = {parameter: value for parameter, value in common.items() if parameter in known}
    return Design(
        name,
        taken | overrides,
        entry["scheme"],
        entry.get("differs", ""),
        entry.get("only_its_scheme", False),
    )


def _overrides(entries: Mapping[str, Any], sizes: int, where: str) -> dict[str, Override]:
    overrides = {}
    for name, entry in entries.items():
        value = entry["value"]
        values = tuple(value) if isinstance(value, list) else (value,) * sizes
        if len(values) != sizes:
            raise UserError(f"{where}: {name} has {len(values)} values; expected 1 or {sizes}")
        overrides[name] = Override(values, entry["reason"])
    return overrides
