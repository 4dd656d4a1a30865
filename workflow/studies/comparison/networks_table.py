"""Totals per image for every network, scheme and accelerator.

`speedup_over_dense_ideal` is against a dense array with the same number of multipliers and full
utilisation; `two_sided_bound` is dense over effectual multiplications. Energies have the prices of
`basis`; empty: the design does not say what it is made of.
"""

from collections.abc import Sequence
from typing import get_args

import pandas as pd

from sim.events import Direction
from workflow.event_columns import dram_columns, on_chip_columns
from workflow.tabling.pricing import JUDGED, Pricing, nodes_command
from workflow.tabling.shared import (
    BY_VIEW,
    ENERGIES,
    layer_views,
    totals,
)


def networks(
    events: pd.DataFrame,
    nodes_nm: list[int],
    pricing: Pricing = JUDGED,
    keys: Sequence[str] = BY_VIEW,
) -> pd.DataFrame:
    """One row per run, accelerator and view of the layers, or per other `keys`.

    `speedup_over_dense_ideal` divides the dense multiplications by multipliers x cycles, i.e. by
    what a fully used dense array of the same size would need; `two_sided_bound` is the most that
    any design which skips zeros of both operands can reach.
    """
    total = totals(layer_views(events), keys)
    images, slots = total["images"], total["multipliers"] * total["cycles"]
    table = total[[*keys, "images", "multipliers"]].copy()
    table["cycles_per_image"] = total["cycles"] / images
    table["dense_macs_per_image"] = total["dense_macs"] / images
    table["effectual_macs_per_image"] = total["effectual_macs"] / images
    table["speedup_over_dense_ideal"] = total["dense_macs"] / slots
    table["two_sided_bound"] = total["dense_macs"] / total["effectual_macs"]
    table["utilisation"] = total["effectual_macs"] / slots
    for direction in get_args(Direction):
        columns = dram_columns(total.columns, direction)
        table[f"dram_{direction}_bytes_per_image"] = total[columns].sum(axis=1) / images
    on_chip = on_chip_columns(total.columns)
    table["on_chip_bytes_per_image"] = total[on_chip].sum(axis=1) / images
    table["basis"] = pricing.basis
    for node in nodes_nm:
        names = [name.replace("_pj", f"_{node}nm_pj") for name in ENERGIES]
        table[names] = pricing.per_image_pj(total, node)
    return table


if __name__ == "__main__":
    nodes_command(networks, __doc__)
