"""What an accelerator is made of, and what its counted events cost on the basis of components.

A design's folder declares it in a module `inventory` with a function
`inventory(accelerator, library) -> Inventory`. Models stay as they are: the prices below translate
the memories and actions that their events name.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.accelerator import Accelerator
from sim.components.cells import Estimate, Library
from sim.components.table import Cost
from sim.errors import UserError
from sim.events import Access
from sim.plugins import import_part
from sim.validation import require_finite

Group = Literal["memory", "buffer", "mac", "register", "selection"]
GROUPS: tuple[Group, ...] = ("memory", "buffer", "mac", "register", "selection")
"""Shared memories, stores inside PEs, arithmetic, registers, and all that skipping zeros adds."""


@dataclass(frozen=True)
class Part:
    """A number of equal parts of a design.

    Attributes:
        name: in words.
        group: what it counts to.
        count: how many there are.
        cost: of one of them.
        published: what a paper says of them instead, with its source; "" = nothing at hand.
    """

    name: str
    group: Group
    count: int
    cost: Cost
    published: str = ""


@dataclass(frozen=True)
class Price:
    """Energy of one counted event.

    Attributes:
        component: what the energy is booked under, as in the mixed entries ("sram", "mac", ...).
        read_pj: of one byte read, or of one action.
        write_pj: of one byte written; None = as `read_pj`.
    """

    component: str
    read_pj: float
    write_pj: float | None = None

    def of(self, direction: str) -> float:
        """Energy of one event in this direction, in pJ."""
        if direction == "write" and self.write_pj is not None:
            return self.write_pj
        return self.read_pj


def per_byte(component: str, memory: Cost, width_bits: int) -> Price:
    """Price of a byte of a memory accessed `width_bits` at a time, booked as `component`."""
    bytes_per_access = width_bits / 8
    return Price(component, memory.read_pj / bytes_per_access, memory.write_pj / bytes_per_access)


@dataclass(frozen=True)
class Inventory:
    """The parts of a design and the prices of its events.

    Attributes:
        parts: all of them.
        memories: prices of a byte, by the memory's name or level ("sram", "spad"), with an operand
            after a dot where it matters: "spad_128b", "sram.weight", "spad.psum", "sram".
        actions: prices of an action by its name.
    """

    parts: tuple[Part, ...]
    memories: Mapping[str, tuple[Price, ...]]
    actions: Mapping[str, tuple[Price, ...]] = field(default_factory=dict)

    def memory_prices(self, access: Access) -> tuple[Price, ...]:
        """What a byte of an access costs: the memory, and what the byte passes besides.

        Raises:
            UserError: nothing in the inventory stands for that memory.
        """
        level = access.memory.split("_")[0]
        names = (access.memory, f"{level}.{access.operand}", level)
        for name in names:
            if name in self.memories:
                return self.memories[name]
        raise UserError(
            f"no component stands for memory {access.memory!r} ({access.operand}); there is: "
            f"{', '.join(self.memories)}"
        )

    def action_prices(self, name: str) -> tuple[Price, ...]:
        """What an action costs, booked under one component or several.

        Raises:
            UserError: nothing in the inventory stands for it.
        """
        if name not in self.actions:
            raise UserError(
                f"no component stands for action {name!r}; there is: {', '.join(self.actions)}"
            )
        return self.actions[name]


def _module(accelerator: Accelerator) -> str:
    return type(accelerator).__module__.rpartition(".")[0] + ".inventory"


def has_inventory(accelerator: Accelerator) -> bool:
    """Whether the accelerator's folder says what it is made of, so that it has a price at all."""
    name = _module(accelerator)
    return not name.startswith(".") and importlib.util.find_spec(name) is not None


def inventory(accelerator: Accelerator, parts: Library) -> Inventory:
    """What an accelerator is made of.

    Raises:
        UserError: its folder declares no inventory.
    """
    name = _module(accelerator)
    if not has_inventory(accelerator):
        raise UserError(
            f"{type(accelerator).__name__} has no inventory of components, so no energy or area on "
            f"that basis: {name.replace('.', '/')}.py would declare it"
        )
    declare = getattr(import_part(name), "inventory", None)
    if declare is None:
        raise UserError(f"{name} has no function inventory(accelerator, library)")
    made: Inventory = declare(accelerator, parts)
    return made


@dataclass(frozen=True)
class Area:
    """Size and standby power of a design at a node.

    Attributes:
        mm2: square millimetres by group.
        leakage_mw: milliwatts by group.
    """

    mm2: Mapping[str, float]
    leakage_mw: Mapping[str, float]

    @property
    def total_mm2(self) -> float:
        """Area of all groups together."""
        return sum(self.mm2.values())

    @property
    def total_leakage_mw(self) -> float:
        """Leakage of all groups together."""
        return sum(self.leakage_mw.values())

    def leakage_pj(self, cycles: int, frequency_mhz: float) -> float:
        """Energy that leaks while so many cycles pass, in pJ."""
        require_finite(frequency_mhz=frequency_mhz)
        return self.total_leakage_mw * cycles / frequency_mhz * 1000


def area(accelerator: Accelerator, node_nm: int, estimate: Estimate = "basis") -> Area:
    """Area and leakage of an accelerator's counted parts.

    Wires, clock trees, control and pads are not counted.

    Raises:
        UserError: unknown node, or the accelerator declares no inventory.
    """
    made_of = inventory(accelerator, Library(node_nm, estimate))
    mm2 = dict.fromkeys(map(str, GROUPS), 0.0)
    leakage_mw = dict(mm2)
    for part in made_of.parts:
        mm2[part.group] += part.count * part.cost.area_um2 * 1e-6
        leakage_mw[part.group] += part.count * part.cost.leakage_uw * 1e-3
    return Area(mm2, leakage_mw)
