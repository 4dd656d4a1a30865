"""Speedup of every systolic array over SA-ZVCG on the same DBB-pruned networks.

Speedup over SA-ZVCG on the same pruned networks, all convolutions; the dashed line is what the
paper states as a mean. Black: the two-sided bound, the most that any design of this size could gain
over that baseline on these zeros.
"""

import pandas as pd
from matplotlib.figure import Figure

from sim.registry import design_title
from workflow.drawing.bars import bar_bounds, design_colours, network_bars
from workflow.drawing.designs import suite_columns
from workflow.drawing.shared import (
    BASELINE,
    PUBLISHED,
    figure_command,
    legend_below,
    published_low,
)
from workflow.drawing.words import suite_label

ARRAYS = ["sa_smt", "s2ta_w", "s2ta_aw"]


def draw(s2ta: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network and their mean, the claim as a dashed line."""
    stated = published_low(claims, "s2ta-speedup")
    rows = s2ta[(s2ta["layers"] == "no_linear") & (s2ta["baseline_scheme"] == "dbb")]
    # Speedups are the same on either basis of energy.
    rows = rows.drop_duplicates(["suite", "network", "accelerator"])
    rows = rows[rows["accelerator"].isin(ARRAYS)]
    rows = rows.assign(design=rows["accelerator"].map(design_title))
    figure, panels, suites = suite_columns(rows, 3.4)
    for panel, suite in zip(panels[0], suites, strict=True):
        panel_rows = rows[rows["suite"] == suite]
        network_bars(panel, panel_rows, "speedup", "design", design_colours(ARRAYS))
        bar_bounds(panel, panel_rows, "speedup")
        panel.axhline(1.0, label="SA-ZVCG = 1", **{**BASELINE, "zorder": 3})
        panel.axhline(stated, label=f"published: S2TA-AW more than {stated:g}x", **PUBLISHED)
        panel.set_title(suite_label(suite, lines=True))
    panels[0][0].set_ylabel("speedup of convolutions\nover SA-ZVCG (x)")
    legend_below(figure, columns=2)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
