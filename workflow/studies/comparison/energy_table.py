"""Energy per image by component, for every network, scheme and accelerator, at each node.

Energy per image by component: counted events times the technology table.
"""

import pandas as pd

from sim import technology
from workflow.tabling.shared import (
    BY_VIEW,
    energy_per_image_pj,
    layer_views,
    nodes_command,
    totals,
)


def energy(events: pd.DataFrame, nodes_nm: list[int]) -> pd.DataFrame:
    """One row per run, accelerator, view and node; one column per component, in pJ."""
    total = totals(layer_views(events), BY_VIEW)
    tables = []
    for node in nodes_nm:
        components = energy_per_image_pj(total, technology(node))
        rows = total[BY_VIEW].assign(node_nm=node)
        rows["energy_pj_per_image"] = components.sum(axis=1)
        tables.append(rows.join(components.add_suffix("_per_image")))
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    nodes_command(energy, __doc__)
