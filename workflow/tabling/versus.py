"""One accelerator against another over the same network: the arithmetic of every comparison."""

import pandas as pd

from workflow.events import traffic_bytes
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
    if "idle_fill_multiplier_cycles" in total:
        fill = total["idle_fill_multiplier_cycles"] / total["multipliers"]
        table["fill_cycles_per_image"] = fill / total["images"]
    if pricing is not None:
        table[ENERGIES] = pricing.per_image_pj(total, node_nm)
    dram = traffic_bytes(total).get("dram", [])
    table["dram_bytes_per_image"] = total[dram].sum(axis=1) / total["images"]
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
