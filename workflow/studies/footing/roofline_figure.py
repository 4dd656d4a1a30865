"""Roofline of every design on the common footing: effectual MACs per DRAM byte and per cycle.

Roofline of every design on the common footing: effectual multiplications per DRAM byte and per
cycle (scaled to 1024 multipliers). A mark per network and compression level; filled: convolutions;
hollow: with fully connected layers. The black roof is 64 B/cycle and 1024 multipliers.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.footing import footing
from sim.registry import design_title
from workflow.drawing.shared import (
    PALETTE,
    figure_command,
    network_label,
    ordered_networks,
    panel_grid,
)
from workflow.drawing.words import suite_label

MARKERS = "osD^vPX"
COLUMNS = 4
INTENSITY, RATE = "effectual_macs_per_dram_byte", "effectual_macs_per_cycle"


def _roof(panel: Axes, limits: tuple[float, float]) -> None:
    common = footing()
    bandwidth = float(
        next(iter(common.designs.values())).overrides["dram_bytes_per_cycle"].values[0]
    )
    multipliers = common.multipliers[0]
    at = np.geomspace(*limits, 50)
    panel.plot(at, np.minimum(multipliers, bandwidth * at), color="black", linewidth=1)


def _handles(styles: dict[str, dict[str, Any]]) -> list[Line2D]:
    grey: dict[str, Any] = {"color": "0.3", "marker": "o", "linestyle": "", "markersize": 5}
    return [
        *(
            Line2D([], [], label=network_label(name), markersize=5, **style)
            for name, style in styles.items()
        ),
        Line2D([], [], label="convolutions", **grey),
        Line2D([], [], label="with FC layers", markerfacecolor="none", **grey),
        Line2D([], [], color="black", label="most of the common footing"),
    ]


def draw(table: pd.DataFrame) -> Figure:
    """A panel per design; colour and marker = network; hollow = with FC layers."""
    common = footing()
    rows = table[(table["footing"] == common.label(0)) & (table["networks"] == 1)]
    # The suites do not mix in a panel: the paper-size shapes are shown where there are any.
    suite = "imagenet" if (rows["suite"] == "imagenet").any() else str(rows["suite"].iloc[0])
    rows = rows[rows["suite"] == suite]
    designs = common.present(rows["accelerator"])
    styles: dict[str, dict[str, Any]] = {
        name: {"color": color, "marker": marker, "linestyle": ""}
        for name, color, marker in zip(
            ordered_networks(rows["network"]), PALETTE, MARKERS, strict=False
        )
    }
    figure, panels = panel_grid(len(designs), COLUMNS, 1.6, 1.0, share=True)
    limits = (rows[INTENSITY].min() / 2, rows[INTENSITY].max() * 2)
    for panel, name in zip(panels, designs, strict=True):
        _roof(panel, limits)
        for network, style in styles.items():
            for layers, face in (("all", "none"), ("no_linear", style["color"])):
                points = rows[
                    (rows["accelerator"] == name)
                    & (rows["network"] == network)
                    & (rows["layers"] == layers)
                ]
                panel.plot(
                    points[INTENSITY],
                    points[RATE],
                    markersize=4.5,
                    markerfacecolor=face,
                    **style,
                )
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_title(design_title(name))
    for position in range(max(0, len(designs) - COLUMNS), len(designs)):
        panels[position].tick_params(labelbottom=True)
        panels[position].set_xlabel("per DRAM byte")
    figure.supylabel("effectual multiplications: per cycle, and per DRAM byte", fontsize="medium")
    figure.suptitle(suite_label(suite))
    figure.legend(handles=_handles(styles), loc="outside lower center", ncols=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
