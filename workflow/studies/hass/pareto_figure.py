"""Throughput of the layer-pipelined designs against the DSPs they take, a panel per network.

Throughput against DSPs per network and configuration, waiting of engines counted; dashed: the rate
in HASS's abstract; dotted: clock over the padded input, which no folding passes. Open marker: the
largest design, had averages been balanced instead.
"""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.shared import (
    PUBLISHED,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    panel_grid,
    published_low,
)

HOLLOW: dict[str, Any] = {
    "marker": "o",
    "color": "0.3",
    "markerfacecolor": "none",
    "linestyle": "none",
    "label": "largest, had averages been balanced",
}
DESIGNS = ("dataflow_dense", "pass", "hass")
CLAIM = "hass-mobilenet-v3-throughput"
COLUMNS = 3
RATE = "images_per_second_with_waiting"
TICKS = [200, 1000, 5000]
LIMITS = (150, 16000)


def draw(hass_pareto: pd.DataFrame, hass: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """A line per configuration through its designs; the port bound and the published rate."""
    networks = ordered_networks(hass["network"])
    figure, panels = panel_grid(len(networks), COLUMNS, 2.2, 0.8)
    for panel, network in zip(panels, networks, strict=True):
        designs = hass_pareto[hass_pareto["network"] == network].dropna(subset=["dsp"])
        full = hass[hass["network"] == network].set_index("accelerator")
        for name in DESIGNS:
            line = designs[designs["accelerator"] == name].sort_values(["dsp", RATE])
            style = design_style(name)
            panel.plot(
                line["dsp"],
                line[RATE],
                markersize=5,
                linewidth=1,
                label=design_title(name),
                **style.points,
            )
            panel.plot(
                full.loc[[name], "by_averages_dsp"],
                full.loc[[name], f"by_averages_{RATE}"],
                markersize=8,
                markerfacecolor="none",
                linestyle="none",
                **style.points,
            )
        panel.plot([], [], **HOLLOW)
        bound = full["input_port_images_per_second"].iloc[0]
        rates = [*designs[RATE], *full[f"by_averages_{RATE}"]]
        top = 1.15 * max(rates)
        if bound <= top:
            panel.axhline(bound, color="0.2", linestyle=":", label="input port: clock / pixels")
        else:
            at: dict[str, Any] = {"transform": panel.transAxes, "ha": "left", "va": "top"}
            panel.text(0.03, 0.97, f"input port: \N{UPWARDS ARROW}{bound:,.0f}", **at)
        if network.startswith("mobilenet_v3"):
            rate = published_low(claims, CLAIM)
            panel.axhline(rate, label="published, size not stated", **PUBLISHED)
        panel.set_xscale("log")
        panel.set_xlim(LIMITS)
        panel.set_xticks(TICKS, [f"{tick:,}" for tick in TICKS])
        panel.minorticks_off()
        panel.set_ylim(0, top)
        panel.set_title(network_label(network))
        panel.set_xlabel("DSPs")
    for panel in panels[::COLUMNS]:
        panel.set_ylabel("images per second")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
