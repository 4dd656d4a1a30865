"""Sparse-Blox over the same hardware without a zero map: time and energy.

Sparse-Blox over the same hardware without a zero map, convolutions only. Pale: natural zero
blocks alone, no threshold; full colour: with the thresholds of the Spex search, where the
configuration runs it. YOLOv5s sees 640x480 pixels. Black: the two-sided bound, the most that any
design of this size could gain over that baseline on these zeros.
"""

from typing import Any

import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from sim.styles import design_style
from workflow.drawing.bars import bar_bounds, network_bars
from workflow.drawing.designs import suite_columns
from workflow.drawing.shared import BASELINE, figure_command, legend_below
from workflow.drawing.words import suite_label

QUANTITIES = {"speedup": "speedup (x)", "energy_reduction": "less energy (x)"}
DESIGNS = {"sparse_blox": "systolic array", "sparse_blox_vector": "vector unit"}
THRESHOLDS = {"dense": "no threshold", "blockwise": "thresholds"}
PALE = 0.55
"""How much of the colour's way to white the bars without thresholds go."""


def _bars() -> dict[tuple[str, str], tuple[str, Any]]:
    """Label and colour of the bars of a design under a scheme."""
    return {
        (design, scheme): (
            f"{title}, {words}",
            _paler(design_style(design).colour)
            if scheme == "dense"
            else design_style(design).colour,
        )
        for scheme, words in THRESHOLDS.items()
        for design, title in DESIGNS.items()
    }


def _paler(colour: str) -> tuple[float, ...]:
    return tuple(part + PALE * (1 - part) for part in to_rgb(colour))


def draw(gains: pd.DataFrame) -> Figure:
    """A row of panels per quantity, a column per suite."""
    rows = gains[gains["layers"] == "conv_only"]
    bars = _bars()
    keys = list(zip(rows["accelerator"], rows["scheme"], strict=True))
    rows = rows.assign(design=[bars[key][0] if key in bars else "" for key in keys])
    colours = dict(bars.values())
    figure, grid, suites = suite_columns(rows, 4.9, lines=len(QUANTITIES))
    for line, (quantity, label) in zip(grid, QUANTITIES.items(), strict=True):
        for panel, suite in zip(line, suites, strict=True):
            panel_rows = rows[rows["suite"] == suite]
            network_bars(panel, panel_rows, quantity, "design", colours)
            if quantity == "speedup":
                bar_bounds(panel, panel_rows, quantity)
            panel.axhline(1.0, label="without a zero map = 1", **{**BASELINE, "zorder": 3})
            if quantity == "speedup":
                panel.set_title(suite_label(suite, lines=True))
                panel.tick_params(labelbottom=False)
        line[0].set_ylabel(label)
    legend_below(figure, columns=2)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
