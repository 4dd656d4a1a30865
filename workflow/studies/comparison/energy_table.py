"""Energy per image by component, for every network, scheme and accelerator, at each node.

Energy per image by component: counted events times the prices of the basis that column `basis`
names. Empty: the design does not say what it is made of.
"""

import pandas as pd

from workflow.tabling.pricing import JUDGED, Pricing, nodes_command
from workflow.tabling.shared import (
    BY_VIEW,
    layer_views,
    totals,
)


def energy(events: pd.DataFrame, nodes_nm: list[int], pricing: Pricing = JUDGED) -> pd.DataFrame:
    """One row per run, accelerator, view and node; one column per component, in pJ."""
    total = totals(layer_views(events), BY_VIEW)
    tables = []
    for node in nodes_nm:
        components = pricing.parts_per_image_pj(total, node)
        rows = total[BY_VIEW].assign(node_nm=node, basis=pricing.basis)
        rows["energy_pj_per_image"] = components.sum(axis=1, min_count=1)
        tables.append(rows.join(components.add_suffix("_per_image")))
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    nodes_command(energy, __doc__)
