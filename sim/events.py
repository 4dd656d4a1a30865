"""What one layer costs on one accelerator: the only thing a model returns."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal, NamedTuple, Self, TypeVar

from sim.causes import Cause

Operand = Literal["weight", "activation", "output", "psum", "metadata"]
Direction = Literal["read", "write"]


class Access(NamedTuple):
    """Which bytes moved: `memory` is an entry of the technology table ("dram", "sram_512kib")."""

    memory: str
    operand: Operand
    direction: Direction


Key = TypeVar("Key")
Count = TypeVar("Count", int, float)


def _add(left: Mapping[Key, Count], right: Mapping[Key, Count]) -> dict[Key, Count]:
    """Add counts key by key; what only one side has counts as 0 on the other."""
    return {key: left.get(key, 0) + right.get(key, 0) for key in {**left, **right}}


@dataclass(frozen=True)
class Events:
    """Costs of one layer (or, added up, of several), totals over all images of the trace.

    Attributes:
        cycles: clock cycles from the first operand to the last result.
        dense_macs: multiplications if nothing were skipped.
        effectual_macs: multiplications whose two operands are both nonzero.
        multipliers: multipliers of the accelerator, the same for all layers that are added.
        idle_multiplier_cycles: by cause, the multiplier-cycles that did no effectual
            multiplication; they sum to `multipliers * cycles - effectual_macs`. The text of a
            cause does for the cause itself.
        traffic_bytes: bytes moved, by memory, operand and direction.
        actions: counts of what costs energy apart from memory traffic, by technology entry.

    Raises:
        UserError: a cause that sim/causes.py does not know.
        ValueError: the idle causes do not add up, or a count is negative. Both are defects of a
            model, never of its input.
    """

    cycles: int
    dense_macs: int
    effectual_macs: int
    multipliers: int
    idle_multiplier_cycles: Mapping[Cause, int] = field(default_factory=dict)
    _: KW_ONLY
    traffic_bytes: Mapping[Access, int] = field(default_factory=dict)
    actions: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for cause in self.idle_multiplier_cycles:
            if not isinstance(cause, Cause):
                Cause.named(cause)
        idle = self.multipliers * self.cycles - self.effectual_macs
        if sum(self.idle_multiplier_cycles.values()) != idle:
            raise ValueError(f"idle causes {self.idle_multiplier_cycles} do not add up to {idle}")
        counts = (self.idle_multiplier_cycles, self.traffic_bytes, self.actions)
        negative = [key for table in counts for key, value in table.items() if value < 0]
        if negative or self.cycles < 0:
            raise ValueError(f"negative counts: {negative or self.cycles}")

    def __add__(self, other: Self) -> "Events":
        if other.multipliers != self.multipliers:
            raise ValueError("events of accelerators with different multipliers do not add")
        return Events(
            cycles=self.cycles + other.cycles,
            dense_macs=self.dense_macs + other.dense_macs,
            effectual_macs=self.effectual_macs + other.effectual_macs,
            multipliers=self.multipliers,
            idle_multiplier_cycles=_add(self.idle_multiplier_cycles, other.idle_multiplier_cycles),
            traffic_bytes=_add(self.traffic_bytes, other.traffic_bytes),
            actions=_add(self.actions, other.actions),
        )

    def bytes_moved(self, memory: str, direction: str | None = None) -> int:
        """Bytes read and/or written at one memory."""
        return sum(
            count
            for access, count in self.traffic_bytes.items()
            if access.memory == memory and direction in (None, access.direction)
        )

    @property
    def dram_bytes(self) -> int:
        """Bytes read from and written to DRAM."""
        return self.bytes_moved("dram")

    @property
    def utilisation(self) -> float:
        """Effectual multiplications per multiplier-cycle, 0 to 1."""
        slots = self.multipliers * self.cycles
        return self.effectual_macs / slots if slots else 0.0
