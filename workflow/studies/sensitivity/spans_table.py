"""The span that each swept parameter gives to a design's headline, widest first.

`speedup_span`, `energy_span` and `energy_without_dram_span` are the highest over the lowest value
within the sweep, so that 1 means no effect; the ends are relative to the configured design. The
default varies ResNet-50 of the suite shapes and, for S2TA, MobileNetV1 at paper size; the full
configuration has more.
"""

import pandas as pd

from workflow.tabling.shared import BY_DESIGN, csv_command

ENDS = {
    "speedup": ("slowest_at", "fastest_at"),
    "energy": ("least_energy_at", "most_energy_at"),
    "energy_without_dram": ("least_energy_without_dram_at", "most_energy_without_dram_at"),
}
"""Columns with the parameter's value at the low and the high end of each quantity."""


def spans(sensitivity: pd.DataFrame) -> pd.DataFrame:
    """One row per run, design and parameter."""
    groups = sensitivity.groupby([*BY_DESIGN, "parameter", "status"], sort=False)
    table = groups.size().rename("values").to_frame()
    for quantity, (low, high) in ENDS.items():
        relative = groups[f"relative_{quantity}"]
        lowest, highest = relative.idxmin(), relative.idxmax()
        table[low] = sensitivity.loc[lowest, "value"].to_numpy()
        table[f"relative_{quantity}_low"] = relative.min()
        table[high] = sensitivity.loc[highest, "value"].to_numpy()
        table[f"relative_{quantity}_high"] = relative.max()
        table[f"{quantity}_span"] = relative.max() / relative.min()
    table = table.reset_index()
    table["_width"] = table[[f"{quantity}_span" for quantity in ENDS]].max(axis=1)
    order = table.sort_values("_width", ascending=False, kind="stable")
    return order.sort_values(BY_DESIGN, kind="stable", ignore_index=True).drop(columns="_width")


if __name__ == "__main__":
    csv_command(spans, __doc__)
