"""One accelerator against another over the same network: the arithmetic of every comparison."""

import pandas as pd

from sim.causes import Cause
from workflow.event_columns import dram_columns, idle_column
from workflow.tabling.pricing import Pricing
from workflow.tabling.shared import ENERGIES, layer_views, totals

CASE = ["suite", "network", "weight_source", "activation_source", "layers"]
GAINS = ["speedup", "energy_reduction", "energy_reduction_without_dram", "dram_reduction"]


def costs(events: pd.DataFrame, node_nm: int = 0, pricing: Pricing | None = None) -> pd.DataFrame:
    """Cycles, energy (if priced) and DRAM bytes per image for each run, accelerator, variant, view.

    `bound_cycles_per_image` is what the multipliers need if they do effectual work alone,
    `fill_cycles_per_image` what a systolic array waits for its first and last operands.
    """
    keys = [*CASE, "scheme", "accelerator"] + (["variant"] if "variant" in events else [])
    total = totals(layer_views(events), keys)
    table = total[keys].copy()
    table["cycles_per_image"] = total["cycles"] / total["images"]
    table["bound_cycles_per_image"] = (
        total["effectual_macs"] / total["multipliers"] / total["images"]
    )
    if (fill := idle_column(Cause.FILL)) in total:
        table["fill_cycles_per_image"] = total[fill] / total["multipliers"] / total["images"]
    if pricing is not None:
        table[ENERGIES] = pricing.per_image_pj(total, node_nm)
    dram = total[dram_columns(total.columns)].sum(axis=1)
    table["dram_bytes_per_image"] = dram / total["images"]
    return table


def versus(subject: pd.DataFrame, baseline: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Join two cost tables and divide: every gain is baseline / subject, so above 1 is better.

    Both clocks are taken as equal, so the speedup is the ratio of cycles; `two_sided_bound` is the
    most that any design with the subject's multipliers and zeros could gain over this baseline.
    """
    joined = subject.merge(
        baseline.rename(columns={"accelerator": "baseline", "scheme": "baseline_scheme"}),
        on=on,
        suffixes=("", "_of_baseline"),
    )
    for gain, cost in zip(
        GAINS,
        (
            "cycles_per_image",
            "energy_pj_per_image",
            "energy_without_dram_pj_per_image",
            "dram_bytes_per_image",
        ),
        strict=True,
    ):
        if cost in joined:
            joined[gain] = joined[f"{cost}_of_baseline"] / joined[cost]
    joined["two_sided_bound"] = (
        joined["cycles_per_image_of_baseline"] / joined["bound_cycles_per_image"]
    )
    return joined
