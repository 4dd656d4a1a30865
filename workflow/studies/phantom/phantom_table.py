"""Phantom-2D against every baseline, and every design against the dense arrays.

Gains of Phantom-2D (a reconstruction) over each baseline and of each design over the dense arrays,
on magnitude-pruned networks. `headroom`: the most that skipping all zeros can gain over that
baseline with equal multipliers.

All run the same magnitude-pruned network. `speedup_equal_multipliers` compares multiplier-cycles,
as if all designs had the same number of multipliers at the same clock; `speedup_as_configured`
compares cycles of the designs in their own sizes. `headroom` is the most that any design which
skips the zeros of both operands could gain over this baseline with equal multipliers. The row
`mean` of a suite is the arithmetic mean over its networks.
"""

import pandas as pd

from sim import technology
from workflow.tabling.shared import energies_per_image_pj, events_command, layer_views, totals
from workflow.tabling.versus import CASE

NODE_NM = 45
SUBJECT = "phantom_2d"
DENSE = ("dense_ideal", "dense_mapped")
KEYS = ["suite", "network", "activation_source", "layers", "accelerator", "baseline"]


def _costs(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, accelerator and view: what the comparison divides."""
    keys = [*CASE, "scheme", "accelerator"]
    total = totals(layer_views(events), keys)
    table = total[keys].copy()
    table["cycles"] = total["cycles"] / total["images"]
    table["slots"] = table["cycles"] * total["multipliers"]
    energies = energies_per_image_pj(total, technology(NODE_NM))
    table[["energy", "energy_without_dram"]] = energies
    table["utilisation"] = total["effectual_macs"] / (total["cycles"] * total["multipliers"])
    table["two_sided_bound"] = total["dense_macs"] / total["effectual_macs"]
    return table


def phantom(events: pd.DataFrame) -> pd.DataFrame:
    """Every gain is baseline / accelerator, so above 1 the accelerator is better."""
    costs = _costs(events)
    pairs = costs.merge(
        costs.drop(columns="two_sided_bound").rename(columns={"accelerator": "baseline"}),
        on=[*CASE, "scheme"],
        suffixes=("", "_of_baseline"),
    )
    against_dense = pairs["baseline"].isin(DENSE) & ~pairs["accelerator"].isin(DENSE)
    of_subject = (pairs["accelerator"] == SUBJECT) & (pairs["baseline"] != SUBJECT)
    pairs = pairs[against_dense | of_subject].copy()
    pairs["speedup_equal_multipliers"] = pairs["slots_of_baseline"] / pairs["slots"]
    pairs["speedup_as_configured"] = pairs["cycles_of_baseline"] / pairs["cycles"]
    pairs["headroom"] = 1 / pairs["utilisation_of_baseline"]
    for cost in ("energy", "energy_without_dram"):
        pairs[f"{cost}_reduction"] = pairs[f"{cost}_of_baseline"] / pairs[cost]
    numbers = [
        "speedup_equal_multipliers",
        "speedup_as_configured",
        "headroom",
        "two_sided_bound",
        "utilisation",
        "energy_reduction",
        "energy_without_dram_reduction",
    ]
    table = pairs[KEYS + numbers]
    others = [key for key in KEYS if key != "network"]
    mean = table.groupby(others)[numbers].mean().reset_index().assign(network="mean")
    return (
        pd.concat([table, mean[table.columns]])
        .sort_values(["suite", "layers", "accelerator", "baseline"], kind="stable")
        .reset_index(drop=True)
    )


if __name__ == "__main__":
    events_command(phantom, __doc__)
