"""What clustering, balanced weights and both give over the same array with neither.

Array time over the same array with neither mechanism, on equally many weights; convolutions only.
Black: the two-sided bound, the most that any design of this size could gain over that baseline on
these zeros.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.bars import bar_bounds, network_bars
from workflow.drawing.designs import suite_columns
from workflow.drawing.shared import BAR_COLOURS, BASELINE, figure_command, legend_below
from workflow.drawing.words import suite_label

MECHANISMS = ["clustering", "balanced weights", "both"]


def draw(sense: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network and their mean, array time alone, convolutions."""
    rows = sense[sense["mechanism"].isin(MECHANISMS) & (sense["layers"] == "conv_only")]
    figure, panels, suites = suite_columns(rows, 3.2)
    colours = dict(zip(MECHANISMS, BAR_COLOURS, strict=False))
    for panel, suite in zip(panels[0], suites, strict=True):
        panel_rows = rows[rows["suite"] == suite]
        network_bars(panel, panel_rows, "array_speedup", "mechanism", colours)
        bar_bounds(panel, panel_rows, "array_speedup", "array_two_sided_bound")
        panel.axhline(1.0, label="neither = 1", **{**BASELINE, "zorder": 3})
        panel.set_title(suite_label(suite, lines=True))
    panels[0][0].set_ylabel("speedup of the array (x)")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
