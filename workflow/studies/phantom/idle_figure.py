"""Where the multiplier-cycles of Phantom-2D and its baselines go, stacked by groups of causes.

Multiplier-cycles by group of causes (`phantom_idle` has the causes themselves); black: effectual
multiplications.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.loss_bars import loss_bars, loss_legend
from workflow.drawing.shared import (
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    network_label,
    ordered_networks,
)
from workflow.tabling.losses import group_of

LEFT_OUT = ("dense_ideal", "dense_mapped")


def draw(idle: pd.DataFrame) -> Figure:
    """Rows: networks; columns: suites; a bar per design that adds up to 100 %."""
    rows = idle[(idle["layers"] == "all") & ~idle["accelerator"].isin(LEFT_OUT)]
    rows = rows.assign(group=rows["cause"].map(group_of))
    suites = list(dict.fromkeys(rows["suite"]))
    networks = ordered_networks(rows["network"])
    size = (4.6 * len(suites), 1.5 * len(networks) + 1.2)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(networks), len(suites), sharex=True, squeeze=False)
    for line, network in zip(panels, networks, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["network"] == network)]
            if own.empty:
                panel.set_axis_off()
                continue
            shares = own.pivot_table("slots_percent", "accelerator", "group", aggfunc="sum")
            loss_bars(panel, shares, [accelerator_label(str(name)) for name in shares.index])
            panel.invert_yaxis()
            panel.set_title(f"{network_label(network)}: {SUITE_LABELS.get(suite, suite)}")
    for panel in panels[-1]:
        panel.set_xlabel("multiplier-cycles (%)")
    loss_legend(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
