"""Where each design loses against the two-sided bound on the common footing, by cause.

The share of `effectual` multiplier-cycles is speedup / bound; the other shares are the idle
multiplier-cycles by cause, and all of a design add up to 100 %. `group` is the group of causes
that the figure shows (workflow/tabling/losses.py). Rows `mean` are over the networks of a suite,
all equal, but for those with products of activations; of these the designs that refuse none of the
products are here.
"""

import pandas as pd

from sim.footing import footing
from workflow.event_columns import idle_columns
from workflow.studies.footing.footing_table import attention_networks, without
from workflow.tabling.losses import EFFECTUAL, group_of
from workflow.tabling.shared import BY_FOOTING, events_command, refusing, totals

MEAN = "mean"


def losses(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, size, design and cause with a share above 0."""
    common = footing()
    labels = [common.label(size) for size in range(len(common.multipliers))]
    whole = events[events["footing"].isin(labels) & ~refusing(events)]
    total = totals(whole, BY_FOOTING)
    slots = total["multipliers"] * total["cycles"]
    shares = total[BY_FOOTING].copy()
    shares[EFFECTUAL] = total["effectual_macs"] / slots
    for column, cause in idle_columns(total.columns).items():
        shares[cause] = total[column] / slots
    shares = pd.concat(
        [shares, _means(without(shares, attention_networks(events)))], ignore_index=True
    )
    table = shares.melt(BY_FOOTING, var_name="cause", value_name="slots_percent")
    table["slots_percent"] = (100 * table["slots_percent"]).clip(0, 100)
    table["group"] = table["cause"].map(group_of)
    table = table[table["slots_percent"] > 0]
    lost = [*BY_FOOTING, "group", "cause"]
    return table[[*lost, "slots_percent"]].sort_values(lost, kind="stable", ignore_index=True)


def _means(shares: pd.DataFrame) -> pd.DataFrame:
    keys = [key for key in BY_FOOTING if key != "network"]
    numbers = shares.columns.difference(BY_FOOTING)
    groups = shares.groupby(keys)
    mean = groups[list(numbers)].mean()
    return mean[groups.size() > 1].reset_index().assign(network=MEAN)


if __name__ == "__main__":
    events_command(losses, __doc__)
