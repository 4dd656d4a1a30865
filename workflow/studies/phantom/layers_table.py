"""Layer by layer: speedup over an ideal dense array of the same size, beside the two-sided bound.

`two_sided_bound` = dense / effectual multiplications; a layer without any effectual multiplication
has no bound, and one that takes no cycle no speedup.
"""

import numpy as np
import pandas as pd

from workflow.tabling.shared import events_command


def phantom_layers(events: pd.DataFrame) -> pd.DataFrame:
    """One row per suite, network, accelerator and layer, layers in the order they run."""
    network = ["suite", "network", "activation_source", "accelerator"]
    place = events.groupby(network, sort=False).cumcount() + 1
    table = events.assign(layer_index=place)[[*network, "layer_index", "layer", "layer_kind"]]
    slots = events["multipliers"] * events["cycles"]
    with np.errstate(divide="ignore", invalid="ignore"):
        table["two_sided_bound"] = events["dense_macs"] / events["effectual_macs"]
        table["speedup_over_dense_ideal"] = events["dense_macs"] / slots
        table["utilisation"] = events["effectual_macs"] / slots
    return table.replace([np.inf, -np.inf], np.nan)


if __name__ == "__main__":
    events_command(phantom_layers, __doc__)
