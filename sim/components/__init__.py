"""One basis for energy, area and leakage: components of a published library, as committed tables.

`Library(node_nm)` looks components up, `inventory(accelerator, library)` lists what a design is
made of and what its counted events cost, `area(accelerator, node_nm)` sums it up. The tables come
from `make technology`; the simulator reads them and never imports what they were made with.
"""

from sim.components.basis import BASES, COMPONENTS, MIXED, EnergyBasis, energy_basis, energy_pj
from sim.components.cells import Library
from sim.components.efficiency import Efficiency, efficiency
from sim.components.inventories import (
    Area,
    Inventory,
    Part,
    Price,
    area,
    has_inventory,
    inventory,
)
from sim.components.table import Component, Cost, components

__all__ = [
    "BASES",
    "COMPONENTS",
    "MIXED",
    "Area",
    "Component",
    "Cost",
    "Efficiency",
    "EnergyBasis",
    "Inventory",
    "Library",
    "Part",
    "Price",
    "area",
    "components",
    "efficiency",
    "energy_basis",
    "energy_pj",
    "has_inventory",
    "inventory",
]
