"""What clustering, balanced weights and both give over the same array with neither.

Array time over the same array with neither mechanism, on equally many weights; convolutions only.
Black: the two-sided bound, the most that any design of this size could gain over that baseline on
these zeros.
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

MECHANISMS = ["clustering", "balanced weights", "both"]


def draw(sense: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network and their mean, array time alone, convolutions."""
    rows = sense[sense["mechanism"].isin(MECHANISMS) & (sense["layers"] == "conv_only")]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(4.4 * len(suites), 3.2), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        chosen = rows[rows["suite"] == suite]
        network_bars(panel, chosen, "array_speedup", "mechanism", MECHANISMS)
        bar_bounds(panel, chosen, "array_speedup", "array_two_sided_bound")
        panel.axhline(1.0, label="neither = 1", **BASELINE)
        panel.set_title(SUITE_LABELS.get(suite, suite))
        panel.set_ylabel("speedup of the array (x)")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
