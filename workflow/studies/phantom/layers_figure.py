"""Speedup layer by layer on the networks that Phantom's abstract names, beside the bound.

Speedups are over an ideal dense array; black: the two-sided bound.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.designs import BOUND, BOUND_LABEL, ratio_axis, ratio_limits
from workflow.drawing.shared import (
    BASELINE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    page_figure,
)
from workflow.drawing.words import suite_label

NETWORKS = ("vgg16", "mobilenet_v1")
LEFT_OUT = ("dense_ideal", "dense_mapped")
SPEEDUP = "speedup_over_dense_ideal"


def draw(layers: pd.DataFrame) -> Figure:
    """Rows: networks; columns: suites; a line per design, black the two-sided bound."""
    rows = layers[~layers["accelerator"].isin(LEFT_OUT)]
    wanted = rows[rows["network"].isin(NETWORKS)]
    rows = rows if wanted.empty else wanted
    suites = list(dict.fromkeys(rows["suite"]))
    networks = ordered_networks(rows["network"])
    figure = page_figure(2.5 * len(networks) + 0.6)
    panels = figure.subplots(len(networks), len(suites), sharey=True, squeeze=False)
    limits = ratio_limits(rows[SPEEDUP], rows["two_sided_bound"])
    for line, network in zip(panels, networks, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            case = rows[(rows["suite"] == suite) & (rows["network"] == network)]
            if case.empty:
                panel.set_axis_off()
                continue
            _panel(panel, case)
            panel.set_ylim(limits)
            ratio_axis(panel, horizontal=False, most_ticks=7)
            panel.set_title(
                f"{network_label(network)}\n{suite_label(suite, lines=len(suites) > 2)}"
            )
        line[0].set_ylabel("speedup over ideal dense\n(equal multipliers)")
    for panel in panels[-1]:
        panel.set_xlabel("layer, in the order they run")
    legend_below(figure, columns=4)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    bound = rows.groupby("layer_index")["two_sided_bound"].first()
    panel.plot(bound.index, bound, label=BOUND_LABEL, **BOUND)
    for name in dict.fromkeys(rows["accelerator"]):
        design = rows[rows["accelerator"] == name].sort_values("layer_index")
        panel.plot(
            design["layer_index"],
            design[SPEEDUP],
            markersize=4,
            linewidth=0.9,
            label=design_title(name),
            **design_style(name).points,
        )
    panel.axhline(1.0, **BASELINE)
    panel.set_xlim(0.4, rows["layer_index"].max() + 0.6)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


if __name__ == "__main__":
    figure_command(draw, __doc__)
