"""Bytes moved per image at every memory, by operand and direction."""

import pandas as pd

from sim.events import Access
from workflow.event_columns import traffic_columns
from workflow.tabling.shared import BY_VIEW, events_command, layer_views, totals


def traffic(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, accelerator, view, memory, operand and direction with traffic."""
    total = totals(layer_views(events), BY_VIEW)
    accesses = traffic_columns(total.columns)
    long = total.melt([*BY_VIEW, "images"], list(accesses), "column", "bytes")
    long = long[long["bytes"] > 0]
    moved = [accesses[column] for column in long["column"]]
    parts = pd.DataFrame(moved, index=long.index, columns=list(Access._fields))
    table = long[BY_VIEW].join(parts)
    table["bytes_per_image"] = long["bytes"] / long["images"]
    return table.sort_values([*BY_VIEW, *Access._fields], ignore_index=True)


if __name__ == "__main__":
    events_command(traffic, __doc__)
