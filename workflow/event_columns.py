"""Names of the columns of event tables, built when events are written, parsed when they are read.

`idle_<cause>_multiplier_cycles`, `<memory>_<operand>_<direction>_bytes` and `action_<name>`:
nothing else knows how these names are put together.
"""

from collections.abc import Iterable
from typing import cast, get_args

from sim.events import Access, Direction, Operand

DRAM = "dram"
REFUSED = "refused"
"""Why a design does not run a layer, where a network has such layers; else empty."""
_ACTION = "action_"
_IDLE = "idle_", "_multiplier_cycles"
_BYTES = "bytes"


def idle_column(cause: str) -> str:
    """Column of the multiplier-cycles that idle for a cause (sim/causes.py)."""
    before, after = _IDLE
    return f"{before}{cause}{after}"


def traffic_column(access: Access) -> str:
    """Column of the bytes of one operand that move in one direction at one memory."""
    return "_".join([*access, _BYTES])


def action_column(name: str) -> str:
    """Column of a counted action."""
    return _ACTION + name


def idle_columns(columns: Iterable[str]) -> dict[str, str]:
    """Cause by column, of those columns that count idle multiplier-cycles."""
    before, after = _IDLE
    return {
        column: column[len(before) : -len(after)]
        for column in columns
        if column.startswith(before)
        and column.endswith(after)
        and len(column) > len(before) + len(after)
    }


def traffic_columns(columns: Iterable[str]) -> dict[str, Access]:
    """What moves, by column, of those columns that count bytes at a memory."""
    accesses = ((column, _access(column)) for column in columns)
    return {column: access for column, access in accesses if access is not None}


def _access(column: str) -> Access | None:
    memory, *parts = column.rsplit("_", 3)  # operands and directions are single words
    if not memory or len(parts) != 3:
        return None
    operand, direction, unit = parts
    if operand in get_args(Operand) and direction in get_args(Direction) and unit == _BYTES:
        return Access(memory, cast("Operand", operand), cast("Direction", direction))
    return None


def action_columns(columns: Iterable[str]) -> dict[str, str]:
    """Name of the action by column, of those columns that count actions."""
    return {
        column: column.removeprefix(_ACTION) for column in columns if column.startswith(_ACTION)
    }


def dram_columns(columns: Iterable[str], direction: Direction | None = None) -> list[str]:
    """Columns that count bytes at DRAM, of both directions or of one."""
    return [
        column
        for column, access in traffic_columns(columns).items()
        if access.memory == DRAM and direction in (None, access.direction)
    ]


def on_chip_columns(columns: Iterable[str]) -> list[str]:
    """Columns that count bytes at any memory but DRAM."""
    return [column for column, access in traffic_columns(columns).items() if access.memory != DRAM]
