"""Interval of every layer of HASS at the cheapest folding and after balancing.

Black dots count waiting for other engines, which the exploration balances.
"""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from workflow.drawing.shared import (
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

SERIES = {
    "first_interval_cycles": ("cheapest folding", {"color": "0.75", "width": 0.9}),
    "interval_cycles": ("unfolded, on average", {"color": PALETTE[0], "width": 0.9}),
}


def draw(hass_layers: pd.DataFrame) -> Figure:
    """A panel per network; bars per layer in network order on a logarithmic scale."""
    rows = hass_layers[hass_layers["accelerator"] == "hass"]
    networks = ordered_networks(rows["network"])
    figure = Figure(figsize=(8.4, 1.7 * len(networks) + 0.7), layout="constrained")
    panels = figure.subplots(len(networks), 1, squeeze=False).ravel()
    for panel, network in zip(panels, networks, strict=True):
        own = rows[rows["network"] == network].sort_values("layer_index")
        for column, (label, style) in SERIES.items():
            panel.bar(own["layer_index"], own[column], label=label, **style)
        waiting = own["interval_with_waiting_cycles"]
        label = "unfolded, waiting included"
        panel.plot(own["layer_index"], waiting, ".", color="black", markersize=4, label=label)
        longest = waiting.max()
        panel.axhline(
            longest, color=PALETTE[1], linewidth=1.1, label="interval of the balanced design"
        )
        panel.set_yscale("log")
        panel.set_ylim(own["interval_cycles"].min() / 3, own["first_interval_cycles"].max() * 2)
        panel.set_xlim(0.3, len(own) + 0.7)
        panel.set_title(f"{network_label(network)}: {longest:,.0f} cycles per image")
        panel.set_ylabel("cycles per image")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(visible=False, axis="x")
    panels[-1].set_xlabel("layer, in network order")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
