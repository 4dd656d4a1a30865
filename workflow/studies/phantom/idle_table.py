"""Where the multiplier-cycles of a network go: effectual work and idle time by cause, as shares."""

import pandas as pd

from workflow.event_columns import idle_columns
from workflow.tabling.shared import events_command, layer_views, totals

DESIGN_VIEW = ["suite", "network", "activation_source", "layers", "accelerator"]


def phantom_idle(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, view, accelerator and cause; the shares of an accelerator add up to 100."""
    total = totals(layer_views(events), DESIGN_VIEW)
    slots = total["multipliers"] * total["cycles"]
    shares = total[DESIGN_VIEW].copy()
    shares["effectual"] = total["effectual_macs"] / slots
    for column, cause in idle_columns(total.columns).items():
        shares[cause] = total[column] / slots
    table = shares.melt(DESIGN_VIEW, var_name="cause", value_name="slots_percent")
    table["slots_percent"] = (100 * table["slots_percent"]).clip(0, 100)
    table = table[table["slots_percent"] > 0]
    return table.sort_values(DESIGN_VIEW, kind="stable").reset_index(drop=True)


if __name__ == "__main__":
    events_command(phantom_idle, __doc__)
