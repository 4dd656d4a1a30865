"""Interval of every layer of HASS at the cheapest folding and after balancing.

Hollow: the cheapest folding; filled: after unfolding, on average; black dots count waiting for
other engines, which the exploration balances. The slowest layer (the line) sets the rate.
"""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.styles import design_style
from workflow.drawing.shared import (
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    page_figure,
)

BEFORE, AFTER = "first_interval_cycles", "interval_cycles"


def draw(hass_layers: pd.DataFrame) -> Figure:
    """A panel per network; marks per layer in network order on a logarithmic scale."""
    rows = hass_layers[hass_layers["accelerator"] == "hass"]
    networks = ordered_networks(rows["network"])
    figure = page_figure(1.55 * len(networks) + 0.7)
    colour = design_style("hass").colour
    panels = figure.subplots(len(networks), 1, squeeze=False).ravel()
    for panel, network in zip(panels, networks, strict=True):
        layers = rows[rows["network"] == network].sort_values("layer_index")
        at = layers["layer_index"]
        points: dict[str, Any] = {"linestyle": "", "markersize": 4.5}
        panel.vlines(at, layers[AFTER], layers[BEFORE], color="0.75", linewidth=1)
        panel.plot(
            at,
            layers[BEFORE],
            "o",
            color="0.45",
            markerfacecolor="white",
            label="cheapest folding",
            **points,
        )
        panel.plot(at, layers[AFTER], "o", color=colour, label="unfolded, on average", **points)
        waiting = layers["interval_with_waiting_cycles"]
        label = "unfolded, waiting included"
        panel.plot(at, waiting, ".", color="black", markersize=3.5, label=label)
        longest = waiting.max()
        panel.axhline(longest, color=colour, linewidth=1.1, label="interval of the balanced design")
        panel.set_yscale("log")
        panel.set_ylim(
            layers["interval_cycles"].min() / 3, layers["first_interval_cycles"].max() * 2
        )
        panel.set_xlim(0.3, len(layers) + 0.7)
        panel.set_title(f"{network_label(network)}: {longest:,.0f} cycles per image")
        panel.set_ylabel("cycles per image")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(visible=False, axis="x")
    panels[-1].set_xlabel("layer, in network order")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
