"""What the basis of energy does to every design on the common footing, and the figures per watt.

`mixed` are entries from several sources, `components` those of one published library, with the ends
of the band of selection logic; `rank` orders the designs of one network and size by on-chip energy
on either, 1 is the least. Beside them leakage, four kinds of DRAM, and area. Energies are without
DRAM and leakage unless their name says so. TOPS count the operations of the dense layers, zeros
included; TOPS per watt are without DRAM, leakage included. Wires, clocks, control and pads are in
neither basis: about a third of what two chips drew is counted.
"""

from collections.abc import Mapping
from typing import TypeVar

import pandas as pd

from sim import Accelerator, Events
from sim.causes import Cause
from sim.components import Area, area, efficiency, energy_basis, energy_pj, has_inventory
from sim.components.cells import DRAM_KINDS, ESTIMATES
from sim.declared import data_files, modules_by_name
from sim.footing import Footing, footing
from workflow.event_columns import action_columns, idle_columns, traffic_columns
from workflow.tabling.shared import BY_FOOTING, RUN, events_command, totals

Key = TypeVar("Key")
Count = TypeVar("Count", int, float)
data_files("sim/accelerators/*/configs.yaml")
modules_by_name("sim.accelerators.*.model", "sim.accelerators.*.inventory")


def row_events(row: Mapping[str, float]) -> Events:
    """The events that a row of an event table holds, be it of one layer or of several."""
    idle = {Cause.named(cause): round(row[column]) for column, cause in idle_columns(row).items()}
    traffic = {access: round(row[column]) for column, access in traffic_columns(row).items()}
    actions = {name: row[column] for column, name in action_columns(row).items()}
    return Events(
        cycles=round(row["cycles"]),
        dense_macs=round(row["dense_macs"]),
        effectual_macs=round(row["effectual_macs"]),
        multipliers=round(row["multipliers"]),
        idle_multiplier_cycles=_present(idle),
        traffic_bytes=_present(traffic),
        actions=_present(actions),
    )


def _present(counts: Mapping[Key, Count]) -> dict[Key, Count]:
    return {key: count for key, count in counts.items() if count}


def energy_bases(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, size and design."""
    common = footing()
    known = events[events["footing"].isin(map(common.label, range(len(common.multipliers))))]
    total = totals(known, BY_FOOTING)
    built = {
        (name, common.label(size)): design.build(size)
        for name, design in common.designs.items()
        for size in range(len(common.multipliers))
    }
    built = {key: design for key, design in built.items() if has_inventory(design)}
    sizes = {key: area(design, common.node_nm) for key, design in built.items()}
    rows = []
    counts = total.drop(columns=BY_FOOTING).columns
    for record in total.to_dict("records"):
        key = record["accelerator"], record["footing"]
        if key not in built:
            continue  # nobody has said what it is made of
        counted = row_events({name: record[name] for name in counts})
        costs = _costs(counted, built[key], sizes[key], common)
        per_image = {
            name: value / record["images"] if name.endswith("_per_image") else value
            for name, value in costs.items()
        }
        rows.append({name: record[name] for name in [*BY_FOOTING, "multipliers"]} | per_image)
    return _ranked(pd.DataFrame(rows)).sort_values(BY_FOOTING, kind="stable", ignore_index=True)


def _costs(counted: Events, design: Accelerator, size: Area, common: Footing) -> dict[str, float]:
    """Energies of all images together, and what is per second, watt or area."""
    node_nm, frequency_mhz = common.node_nm, common.frequency_mhz
    mixed = energy_pj(counted, energy_basis("mixed", design, node_nm))
    row = {"mixed_energy_without_dram_pj_per_image": _on_chip(mixed)}
    for estimate in ESTIMATES:
        basis = energy_basis("components", design, node_nm, estimate=estimate)
        end = "" if estimate == "basis" else f"_{estimate}"
        name = f"components{end}_energy_without_dram_pj_per_image"
        row[name] = _on_chip(energy_pj(counted, basis))
    row["leakage_pj_per_image"] = size.leakage_pj(counted.cycles, frequency_mhz)
    for kind in DRAM_KINDS:
        basis = energy_basis("components", design, node_nm, dram=kind)
        row[f"{kind}_energy_pj_per_image"] = energy_pj(counted, basis).get("dram", 0.0)
    reached = efficiency(counted, design, node_nm, frequency_mhz)
    return row | {
        "area_mm2": size.total_mm2,
        "selection_mm2": size.mm2["selection"],
        "tops": reached.tops,
        "tops_per_w": reached.tops_per_w,
        "tops_per_mm2": reached.tops_per_mm2,
    }


def _on_chip(energy: Mapping[str, float]) -> float:
    return sum(value for component, value in energy.items() if component != "dram")


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Add the ratio of both bases, and the rank of each design on either."""
    mixed = "mixed_energy_without_dram_pj_per_image"
    components = "components_energy_without_dram_pj_per_image"
    table["components_over_mixed"] = table[components] / table[mixed]
    among = table.groupby([*RUN, "footing"], sort=False)
    for name, energy in (("mixed", mixed), ("components", components)):
        table[f"{name}_rank"] = among[energy].rank(method="min").astype(int)
    return table


if __name__ == "__main__":
    events_command(energy_bases, __doc__)
