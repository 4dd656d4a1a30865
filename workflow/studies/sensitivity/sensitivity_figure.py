"""Tornado of every design: the span that each swept parameter gives to speedup and energy.

Tornado of every design: how far each swept parameter moves speedup and energy, relative to the
configured design, under the compression that the design is meant for. Parameters are assumed unless
their label says otherwise; those that move nothing by 1 % are left out, and designs without any.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from sim.registry import design_title
from workflow.drawing.designs import ROW_INCHES, ratio_axis
from workflow.drawing.shared import (
    BAR_COLOURS,
    BASELINE,
    figure_command,
    legend_below,
    network_label,
    panel_grid,
)
from workflow.drawing.words import parameter_label, scheme_label, suite_label
from workflow.variants import OTHER_ZEROS

COLUMNS = 2
SHOWN = 7
"""Parameters per design, widest first; the table has all."""
VISIBLE = 1.01
"""Span of a parameter that is drawn: the highest over the lowest value."""
QUANTITIES = {
    "speedup": "speedup",
    "energy": "energy",
    "energy_without_dram": "energy without DRAM",
}
SUITES = ("imagenet", "shapes", "digits")
"""A design is drawn on the first that it was varied on; the table has all."""


def drawn_rows(spans: pd.DataFrame) -> pd.DataFrame:
    """Rows of one network for each design: the first of its first suite."""
    order = {suite: place for place, suite in enumerate(SUITES)}
    ranked = spans.assign(place=spans["suite"].map(order)).sort_values("place", kind="stable")
    first = ranked.groupby("accelerator")[["suite", "network"]].first().reset_index()
    return spans.merge(first, on=["accelerator", "suite", "network"])


def visible_rows(spans: pd.DataFrame) -> pd.DataFrame:
    """The rows whose parameter moves some quantity, those of a design widest first."""
    widths = spans[[f"{quantity}_span" for quantity in QUANTITIES]].max(axis=1)
    rows = spans.assign(width=widths)[widths > VISIBLE]
    rows = rows.sort_values("width", ascending=False, kind="stable")
    return rows.groupby("accelerator").head(SHOWN)


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    for place, (quantity, label) in enumerate(QUANTITIES.items()):
        low, high = rows[f"relative_{quantity}_low"], rows[f"relative_{quantity}_high"]
        at = [n + 0.28 * (place - 1) for n in range(len(rows))]
        panel.barh(at, high - low, 0.26, low, color=BAR_COLOURS[place], linewidth=0, label=label)
    names = [
        parameter_label(parameter.removeprefix(OTHER_ZEROS))
        + ("" if status == "assumed" else f" ({status})")
        for parameter, status in zip(rows["parameter"], rows["status"], strict=True)
    ]
    panel.set_yticks(range(len(rows)), names)
    panel.set_ylim(SHOWN - 0.4, -0.6)
    panel.axvline(1.0, **BASELINE | {"zorder": 3})
    panel.grid(visible=False, axis="y")


def draw(spans: pd.DataFrame) -> Figure:
    """A panel per design that some parameter moves."""
    rows = visible_rows(drawn_rows(spans))
    designs = footing().present(rows["accelerator"])
    height = ROW_INCHES * SHOWN + 0.85
    figure, panels = panel_grid(max(len(designs), 1), COLUMNS, height, 0.5)
    ends = [f"relative_{name}_{end}" for name in QUANTITIES for end in ("low", "high")]
    lowest, highest = float(rows[ends].min().min()), float(rows[ends].max().max())
    for panel, name in zip(panels, designs, strict=False):
        design = rows[rows["accelerator"] == name]
        suite, network, scheme = design[["suite", "network", "scheme"]].iloc[0]
        _panel(panel, design)
        where = f"{scheme_label(scheme)}, {suite_label(suite).split(',')[0]}"
        panel.set_title(f"{design_title(name)}: {network_label(network)}\n{where}", loc="right")
        panel.set_xlim(lowest / 1.1, highest * 1.1)
        ratio_axis(panel)
    for panel in panels[-COLUMNS:]:
        panel.set_xlabel("over the\nconfigured design")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
