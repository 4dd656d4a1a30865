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
    page_figure,
)
from workflow.drawing.words import setting_label

MARKERS = "osD^vPX"
QUANTITIES = {
    "array_speedup": "speedup of the array\nby both mechanisms",
    "images_per_second": "images per second,\nas configured = 1",
}
SUITES = ("imagenet", "shapes", "digits")
"""The first that is there is drawn, else the table's first; the table has all."""
CONFIGURED = setting_label("", None)


def draw(sensitivity: pd.DataFrame) -> Figure:
    """One row per parameter value, a marker per network; convolutions only."""
    rows = sensitivity[sensitivity["layers"] == "conv_only"]
    suites = list(dict.fromkeys(rows["suite"]))
    rows = rows[rows["suite"] == next((suite for suite in SUITES if suite in suites), suites[0])]
    settings = zip(rows["parameter"].fillna(""), rows["value"], strict=True)
    rows = rows.assign(label=[setting_label(name, value) for name, value in settings])
    order = [CONFIGURED, *sorted(set(rows["label"]) - {CONFIGURED}, key=_numeric)][::-1]
    networks = ordered_networks(rows["network"])
    figure = page_figure(0.18 * len(order) + 1.3)
    panels = figure.subplots(1, len(QUANTITIES), sharey=True)
    for panel, (quantity, title) in zip(panels, QUANTITIES.items(), strict=True):
        for color, marker, network in zip(PALETTE, MARKERS, networks, strict=False):
            values = rows[rows["network"] == network].set_index("label")[quantity]
            if quantity == "images_per_second":
                values = values / values[CONFIGURED]
            panel.plot(
                values.reindex(order).to_numpy(),
                np.arange(len(order)),
                marker,
                color=color,
                markersize=5,
                label=network_label(network),
            )
        panel.axvline(1.0, **BASELINE)
        panel.set_title(title)
        panel.set_yticks(range(len(order)), order)
        panel.set_ylim(-0.6, len(order) - 0.4)
    legend_below(figure, columns=4)
    return figure


def _numeric(label: str) -> tuple[str, float, str]:
    """Sort key: by parameter, then by value as a number where it is one."""
    name, _, value = label.rpartition(": ")
    number = value.replace(".", "", 1).isdigit()
    return name, float(value) if number else 0.0, value


if __name__ == "__main__":
    figure_command(draw, __doc__)
