"""How the results of Sense move with every assumed parameter, one at a time.

Both sides of a gain take the same value. `speedup` is over the array with neither mechanism,
`dram_reduction` over the one that always reuses activations first. `parameter` is empty for the
configuration itself.
"""

import pandas as pd

from sim.accelerators.sense.schemes import ACTIVATIONS_FIRST, REFERENCE, SUBJECT
from workflow.studies.sense.sense_table import paired, without_waiting
from workflow.studies.sense.throughput_table import parameter
from workflow.tabling.shared import events_command
from workflow.tabling.versus import CASE, costs
from workflow.variants import parameter_and_value, varies_several

VIEWS = ["all", "conv_only"]
GAINS = {
    "speedup": ("cycles_per_image", REFERENCE),
    "array_speedup": ("array_cycles_per_image", REFERENCE),
    "dram_reduction": ("dram_bytes_per_image", ACTIVATIONS_FIRST),
}
"""Quantity that is divided, and the configuration it is divided by."""


def sensitivity(sweeps: pd.DataFrame) -> pd.DataFrame:
    """Speedup of both mechanisms, rate and DRAM bytes for each value of each parameter."""
    events = paired(sweeps)
    events = events[~varies_several(events["variant"])].reset_index(drop=True)
    cost = costs(events)
    cost["array_cycles_per_image"] = costs(without_waiting(events))["cycles_per_image"]
    keys = [*CASE, "variant"]
    table = cost[(cost["accelerator"] == SUBJECT) & cost["layers"].isin(VIEWS)]
    for gain, (quantity, reference) in GAINS.items():
        base = cost[cost["accelerator"] == reference].set_index(keys)[quantity]
        table = table.join(base.rename(gain), on=keys, how="inner")
        table[gain] = table[gain] / table[quantity]
    clock_hz = parameter("frequency_mhz") * 1e6
    table["images_per_second"] = clock_hz / table["cycles_per_image"]
    table = table.join(parameter_and_value(table["variant"]))
    point = ["suite", "network", "activation_source", "layers", "parameter", "value"]
    table = table[[*point, *GAINS, "images_per_second", "dram_bytes_per_image"]]
    return table.sort_values(point, kind="stable", ignore_index=True)


if __name__ == "__main__":
    events_command(sensitivity, __doc__)
