"""Every design over an ideal dense array with equal multipliers, and the two-sided bound.

Speedup over an ideal dense array, both run at about 1024 multipliers; black: the most that skipping
the zeros of both operands can give.
"""

import pandas as pd
from matplotlib.figure import Figure

from sim.registry import design_title
from workflow.drawing.bars import design_colours, network_bars
from workflow.drawing.designs import bound_lines
from workflow.drawing.shared import BASELINE, figure_command, legend_below, page_figure
from workflow.drawing.words import suite_label


def draw(phantom: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network, a black line where no design can go beyond."""
    rows = phantom[
        (phantom["layers"] == "all")
        & (phantom["baseline"] == "dense_ideal")
        & (phantom["network"] != "mean")
    ].dropna(subset=["speedup_equal_multipliers"])
    rows = rows.assign(design=rows["accelerator"].map(design_title))
    colours = design_colours(dict.fromkeys(rows["accelerator"]))
    suites = list(dict.fromkeys(rows["suite"]))
    figure = page_figure(1.95 * len(suites) + 0.6)
    panels = figure.subplots(len(suites), 1, squeeze=False)[:, 0]
    for panel, suite in zip(panels, suites, strict=True):
        case = rows[rows["suite"] == suite]
        order = network_bars(panel, case, "speedup_equal_multipliers", "design", colours)
        panel.tick_params(axis="x", labelrotation=0)
        for label in panel.get_xticklabels():
            label.set_ha("center")
        bound_lines(panel, case.groupby("network")["two_sided_bound"].first().reindex(order))
        panel.axhline(1.0, label="ideal dense array = 1", **{**BASELINE, "zorder": 3})
        panel.set_title(suite_label(suite))
    figure.supylabel("speedup, equal multipliers (x)", fontsize="medium")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
