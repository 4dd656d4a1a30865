"""Roofline of every design on the common footing: effectual MACs per DRAM byte and per cycle.

Roofline of every design on the common footing: effectual multiplications per DRAM byte and per
cycle (scaled to 1024 multipliers). Filled: convolutions; hollow: with fully connected layers. The
black roof is 64 B/cycle and 1024 multipliers.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from workflow.drawing.designs import ordered_schemes, scheme_label
from workflow.drawing.shared import (
    PALETTE,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    panel_grid,
)

MARKERS = "osD^v"
COLUMNS = 4
INTENSITY, RATE = "effectual_macs_per_dram_byte", "effectual_macs_per_cycle"


def _roof(panel: Axes, limits: tuple[float, float]) -> None:
    common = footing()
    bandwidth = float(
        next(iter(common.designs.values())).overrides["dram_bytes_per_cycle"].values[0]
    )
    multipliers = common.multipliers[0]
    at = np.geomspace(*limits, 50)
    label = f"{multipliers} multipliers, {bandwidth:g} B/cycle"
    panel.plot(at, np.minimum(multipliers, bandwidth * at), color="black", label=label)


def draw(table: pd.DataFrame) -> Figure:
    """A panel per design; color = network, marker = compression; hollow = with FC layers."""
    common = footing()
    rows = table[(table["footing"] == common.label(0)) & (table["networks"] == 1)]
    # The suites do not mix in a panel: the paper-size shapes are shown where there are any.
    suite = "imagenet" if (rows["suite"] == "imagenet").any() else str(rows["suite"].iloc[0])
    rows = rows[rows["suite"] == suite]
    designs = common.present(rows["accelerator"])
    networks, schemes = ordered_networks(rows["network"]), ordered_schemes(rows["scheme"])
    figure, panels = panel_grid(len(designs), COLUMNS, (2.9, 2.3), (0.0, 0.9), share=True)
    limits = (rows[INTENSITY].min() / 2, rows[INTENSITY].max() * 2)
    for panel, name in zip(panels, designs, strict=True):
        _roof(panel, limits)
        for (network, scheme, layers), own in rows[rows["accelerator"] == name].groupby(
            ["network", "scheme", "layers"], sort=False
        ):
            color = PALETTE[networks.index(str(network))]
            filled = layers == "no_linear"
            panel.plot(
                own[INTENSITY],
                own[RATE],
                MARKERS[schemes.index(str(scheme)) % len(MARKERS)],
                color=color,
                markerfacecolor=color if filled else "none",
                markersize=4.5,
                label=f"{network_label(str(network))}, {scheme_label(str(scheme))}"
                if filled
                else None,
            )
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_title(accelerator_label(name), fontsize=8)
    for first in range(0, len(designs), COLUMNS):
        panels[first].set_ylabel("effectual MACs / cycle")
    for position in range(max(0, len(designs) - COLUMNS), len(designs)):
        panels[position].set_xlabel("effectual MACs / DRAM byte")
        panels[position].tick_params(labelbottom=True)
    figure.suptitle(SUITE_LABELS.get(suite, suite), fontsize=9)
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
