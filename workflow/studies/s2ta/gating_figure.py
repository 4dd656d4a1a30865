"""The band of S2TA's energy gain: what the baseline's clock gating is assumed to stop.

Energy gain over SA-ZVCG at 16 nm for every assumption on what clock gating stops; both arrays
follow the same assumption in each row.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.shared import (
    BASELINE,
    PUBLISHED,
    figure_command,
    legend_below,
    page_figure,
    published_low,
)
from workflow.drawing.words import suite_label

VIEWS = {"no_linear": "all convolutions", "conv_only": "no depthwise layers"}
GATED = {True: ("registers gated", "-"), False: ("registers always clocked", ":")}
"""Words and line of what happens to the operand registers."""
GAIN = "energy_reduction_without_dram"


def draw(s2ta_gating: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """Columns: suites; rows: what is counted. Means over the suite's networks, without DRAM."""
    stated = published_low(claims, "s2ta-energy")
    rows = s2ta_gating[s2ta_gating["network"] == "mean"]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = page_figure(4.6)
    panels = figure.subplots(len(VIEWS), len(suites), sharex=True, sharey=True, squeeze=False)
    for line, (view, words) in zip(panels, VIEWS.items(), strict=True):
        for panel, suite in zip(line, suites, strict=True):
            _panel(panel, rows[(rows["suite"] == suite) & (rows["layers"] == view)])
            panel.axhline(1.0, label="SA-ZVCG = 1", **BASELINE)
            panel.axhline(stated, label=f"published: S2TA-AW more than {stated:g}x", **PUBLISHED)
            panel.set_title(f"{suite_label(suite, lines=True)}\n{words}")
        line[0].set_ylabel("energy reduction\nwithout DRAM (x)")
    for panel in panels[-1]:
        panel.set_xlabel("energy of a gated element\n(share of an active one)")
    legend_below(figure, columns=2)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    for name in dict.fromkeys(rows["accelerator"]):
        for gated, (words, line) in GATED.items():
            band = rows[(rows["accelerator"] == name) & (rows["gate_operands"] == gated)]
            if band.empty:
                continue
            band = band.sort_values("gating_residual")
            panel.plot(
                band["gating_residual"],
                band[GAIN],
                linestyle=line,
                markersize=5,
                markerfacecolor=None if gated else "white",
                label=f"{design_title(name)}, {words}",
                **design_style(name).points,
            )


if __name__ == "__main__":
    figure_command(draw, __doc__)
