"""What an FPGA board offers: sim/platforms/<name>.yaml, every number with its source."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, fields, replace
from pathlib import Path
from typing import Any

import yaml

from sim.declared import data_files
from sim.errors import UserError
from sim.validation import unknown

STATUSES = ("published", "derived", "assumed")


@dataclass(frozen=True)
class Platform:
    """Resources of one FPGA board.

    Attributes:
        dsp: multiplier blocks.
        lut: six-input look-up tables.
        bram18: block RAMs of 18 kbit.
        uram: UltraRAM blocks of 288 kbit; 0 where the family has none.
        clock_mhz: clock of the whole design.
        memory_gbit_per_s: off-chip bandwidth.

    Raises:
        UserError: a value is missing, negative, or zero where a design needs some.
    """

    name: str
    _: KW_ONLY
    dsp: int
    lut: int
    bram18: int
    uram: int
    clock_mhz: float
    memory_gbit_per_s: float

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "name":
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise UserError(
                    f"platform {self.name!r}: {field.name} is {value!r}; expected a number >= 0"
                )
            if value == 0 and field.name != "uram":
                raise UserError(f"platform {self.name!r}: {field.name} is 0; a design needs some")

    @property
    def memory_bytes_per_cycle(self) -> float:
        """Off-chip bytes that can move per clock cycle."""
        return self.memory_gbit_per_s * 1e3 / 8 / self.clock_mhz


def platforms() -> list[str]:
    """Names of the boards there are."""
    return [path.stem for path in _files()]


def platform(name: str, **overrides: Any) -> Platform:
    """A board by name, some resources overridden, e.g. `platform("u250", clock_mhz=200.0)`.

    Raises:
        UserError: no such board or resource, or an impossible value.
    """
    path = next((path for path in _files() if path.stem == name), None)
    if path is None:
        raise unknown("platform", name, platforms())
    values = {key: _value(path, key, entry) for key, entry in _resources(path).items()}
    for key in overrides:
        if key not in values:
            raise unknown(f"resource of platform {name!r}:", key, values)
    try:
        board = Platform(name, **values)
    except TypeError as error:
        raise UserError(f"{path}: {error}") from error
    return replace(board, **overrides)


def _files() -> list[Path]:
    return data_files("sim/platforms/*.yaml")


def _resources(path: Path) -> Mapping[str, Any]:
    document = yaml.safe_load(path.read_text())
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, dict):
        raise UserError(f"{path}: expected a mapping `resources`")
    return resources


def _value(path: Path, key: str, entry: Any) -> Any:
    if not isinstance(entry, dict) or not {"value", "unit", "status", "source"} <= entry.keys():
        raise UserError(f"{path}: {key} lacks one of value, unit, status, source")
    if entry["status"] not in STATUSES:
        raise UserError(f"{path}: {key}: status {entry['status']!r} is none of {STATUSES}")
    return entry["value"]
