"""Where the multiplier-cycles of Phantom-2D and its baselines go, stacked by groups of causes.

Multiplier-cycles by group of causes (`phantom_idle` has the causes themselves); black: effectual
multiplications.
"""

import pandas as pd
from matplotlib.figure import Figure

from sim.registry import design_title
from workflow.drawing.designs import ROW_INCHES
from workflow.drawing.loss_bars import loss_bars, loss_legend
from workflow.drawing.shared import figure_command, network_label, ordered_networks, panel_grid
from workflow.drawing.words import suite_label
from workflow.tabling.losses import group_of

LEFT_OUT = ("dense_ideal", "dense_mapped")
COLUMNS = 3


def draw(idle: pd.DataFrame) -> Figure:
    """A panel per suite and network; a bar per design that adds up to 100 %."""
    rows = idle[(idle["layers"] == "all") & ~idle["accelerator"].isin(LEFT_OUT)]
    rows = rows.assign(group=rows["cause"].map(group_of))
    cases = [
        (suite, network)
        for suite in dict.fromkeys(rows["suite"])
        for network in ordered_networks(rows.loc[rows["suite"] == suite, "network"])
    ]
    designs = list(dict.fromkeys(rows["accelerator"]))
    height = ROW_INCHES * len(designs) + 0.6
    figure, panels = panel_grid(len(cases), COLUMNS, height, 0.9, share=True)
    for panel, (suite, network) in zip(panels, cases, strict=True):
        case = rows[(rows["suite"] == suite) & (rows["network"] == network)]
        shares = case.pivot_table("slots_percent", "accelerator", "group", aggfunc="sum")
        loss_bars(panel, shares.reindex(designs), [design_title(name) for name in designs])
        panel.set_title(f"{network_label(network)}\n{suite_label(suite).split(',')[0]}")
    for panel in panels[-COLUMNS:]:
        panel.set_xlabel("multiplier-cycles (%)")
        panel.tick_params(labelbottom=True)
    loss_legend(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
