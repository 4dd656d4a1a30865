"""Every design with the same multipliers, precision, clock, DRAM bandwidth and buffers.

1024 and 2048 multipliers, INT8, 16 nm, 1 GHz, 64 GB/s of DRAM and 2.5 MiB of buffers. `footing`
names the size, or `as_configured`: the design of configs.yaml with its own parameters (its energy
at the same node, its delay at the same clock). Everything is normalised per multiplier-cycle, for
designs that miss the nominal number of multipliers; `differs` says what a design does not allow.

- `speedup_over_dense_ideal`: over a dense array of as many multipliers that never waits, so that
  `two_sided_bound` is its limit. `speedup_over_dense_array` is over the dense array on the same
  footing, which waits for DRAM too; a design with smaller operands may pass the bound there.
- `energy_reduction`: energy of that dense array over the design's.
- `effectual_macs_per_cycle` and the delays are scaled to the nominal number of multipliers.
- `selection_logic`: whether what skipping zeros takes is counted part by part; designs for which it
  is not are on no energy front.

Rows `geometric_mean` are over the networks of one suite and scheme, whose zeros have one source;
networks with products of activations, some of which not every design runs, are in none of them.
"""

import numpy as np
import pandas as pd

from sim.components import Library, has_inventory, inventory
from sim.footing import AS_CONFIGURED, Footing, footing
from workflow.event_columns import dram_columns
from workflow.tabling.pricing import JUDGED, Pricing, built, priced_command
from workflow.tabling.shared import (
    ENERGIES,
    NO_PRODUCTS,
    RUN,
    layer_views,
    totals,
    with_products,
)

VIEWS = ["all", "no_linear", NO_PRODUCTS]
POINT = [*RUN, "layers", "footing", "accelerator"]
DENSE = "dense_ideal"
MEAN = "geometric_mean"
COUNTED, NONE_NEEDED, NOT_COUNTED = "counted", "none", "not counted"
"""Whether selection logic is among a design's counted parts; `none`: it neither skips nor gates."""


def footing_table(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per run, view, size and design, and the geometric means over the networks."""
    common = footing()
    # Event files of single designs name no footing: they hold the design as configured.
    named = events.assign(footing=events["footing"].fillna(AS_CONFIGURED))
    named = named[named["accelerator"].isin(common.designs)]
    views = layer_views(named)
    table = _costs(totals(views[views["layers"].isin(VIEWS)], POINT), common, pricing)
    table = _over_dense(table)
    table["selection_logic"] = list(map(_selection_logic, table["accelerator"]))
    of_all = geometric_means(without(table, attention_networks(named)))
    table = pd.concat([table.assign(networks=1), of_all], ignore_index=True)
    table["differs"] = [
        "" if size == AS_CONFIGURED else common.design(name).differs
        for name, size in zip(table["accelerator"], table["footing"], strict=True)
    ]
    return table.sort_values(POINT, kind="stable", ignore_index=True)


def without(table: pd.DataFrame, networks: set[str]) -> pd.DataFrame:
    """The rows of all other networks."""
    return table[~table["network"].isin(networks)]


def attention_networks(events: pd.DataFrame) -> set[str]:
    """Networks with products of activations."""
    return set(events.loc[with_products(events), "network"])


def _costs(total: pd.DataFrame, common: Footing, pricing: Pricing) -> pd.DataFrame:
    nominal = total["footing"].map(
        {common.label(size): count for size, count in enumerate(common.multipliers)}
    )
    nominal = nominal.fillna(total["multipliers"])
    images, slots = total["images"], total["multipliers"] * total["cycles"]
    table = total[[*POINT, "multipliers"]].copy()
    table["cycles_per_image"] = total["cycles"] / images
    table["speedup_over_dense_ideal"] = total["dense_macs"] / slots
    table["two_sided_bound"] = total["dense_macs"] / total["effectual_macs"]
    table["utilisation"] = total["effectual_macs"] / slots
    table[ENERGIES] = pricing.per_image_pj(total, common.node_nm)
    dram = total[dram_columns(total.columns)].sum(axis=1)
    table["dram_bytes_per_image"] = dram / images
    seconds = slots / nominal / images / (common.frequency_mhz * 1e6)
    table["energy_delay_pj_s_per_image"] = table["energy_pj_per_image"] * seconds
    table["effectual_macs_per_dram_byte"] = total["effectual_macs"] / dram.where(dram > 0)
    table["effectual_macs_per_cycle"] = table["utilisation"] * nominal
    return table


def _selection_logic(name: str) -> str:
    """Whether what skipping zeros takes is part of the energy on the basis of components."""
    design = built(name)
    if not has_inventory(design):
        return NOT_COUNTED
    parts = inventory(design, Library(footing().node_nm)).parts
    return COUNTED if any(part.group == "selection" for part in parts) else NONE_NEEDED


def _over_dense(table: pd.DataFrame) -> pd.DataFrame:
    """Add the gains over the dense array of the same footing."""
    on = [key for key in POINT if key != "accelerator"]
    speed, (energy, on_chip) = "speedup_over_dense_ideal", ENERGIES
    dense = table[table["accelerator"] == DENSE].set_index(on)[[speed, energy, on_chip]]
    dense = table[on].join(dense, on=on)
    return table.assign(
        speedup_over_dense_array=table[speed] / dense[speed],
        energy_reduction=dense[energy] / table[energy],
        energy_without_dram_reduction=dense[on_chip] / table[on_chip],
    )


def geometric_means(table: pd.DataFrame) -> pd.DataFrame:
    """Geometric means over the networks of a suite under one scheme, two at least."""
    keys = [*(key for key in POINT if key != "network"), "selection_logic"]
    numbers = [c for c in table.select_dtypes("number").columns if c != "multipliers"]
    groups = table.groupby(keys, sort=True)
    logarithms = table[keys].join(table[numbers].map(np.log))
    means: pd.DataFrame = logarithms.groupby(keys)[numbers].mean().map(np.exp)
    means["multipliers"] = groups["multipliers"].first()
    means["networks"] = groups["network"].count()
    return means[means["networks"] > 1].reset_index().assign(network=MEAN)


if __name__ == "__main__":
    priced_command(footing_table, __doc__)
