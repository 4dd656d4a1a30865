"""Sparse-Blox over the same hardware without a zero map: time and energy.

Sparse-Blox over the same hardware without a zero map, convolutions only. Scheme dense: natural zero
blocks alone, no threshold; blockwise: with the thresholds of the Spex search, where the
configuration runs it. Black: the two-sided bound, the most that any design of this size could gain
over that baseline on these zeros.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.designs import bar_bounds
from workflow.drawing.shared import (
    BASELINE,
    SUITE_LABELS,
    figure_command,
    legend_below,
    network_bars,
)

QUANTITIES = {"speedup": "speedup (x)", "energy_reduction": "less energy (x)"}
DESIGNS = {"sparse_blox": "systolic array", "sparse_blox_vector": "vector unit"}
SUITES = {**SUITE_LABELS, "imagenet": "full size (YOLOv5s: 640x480), modelled zeros"}


def draw(gains: pd.DataFrame) -> Figure:
    """A row of panels per quantity, a column per suite."""
    rows = gains[gains["layers"] == "conv_only"]
    design = rows["accelerator"].map(DESIGNS) + ", " + rows["scheme"]
    rows = rows.assign(design=design)
    order = [f"{d}, {s}" for s in dict.fromkeys(rows["scheme"]) for d in DESIGNS.values()]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(3.9 * len(suites), 5.2), layout="constrained")
    grid = figure.subplots(len(QUANTITIES), len(suites), sharey="row", squeeze=False)
    for line, (quantity, label) in zip(grid, QUANTITIES.items(), strict=True):
        for panel, suite in zip(line, suites, strict=True):
            chosen = rows[rows["suite"] == suite]
            network_bars(panel, chosen, quantity, "design", order)
            if quantity == "speedup":
                bar_bounds(panel, chosen, quantity)
            panel.axhline(1.0, label="without a zero map = 1", **{**BASELINE, "zorder": 3})
            panel.set_title(SUITES.get(suite, suite) if quantity == "speedup" else "")
            panel.set_ylabel(label)
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
