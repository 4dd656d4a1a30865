"""What each design refuses: products of activations, where it must know its weights offline.

Runs that are `compared_only`, transformers for example. Table networks has two rows for a network
with products of activations: `no_products` of every design, and `all` only of designs that refuse
none, so that nobody looks fast by what it leaves out. Here stands how many layers a design refuses,
their multiplications, the share of the network's, and the reason.
"""

import pandas as pd

from workflow.event_columns import REFUSED
from workflow.tabling.shared import BY_DESIGN, events_command


def refusals(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run and design, whatever sizes it was run at."""
    if REFUSED not in events:
        events = events.assign(refused="", refused_macs=0)
    rows = events.drop_duplicates([*BY_DESIGN, "layer"])
    macs = rows["refused_macs"] / rows["images"]
    rows = rows.assign(
        layers=1,
        refused_layers=(rows[REFUSED] != "").astype(int),
        dense_macs_per_image=rows["dense_macs"] / rows["images"] + macs,
        refused_macs_per_image=macs,
        reason=rows[REFUSED].str.partition(": ")[2],
    )
    counts = ["layers", "refused_layers", "dense_macs_per_image", "refused_macs_per_image"]
    groups = rows.groupby(BY_DESIGN, sort=True)
    table = pd.concat([groups[counts].sum(), groups["reason"].max()], axis="columns").reset_index()
    shares = 100 * table["refused_macs_per_image"] / table["dense_macs_per_image"]
    table.insert(len(table.columns) - 1, "refused_macs_percent", shares)
    return table.rename(columns={"layers": "layer_count", "refused_layers": "refused_layer_count"})


if __name__ == "__main__":
    events_command(refusals, __doc__)
