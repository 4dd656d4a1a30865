"""How the results of Sense move with every assumed parameter, one at a time.

Both sides of a gain take the same value. `parameter` is empty for the configuration itself.
"""

import pandas as pd

from sim.accelerators.sense.schemes import REFERENCE, SUBJECT
from workflow.tables.sense import NODE_NM, paired, without_waiting
from workflow.tables.sense_throughput import parameter
from workflow.tables.shared import events_command
from workflow.tables.versus import CASE, costs

VIEWS = ["all", "conv_only"]


def sensitivity(sweeps: pd.DataFrame) -> pd.DataFrame:
    """Speedup of both mechanisms, rate and DRAM bytes for each value of each parameter."""
    events = paired(sweeps.fillna({"variant": ""}))
    events = events[~events["variant"].str.contains(" ")].reset_index(drop=True)
    cost = costs(events, NODE_NM)
    cost["array_cycles_per_image"] = costs(without_waiting(events), NODE_NM)["cycles_per_image"]
    keys = [*CASE, "variant"]
    subject = cost[(cost["accelerator"] == SUBJECT) & cost["layers"].isin(VIEWS)]
    reference = cost[cost["accelerator"] == REFERENCE].set_index(keys)
    table = subject.join(reference.add_suffix("_of_reference"), on=keys, how="inner")
    table["speedup"] = table["cycles_per_image_of_reference"] / table["cycles_per_image"]
    table["array_speedup"] = (
        table["array_cycles_per_image_of_reference"] / table["array_cycles_per_image"]
    )
    clock_hz = parameter("frequency_mhz") * 1e6
    table["images_per_second"] = clock_hz / table["cycles_per_image"]
    table[["parameter", "value"]] = (
        table["variant"].str.partition("=")[[0, 2]].to_numpy().astype(object)
    )
    columns = ["suite", "network", "activation_source", "layers", "parameter", "value"]
    columns += ["speedup", "array_speedup", "images_per_second", "dram_bytes_per_image"]
    return table[columns].sort_values(columns[:6], kind="stable", ignore_index=True)


if __name__ == "__main__":
    events_command(sensitivity, __doc__)
