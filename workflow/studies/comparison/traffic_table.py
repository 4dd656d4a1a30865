"""Bytes moved per image at every memory, by operand and direction."""

import pandas as pd

from workflow.events import TRAFFIC, traffic_bytes
from workflow.tabling.shared import RUN, events_command, layer_views, totals

KEYS = [*RUN, "accelerator", "layers"]


def traffic(events: pd.DataFrame) -> pd.DataFrame:
    """One row per run, accelerator, view, memory, operand and direction with traffic."""
    total = totals(layer_views(events), KEYS)
    columns = [column for group in traffic_bytes(total).values() for column in group]
    long = total.melt([*KEYS, "images"], columns, "column", "bytes")
    long = long[long["bytes"] > 0]
    parts = long["column"].str.extract(TRAFFIC).set_axis(["memory", "operand", "direction"], axis=1)
    table = long[KEYS].join(parts)
    table["bytes_per_image"] = long["bytes"] / long["images"]
    return table.sort_values([*KEYS, "memory", "operand", "direction"], ignore_index=True)


if __name__ == "__main__":
    events_command(traffic, __doc__)
