"""The committed component tables, row by row: sim/technology/components.csv and its models."""

import csv
from dataclasses import dataclass
from functools import cache

from sim.declared import data_file
from sim.errors import UserError

COMPONENTS = data_file("sim/technology/components.csv")
MODELS = data_file("sim/technology/component_models.csv")


@dataclass(frozen=True)
class Cost:
    """What one component costs; costs add up and multiply by a number of equal components.

    Attributes:
        read_pj: energy of an access, or of an operation of a part without a store, in pJ.
        write_pj: energy of a write access in pJ; 0 for what stores nothing.
        area_um2: in square micrometres.
        leakage_uw: standby power in microwatts.
    """

    read_pj: float = 0.0
    write_pj: float = 0.0
    area_um2: float = 0.0
    leakage_uw: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.read_pj + other.read_pj,
            self.write_pj + other.write_pj,
            self.area_um2 + other.area_um2,
            self.leakage_uw + other.leakage_uw,
        )

    def __mul__(self, count: float) -> "Cost":
        return Cost(
            count * self.read_pj,
            count * self.write_pj,
            count * self.area_um2,
            count * self.leakage_uw,
        )

    __rmul__ = __mul__


@dataclass(frozen=True, kw_only=True)
class Component:
    """One row of the table; a size that the kind does not have is 0.

    Attributes:
        kind: "sram", "mac", "adder", "register", "multiplexer", ...
        model: row of component_models.csv that says where the numbers come from.
        node_nm: technology node; 0 for what is off chip.
        capacity_bytes: of a memory.
        width_bits: of an access, or of the operands.
        sum_bits: of a multiply-accumulate unit's sum.
        inputs: of a multiplexer or gate.
    """

    kind: str
    model: str
    node_nm: int
    capacity_bytes: int
    width_bits: int
    sum_bits: int
    inputs: int
    cost: Cost

    @property
    def size(self) -> tuple[int, int, int, int]:
        """Capacity, width, sum width and inputs."""
        return self.capacity_bytes, self.width_bits, self.sum_bits, self.inputs


@dataclass(frozen=True)
class Model:
    """Where the numbers of some components come from and how they reach a node."""

    name: str
    package: str
    version: str
    source: str
    scaling: str


def _component(row: dict[str, str]) -> Component:
    def size(name: str) -> int:
        return int(row[name] or 0)

    def cost(name: str) -> float:
        return float(row[name] or 0)

    return Component(
        kind=row["component"],
        model=row["model"],
        node_nm=size("node_nm"),
        capacity_bytes=size("capacity_bytes"),
        width_bits=size("width_bits"),
        sum_bits=size("sum_bits"),
        inputs=size("inputs"),
        cost=Cost(cost("read_pj"), cost("write_pj"), cost("area_um2"), cost("leakage_uw")),
    )


@cache
def components() -> tuple[Component, ...]:
    """All rows of components.csv."""
    with COMPONENTS.open(newline="") as file:
        return tuple(map(_component, csv.DictReader(file)))


@cache
def models() -> dict[str, Model]:
    """The rows of component_models.csv by name."""
    with MODELS.open(newline="") as file:
        rows = csv.DictReader(file)
        return {
            row["model"]: Model(
                row["model"], row["package"], row["version"], row["source"], row["scaling"]
            )
            for row in rows
        }


@cache
def next_larger(kind: str, model: str, node_nm: int, size: tuple[int, int, int, int]) -> Component:
    """The component of exactly this size, or the next that is at least as large in every respect.

    Nothing is interpolated: capacity counts first, then width, sum width and inputs.

    Raises:
        UserError: the table has no such component as large as this at the node.
    """
    same = [row for row in components() if (row.kind, row.model) == (kind, model)]
    at_node = [row for row in same if row.node_nm in (node_nm, 0)]
    if not at_node:
        nodes = sorted({row.node_nm for row in same})
        raise UserError(
            f"no component {kind!r} of {model} at {node_nm} nm; there is: "
            f"{', '.join(map(str, nodes)) or 'no such component at any node'}"
        )
    fitting = [row for row in at_node if all(a >= b for a, b in zip(row.size, size, strict=True))]
    if not fitting:
        largest = max(at_node, key=lambda row: row.size)
        raise UserError(
            f"no component {kind!r} of (bytes, bits, sum bits, inputs) {size} at {node_nm} nm; "
            f"the largest is {largest.size}; add the size to workflow/technology/catalogue.py and "
            "run `make technology`"
        )
    return min(fitting, key=lambda row: row.size)
