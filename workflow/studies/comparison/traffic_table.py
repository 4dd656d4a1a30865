"""Bytes moved per image at every memory, by operand and direction."""

import pandas as pd

from workflow.events import TRAFFIC, traffic_bytes
from workflow.tabling.shared import BY_VIEW, events_command, layer_views, totals


def traffic(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, accelerator, view, memory, operand and direction with traffic."""
    total = totals(layer_views(events), BY_VIEW)
    columns = [column for group in traffic_bytes(total).values() for column in group]
    long = total.melt([*BY_VIEW, "images"], columns, "column", "bytes")
    long = long[long["bytes"] > 0]
    parts = long["column"].str.extract(TRAFFIC).set_axis(["memory", "operand", "direction"], axis=1)
    table = long[BY_VIEW].join(parts)
    table["bytes_per_image"] = long["bytes"] / long["images"]
    return table.sort_values([*BY_VIEW, "memory", "operand", "direction"], ignore_index=True)


if __name__ == "__main__":
    events_command(traffic, __doc__)
