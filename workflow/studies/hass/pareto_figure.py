"""Throughput of the layer-pipelined designs against the DSPs they take, a panel per network.

Throughput against DSPs per network and configuration, waiting of engines counted; dashed: the rate
in HASS's abstract; dotted: clock over the padded input, which no folding passes. Open marker: the
largest design, had averages been balanced instead.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    PALETTE,
    PUBLISHED,
    accelerator_label,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    panel_grid,
    published_low,
)

LABELS = {name: accelerator_label(name) for name in ("dataflow_dense", "pass", "hass")}
MARKERS = {"dataflow_dense": "s", "pass": "^", "hass": "o"}
CLAIM = "hass-mobilenet-v3-throughput"
COLUMNS = 3
RATE = "images_per_second_with_waiting"
TICKS = [200, 500, 1000, 2000, 5000, 10000]


def draw(hass_pareto: pd.DataFrame, hass: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """A line per configuration through its designs; the port bound and the published rate."""
    networks = ordered_networks(hass["network"])
    figure, panels = panel_grid(len(networks), COLUMNS, (3.1, 2.7), (0.6, 0.7))
    for panel, network in zip(panels, networks, strict=True):
        own = hass_pareto[hass_pareto["network"] == network].dropna(subset=["dsp"])
        full = hass[hass["network"] == network].set_index("accelerator")
        for position, (name, label) in enumerate(LABELS.items()):
            line = own[own["accelerator"] == name].sort_values(["dsp", RATE])
            color = PALETTE[position]
            panel.plot(
                line["dsp"],
                line[RATE],
                marker=MARKERS[name],
                markersize=4,
                color=color,
                label=label,
            )
            panel.plot(
                full.loc[[name], "by_averages_dsp"],
                full.loc[[name], f"by_averages_{RATE}"],
                marker=MARKERS[name],
                markersize=6,
                color=color,
                markerfacecolor="none",
                linestyle="none",
                label=f"{label}, averages balanced",
            )
        bound = full["input_port_images_per_second"].iloc[0]
        panel.axhline(bound, color="0.2", linestyle=":", label="input port: clock / padded pixels")
        if network.startswith("mobilenet_v3"):
            rate = published_low(claims, CLAIM)
            panel.axhline(rate, label="published (MobileNetV3, size not stated)", **PUBLISHED)
        panel.set_xscale("log")
        panel.set_xlim(TICKS[0] / 1.4, TICKS[-1] * 1.4)
        panel.set_xticks(TICKS, [f"{tick:,}" for tick in TICKS], rotation=30)
        panel.minorticks_off()
        panel.set_ylim(0, 1.1 * max(bound, own[RATE].max()))
        panel.set_title(network_label(network))
        panel.set_xlabel("DSPs")
    for panel in panels[::COLUMNS]:
        panel.set_ylabel("images per second")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
