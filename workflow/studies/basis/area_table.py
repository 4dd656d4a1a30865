"""What each design is made of on the common footing: parts, area and leakage on one basis.

Part by part, the number, the area with its band, and the leakage, from components of one published
library (`sim/components`) at the node of the footing. Selection logic is what skipping zeros adds;
its cells have a band. Wires, clock trees, control and pads are not counted. `published` is what a
paper says of the part, where anything is at hand.
"""

import argparse
from pathlib import Path

import pandas as pd

from sim.components import Library, has_inventory, inventory
from sim.components.cells import ESTIMATES
from sim.declared import data_files, modules_by_name
from sim.footing import Footing, footing
from workflow.cli import run
from workflow.tabling.shared import write_table

data_files("sim/accelerators/*/configs.yaml")
modules_by_name("sim.accelerators.*.model", "sim.accelerators.*.inventory")


def component_area(common: Footing) -> pd.DataFrame:
    """One row per part of every design and size."""
    rows = []
    for name, design in common.designs.items():
        for size in range(len(common.multipliers)):
            built = design.build(size)
            if not has_inventory(built):
                continue  # nobody has said what it is made of
            listed = [inventory(built, Library(common.node_nm, e)).parts for e in ESTIMATES]
            for low, basis, high in zip(*listed, strict=True):
                rows.append(
                    {
                        "accelerator": name,
                        "footing": common.label(size),
                        "part": basis.name,
                        "group": basis.group,
                        "parts": basis.count,
                        "area_mm2": basis.count * basis.cost.area_um2 * 1e-6,
                        "area_low_mm2": low.count * low.cost.area_um2 * 1e-6,
                        "area_high_mm2": high.count * high.cost.area_um2 * 1e-6,
                        "leakage_mw": basis.count * basis.cost.leakage_uw * 1e-3,
                        "published": basis.published,
                    }
                )
    return pd.DataFrame(rows)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True)
    write_table(component_area(footing()), parser.parse_args().output)


if __name__ == "__main__":
    run(main)
