"""Two bases of energy: components of one library, and the older entries from mixed sources.

Both answer the same two questions, what a byte at a memory costs and what an action costs, booked
under names such as "mac", "sram", "dram" or "sparsity_logic". "mixed" is entries.yaml beside the
component tables; it gives the same price to every design and no area. "components" asks what the
accelerator at hand is made of.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sim.accelerator import Accelerator
from sim.components.cells import Estimate, Library
from sim.components.inventories import Inventory, Price, inventory
from sim.energy import Technology, technology
from sim.events import Access, Events
from sim.validation import require_choice

COMPONENTS, MIXED = "components", "mixed"
BASES = (COMPONENTS, MIXED)
"""The basis that tables and claims are judged by comes first; the other is its alternative."""
LPDDR4 = "lpddr4"


class Charge(NamedTuple):
    """Energy of one event in pJ, and what it is booked under."""

    component: str
    energy_pj: float


class EnergyBasis(Protocol):
    """Prices of all that the events of an accelerator count."""

    def of_byte(self, access: Access) -> tuple[Charge, ...]:
        """What a byte of an access costs; UserError names a memory without a price."""
        ...

    def of_action(self, name: str) -> tuple[Charge, ...]:
        """What an action costs; UserError names an action without a price."""
        ...


def _charges(prices: tuple[Price, ...], direction: str) -> tuple[Charge, ...]:
    return tuple(Charge(price.component, price.of(direction)) for price in prices)


@dataclass(frozen=True)
class ComponentBasis:
    """Prices by the inventory of one accelerator.

    Attributes:
        made_of: what the accelerator consists of.
        dram_pj_per_byte: of the kind of DRAM that was asked for.
    """

    made_of: Inventory
    dram_pj_per_byte: float

    def of_byte(self, access: Access) -> tuple[Charge, ...]:
        """What a byte of an access costs, and what it passes on its way."""
        if access.memory == "dram":
            return (Charge("dram", self.dram_pj_per_byte),)
        return _charges(self.made_of.memory_prices(access), access.direction)

    def of_action(self, name: str) -> tuple[Charge, ...]:
        """What an action costs, one charge for each component that takes part."""
        return _charges(self.made_of.action_prices(name), "read")


@dataclass(frozen=True)
class MixedBasis:
    """Prices by the mixed entries, the same for every accelerator."""

    entries: Technology

    def of_byte(self, access: Access) -> tuple[Charge, ...]:
        """The entry of the memory's name."""
        return self.of_action(access.memory)

    def of_action(self, name: str) -> tuple[Charge, ...]:
        """The entry of that name."""
        entry = self.entries.entry(name)
        return (Charge(entry.component, entry.energy_pj),)


def energy_basis(
    name: str,
    accelerator: Accelerator,
    node_nm: int,
    *,
    dram: str = LPDDR4,
    estimate: Estimate = "basis",
) -> EnergyBasis:
    """The prices of an accelerator's events.

    Args:
        name: "mixed" or "components".
        accelerator: whose events they are.
        node_nm: 16, 45 or 65; "components" knows 22 and 32 too.
        dram: "lpddr4", "ddr3", "hbm2" or "hbm3".
        estimate: "low", "basis" or "high" end of the band of selection logic; "mixed" has no band.

    Raises:
        UserError: unknown basis, node or DRAM, or no inventory for that accelerator.
    """
    require_choice("energy basis", name, BASES)
    if name == "mixed":
        return MixedBasis(mixed_entries(node_nm, dram))
    parts = Library(node_nm, estimate)
    return ComponentBasis(inventory(accelerator, parts), parts.dram_pj_per_byte(dram))


def mixed_entries(node_nm: int, dram: str = LPDDR4, **energy_pj_at_45nm: float) -> Technology:
    """The mixed entries at a node, for a kind of DRAM, some of them overridden by keyword.

    Raises:
        UserError: unknown node or DRAM.
    """
    pj_per_byte = Library(node_nm).dram_pj_per_byte(dram)
    changed = {} if dram == LPDDR4 else {"dram": pj_per_byte}
    return technology(node_nm, **(changed | energy_pj_at_45nm))


def energy_pj(events: Events, basis: EnergyBasis) -> dict[str, float]:
    """Energy of the events by component, in pJ; what leaks is not in it (`Area.leakage_pj`)."""
    total: dict[str, float] = {}
    counted = [(basis.of_byte(access), count) for access, count in events.traffic_bytes.items()]
    charged = [(basis.of_action(name), count) for name, count in events.actions.items()]
    for charges, count in [*counted, *charged]:
        for charge in charges:
            energy = count * charge.energy_pj
            total[charge.component] = total.get(charge.component, 0.0) + energy
    return total
