"""How much each assumed parameter of the reconstructed Phantom-2D moves its speedup.

Speedup of the reconstructed Phantom-2D relative to its configured parameters, one parameter varied
at a time.
"""

import math

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
COLUMNS = 4
VISIBLE = 1e-3
"""Parameters that move the speedup by less get no panel; the table has them."""


def draw(sensitivity: pd.DataFrame) -> Figure:
    """A panel per parameter that matters: its values and the speedup relative to the configured."""
    moves = (sensitivity["speedup_relative_to_configured"] - 1).abs() > VISIBLE
    names = list(dict.fromkeys(sensitivity["parameter"][moves]))
    lines = math.ceil(len(names) / COLUMNS)
    networks = ordered_networks(sensitivity["network"])
    figure = Figure(figsize=(2.7 * COLUMNS, 2.0 * lines + 0.6), layout="constrained")
    panels = figure.subplots(lines, COLUMNS, sharey=True, squeeze=False).ravel()
    for panel in panels[len(names) :]:
        panel.set_axis_off()
    for panel, name in zip(panels, names, strict=False):
        own = sensitivity[sensitivity["parameter"] == name]
        values = [str(value) for value in dict.fromkeys(own["value"])]
        for (suite, network), run in own.groupby(["suite", "network"], sort=False):
            panel.plot(
                [values.index(str(value)) for value in run["value"]],
                run["speedup_relative_to_configured"],
                MARKERS.get(str(suite), "x") + "-",
                color=PALETTE[networks.index(str(network))],
                markersize=3.5,
                linewidth=0.8,
                label=f"{network_label(str(network))}, {suite}",
            )
        panel.axhline(1.0, **BASELINE)
        texts = [value.replace("_", "\n") for value in values]
        panel.set_xticks(range(len(values)), texts, fontsize=6)
        panel.set_title(name, fontsize=8)
    for first in range(0, len(names), COLUMNS):
        panels[first].set_ylabel("relative speedup")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
