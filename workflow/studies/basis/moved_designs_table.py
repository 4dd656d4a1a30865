"""What the basis of energy does to the order of the designs on the common footing.

Energy of each design relative to the dense array, geometric mean over the networks of a suite, with
prices of `components` of one library and with `mixed` entries: what moved when the basis changed.
`rank` 1 is the least energy; `front` marks the designs that no other beats in both speed and energy
with DRAM (LPDDR4). `without_dram` and `with_dram` say what the energy includes; leakage is in
neither.
"""

import numpy as np
import pandas as pd

from sim.components import BASES
from workflow.tabling.front import pareto_front
from workflow.tabling.shared import csv_command

CASE = ["suite", "scheme", "footing"]
DENSE = "dense_ideal"
SPEED = "tops"
KINDS = ("without_dram", "with_dram")


def basis_designs(energy_bases: pd.DataFrame) -> pd.DataFrame:
    """One row per suite, scheme, size and design.

    Args:
        energy_bases: the table of every run, size and design on either basis.
    """
    table = energy_bases.copy()
    for basis in BASES:
        on_chip = table[f"{basis}_energy_without_dram_pj_per_image"]
        table[f"{basis}_without_dram"] = on_chip
        table[f"{basis}_with_dram"] = on_chip + table["lpddr4_energy_pj_per_image"]
    columns = [f"{basis}_{kind}" for kind in KINDS for basis in BASES]
    keys = [*CASE, "accelerator"]
    logarithms = table[keys].join(table[[*columns, SPEED]].map(np.log))
    groups = logarithms.groupby(keys, sort=False)
    geometric: pd.DataFrame = groups[[*columns, SPEED]].mean().map(np.exp)
    means = geometric.reset_index()
    means.insert(len(keys), "networks", groups.size().to_numpy())
    return pd.concat([_ordered(rows, columns) for _, rows in means.groupby(CASE, sort=False)])


def _ordered(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Energies of the designs of one case over the dense array's, their ranks and fronts."""
    rows = rows.copy()
    dense = rows[rows["accelerator"] == DENSE]
    table = rows[[*CASE, "accelerator", "networks"]].copy()
    for name in columns:
        table[name] = rows[name] / (dense[name].iloc[0] if len(dense) else np.nan)
    for name in columns:
        table[f"{name}_rank"] = rows[name].rank(method="min").astype("Int64")
    for basis in BASES:
        front = pareto_front(rows, SPEED, f"{basis}_with_dram")
        table[f"{basis}_front"] = rows.index.isin(front.index)
    return table


if __name__ == "__main__":
    csv_command(basis_designs, __doc__)
