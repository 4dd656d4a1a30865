"""HASS's threshold search beside its controls, on networks trained here: one row per best point.

Every search has as many trials. `score` is the full objective for all, also for the hardware-blind
search, which does not see it. The rows `unpruned` are the trained network on the same board; gains
are over its dense dataflow and its PASS-like design. Accuracy guides the search on training images
(`sample`); `test` images, which nobody chose by, are for the verdict alone.
"""

import pandas as pd

from workflow.tabling.shared import csv_command

CASE = ["suite", "network", "platform"]
UNPRUNED = "unpruned"
QUANTITIES = ["images_per_second", "images_per_second_with_waiting", "images_per_cycle_per_dsp"]


def hass_search(best: pd.DataFrame) -> pd.DataFrame:
    """The rows with accuracy drops and gains over the unpruned network's designs."""
    table = best.copy()
    table["search_seed"] = table["search_seed"].astype("Int64")
    table["test_drop_points"] = table["base_test_accuracy_percent"] - table["test_accuracy_percent"]
    unpruned = table[table["strategy"] == UNPRUNED]
    for reference, name in {"dataflow_dense": "dense", "pass": "pass"}.items():
        baseline = unpruned[unpruned["accelerator"] == reference].set_index(CASE)
        beside = table[CASE].join(baseline[QUANTITIES], on=CASE)
        table[f"speedup_over_{name}"] = table["images_per_second"] / beside["images_per_second"]
        table[f"efficiency_over_{name}"] = (
            table["images_per_cycle_per_dsp"] / beside["images_per_cycle_per_dsp"]
        )
        slower = (table["images_per_second_with_waiting"] / table["images_per_second"]) / (
            beside["images_per_second_with_waiting"] / beside["images_per_second"]
        )
        table[f"efficiency_with_waiting_over_{name}"] = table[f"efficiency_over_{name}"] * slower
    return table


if __name__ == "__main__":
    csv_command(hass_search, __doc__)
