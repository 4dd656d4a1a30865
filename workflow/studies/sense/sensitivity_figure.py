"""How each assumed parameter moves Sense's speedup over neither mechanism, and its rate.

Every assumed parameter of Sense, one at a time, on convolutions: array speedup by both mechanisms,
and the rate.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

MARKERS = {"digits": "o", "shapes": "s", "imagenet": "D"}
QUANTITIES = {
    "array_speedup": "speedup of the array by both mechanisms",
    "images_per_second": "images per second, relative to the configured",
}
SUITES = ("imagenet", "shapes", "digits")
"""The first that is there is drawn; the table has all."""


def draw(sensitivity: pd.DataFrame) -> Figure:
    """One row per parameter value, a marker per network; convolutions only."""
    rows = sensitivity[sensitivity["layers"] == "conv_only"]
    rows = rows[rows["suite"] == next(s for s in SUITES if (rows["suite"] == s).any())]
    suite = str(rows["suite"].iloc[0])
    parameter = rows["parameter"].fillna("")
    labels = (parameter + " = " + rows["value"].astype(str)).where(parameter != "", "configured")
    rows = rows.assign(label=labels)
    order = ["configured", *sorted(set(labels) - {"configured"}, key=_numeric)][::-1]
    networks = ordered_networks(rows["network"])
    figure = Figure(figsize=(9.5, 0.22 * len(order) + 1.4), layout="constrained")
    panels = figure.subplots(1, len(QUANTITIES), sharey=True)
    for panel, (quantity, title) in zip(panels, QUANTITIES.items(), strict=True):
        for color, network in zip(PALETTE, networks, strict=False):
            values = rows[rows["network"] == network].set_index("label")[quantity]
            if quantity == "images_per_second":
                values = values / values["configured"]
            panel.plot(
                values.reindex(order).to_numpy(),
                np.arange(len(order)),
                MARKERS[suite],
                color=color,
                markersize=4,
                label=network_label(network),
            )
        panel.axvline(1.0, **BASELINE)
        panel.set_title(title)
        panel.set_yticks(range(len(order)), order, fontsize=6.5)
    legend_below(figure, columns=4)
    return figure


def _numeric(label: str) -> tuple[str, float, str]:
    """Sort key: by parameter, then by value as a number where it is one."""
    name, _, value = label.partition(" = ")
    number = value.replace(".", "", 1).isdigit()
    return name, float(value) if number else 0.0, value


if __name__ == "__main__":
    figure_command(draw, __doc__)
