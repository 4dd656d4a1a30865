"""What each mechanism of Sense gives, on equally many weights: clustering, balanced weights, both.

A mechanism is a pair of array and scheme; the reference has neither. `array_speedup` leaves out the
cycles in which the array waits for DRAM; `array_two_sided_bound` is the most that any array of this
size could gain over the reference on these zeros. `*_share`: multiplier-cycles lost to a cause. The
row `mean` of a suite is the geometric mean over its networks, of shares the arithmetic one.
"""

import pandas as pd

from sim.accelerators.sense.schemes import MEANT_FOR, REFERENCE
from sim.causes import Cause
from workflow.event_columns import idle_column
from workflow.tabling.means import geometric_means
from workflow.tabling.pricing import JUDGED, Pricing, priced_command
from workflow.tabling.shared import layer_views
from workflow.tabling.versus import CASE, costs

NODE_NM = 16
MECHANISMS = {
    "sense": "both",
    "sense_unclustered": "balanced weights",
    "sense_unbalanced": "clustering",
    "sense_neither": "neither",
    "swallow_like": "neither, activations first",
}
CAUSES = [
    Cause.KERNEL_IMBALANCE,
    Cause.CHANNEL_IMBALANCE,
    Cause.EDGE,
    Cause.FILL,
    Cause.BANDWIDTH,
]


def paired(events: pd.DataFrame) -> pd.DataFrame:
    """The rows in which a configuration runs the scheme that it is meant for."""
    return events[events["accelerator"].map(MEANT_FOR) == events["scheme"]].reset_index(drop=True)


def without_waiting(events: pd.DataFrame) -> pd.DataFrame:
    """Rows with the cycles of the array alone."""
    return events.assign(cycles=events["cycles"] - stall_cycles(events))


def stall_cycles(events: pd.DataFrame) -> pd.Series:
    """Cycles of each row in which the whole array waits for DRAM."""
    return events[idle_column(Cause.BANDWIDTH)] // events["multipliers"]


def idle_shares(events: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Share of multiplier-cycles lost to each cause, `<cause>_share`, indexed by the keys."""
    columns = [idle_column(cause) for cause in CAUSES]
    slots = (events["cycles"] * events["multipliers"]).rename("slots")
    sums = events[[*keys, *columns]].join(slots).groupby(keys).sum()
    shares = sums[columns].div(sums["slots"], axis="index")
    return shares.set_axis([f"{cause}_share" for cause in CAUSES], axis="columns")


def sense(events: pd.DataFrame, pricing: Pricing = JUDGED) -> pd.DataFrame:
    """Gains of every configuration over the reference, per network and view of the layers."""
    events = paired(events)
    cost = costs(events, NODE_NM, pricing)
    array = costs(without_waiting(events))
    cost["array_cycles_per_image"] = array["cycles_per_image"]
    # fine-tuning moves the zeros of a trained network, never where they come from
    reference = cost[cost["accelerator"] == REFERENCE].set_index(CASE)
    table = cost.join(reference.add_suffix("_of_reference"), on=CASE, how="inner")
    gains = {
        "speedup": "cycles_per_image",
        "array_speedup": "array_cycles_per_image",
        "energy_reduction": "energy_pj_per_image",
        "dram_reduction": "dram_bytes_per_image",
    }
    for gain, quantity in gains.items():
        table[gain] = table[f"{quantity}_of_reference"] / table[quantity]
    bound = table["array_cycles_per_image_of_reference"] / table["bound_cycles_per_image"]
    table["array_two_sided_bound"] = bound
    table["mechanism"] = table["accelerator"].map(MECHANISMS)
    names = ["suite", "network", "activation_source", "layers", "mechanism"]
    names += ["accelerator", "scheme"]
    table = table[[*names, *gains, "array_two_sided_bound", *gains.values()]]
    keys = ["suite", "network", "layers", "accelerator"]
    table = table.join(idle_shares(layer_views(events), keys), on=keys)
    return _with_mean(table, names)


def _with_mean(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    keys = [name for name in names if name != "network"]
    numbers = [column for column in map(str, table) if column not in names]
    shares = [column for column in numbers if column.endswith("_share")]
    ratios = [column for column in numbers if column not in shares]
    mean = geometric_means(table, keys, ratios)
    mean = mean.join(table.groupby(keys, sort=False)[shares].mean(), on=keys)
    order = ["suite", "layers", "network", "accelerator"]
    stacked = pd.concat([table, mean[table.columns]])
    return stacked.sort_values(order, kind="stable", ignore_index=True)


if __name__ == "__main__":
    priced_command(sense, __doc__)
