"""Phantom-2D, a reconstruction, against every baseline, and every design against the dense arrays.

All run the same magnitude-pruned network. `speedup_equal_multipliers`, `headroom` and `utilisation`
are of runs at the same size, the smallest of the common footing (about 1024 multipliers), with its
DRAM and buffers: nothing is scaled from one size to another, because a small array is filled better
by a small map. Designs of 1008 multipliers beside 1024 are compared per multiplier-cycle. Networks
and designs that the footing does not run have none of the three. `speedup_as_configured` compares
cycles of the designs in their own sizes, the energies likewise. `headroom` is the most that any
design which skips the zeros of both operands could gain over this baseline. The row `mean` of a
suite is the geometric mean over its networks.
"""

import pandas as pd

from sim.footing import footing
from workflow.tabling.means import geometric_means
from workflow.tabling.pricing import JUDGED, Pricing, priced_command
from workflow.tabling.shared import ENERGIES, layer_views, totals
from workflow.tabling.versus import CASE

NODE_NM = 45
SUBJECT = "phantom_2d"
DENSE = ("dense_ideal", "dense_mapped")
PAIR = ["suite", "network", "activation_source", "layers", "accelerator", "baseline"]
AT_ONE_SIZE = ["speedup_equal_multipliers", "headroom", "utilisation"]
NUMBERS = [
    "speedup_equal_multipliers",
    "speedup_as_configured",
    "headroom",
    "two_sided_bound",
    "utilisation",
    "energy_reduction",
    "energy_without_dram_reduction",
]


def _costs(events: pd.DataFrame, pricing: Pricing | None = None) -> pd.DataFrame:
    """One row per run, accelerator and view: what the comparison divides; energies if priced."""
    keys = [*CASE, "scheme", "accelerator"]
    total = totals(layer_views(events), keys)
    table = total[keys].copy()
    table["cycles"] = total["cycles"] / total["images"]
    table["slots"] = table["cycles"] * total["multipliers"]
    if pricing is not None:
        table[["energy", "energy_without_dram"]] = pricing.per_image_pj(total, NODE_NM)[ENERGIES]
    table["utilisation"] = total["effectual_macs"] / (total["cycles"] * total["multipliers"])
    table["two_sided_bound"] = total["dense_macs"] / total["effectual_macs"]
    return table


def _gains(costs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a design and a baseline on the same run; every gain is baseline / accelerator."""
    pairs = costs.merge(
        costs.drop(columns="two_sided_bound").rename(columns={"accelerator": "baseline"}),
        on=[*CASE, "scheme"],
        suffixes=("", "_of_baseline"),
    )
    against_dense = pairs["baseline"].isin(DENSE) & ~pairs["accelerator"].isin(DENSE)
    of_subject = (pairs["accelerator"] == SUBJECT) & (pairs["baseline"] != SUBJECT)
    return pairs[against_dense | of_subject].copy()


def _as_configured(events: pd.DataFrame, pricing: Pricing) -> pd.DataFrame:
    pairs = _gains(_costs(events, pricing))
    pairs["speedup_as_configured"] = pairs["cycles_of_baseline"] / pairs["cycles"]
    for cost in ("energy", "energy_without_dram"):
        pairs[f"{cost}_reduction"] = pairs[f"{cost}_of_baseline"] / pairs[cost]
    return pairs


def _at_one_size(events: pd.DataFrame) -> pd.DataFrame:
    """What compares runs of (nearly) the same number of multipliers; empty without such runs."""
    if events.empty:
        return pd.DataFrame(columns=[*PAIR, *AT_ONE_SIZE])
    pairs = _gains(_costs(events))
    pairs["speedup_equal_multipliers"] = pairs["slots_of_baseline"] / pairs["slots"]
    pairs["headroom"] = 1 / pairs["utilisation_of_baseline"]
    return pairs[[*PAIR, *AT_ONE_SIZE]]


def phantom(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """Every gain is baseline / accelerator, so above 1 the accelerator is better.

    Args:
        events: rows of designs as configured, and rows that name a size of the common footing.
        pricing: of the energies.
    """
    named = events["footing"].fillna("") if "footing" in events else ""
    size = pd.Series(named, index=events.index, dtype="object")
    configured = _as_configured(events[size == ""], pricing).drop(columns="utilisation")
    equal = _at_one_size(events[size == footing().label(0)])
    table = configured.merge(equal, on=PAIR, how="left")[[*PAIR, *NUMBERS]]
    table = table.astype(dict.fromkeys(AT_ONE_SIZE, float))
    mean = geometric_means(table, [key for key in PAIR if key != "network"], NUMBERS)
    return (
        pd.concat([table, mean[table.columns]])
        .sort_values(["suite", "layers", "accelerator", "baseline"], kind="stable")
        .reset_index(drop=True)
    )


if __name__ == "__main__":
    priced_command(phantom, __doc__)
