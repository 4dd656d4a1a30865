"""Throughput against DSPs: each configuration's design within several shares of a board's DSPs.

Other limits (LUTs, memory blocks, bandwidth) stay those of the whole board. A share that is too
small for the network even fully folded has a row that says so, without numbers. `on_front` marks
designs that no other of the same network, whatever its configuration, beats in rate, waiting
counted, with as few DSPs.
"""

import pandas as pd

from workflow.tabling.shared import csv_command

KEPT = [
    "suite",
    "network",
    "scheme",
    "weight_source",
    "activation_source",
    "accelerator",
    "platform",
    "dsp_share",
    "images_per_second",
    "images_per_second_with_waiting",
    "dsp",
    "images_per_cycle_per_dsp",
    "lut",
    "binding",
    "slowest_layer",
]


def hass_pareto(designs: pd.DataFrame) -> pd.DataFrame:
    """One row per network, configuration and share of the DSPs."""
    order = ["suite", "network", "accelerator", "dsp_share"]
    table = designs[KEPT].sort_values(order, kind="stable", ignore_index=True)
    case = ["suite", "network", "scheme", "platform"]
    table["on_front"] = False
    for _, group in table.dropna(subset=["dsp"]).groupby(case):
        rate_of = "images_per_second_with_waiting"
        ranked = group.sort_values(["dsp", rate_of], ascending=[True, False])
        rate = ranked[rate_of]
        better = rate > rate.cummax().shift(fill_value=0.0)
        table.loc[ranked.index[better], "on_front"] = True
    return table


if __name__ == "__main__":
    csv_command(hass_pareto, __doc__)
