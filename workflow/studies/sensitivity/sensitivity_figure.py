"""Tornado of every design: the span that each swept parameter gives to speedup and energy.

Tornado of every design: how far each swept parameter moves speedup and energy, relative to the
configured design, under the compression that the design is meant for. Parameters are assumed unless
their label says otherwise; those without effect are left out.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from workflow.drawing.designs import times
from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    accelerator_label,
    figure_command,
    legend_below,
    network_label,
    panel_grid,
)
from workflow.event_checks import OTHER_ZEROS

COLUMNS = 3
SHOWN = 9
"""Parameters per design, widest first; the table has all."""
VISIBLE = 1.001
QUANTITIES = ["speedup", "energy", "energy_without_dram"]
SUITES = ("imagenet", "shapes", "digits")
"""A design is drawn on the first that it was varied on; the table has all."""


def drawn_rows(spans: pd.DataFrame) -> pd.DataFrame:
    """Of each design, the rows of one network: the first of its first suite."""
    order = {suite: place for place, suite in enumerate(SUITES)}
    ranked = spans.assign(place=spans["suite"].map(order)).sort_values("place", kind="stable")
    first = ranked.groupby("accelerator")[["suite", "network"]].first().reset_index()
    return spans.merge(first, on=["accelerator", "suite", "network"])


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    for place, quantity in enumerate(QUANTITIES):
        low, high = rows[f"relative_{quantity}_low"], rows[f"relative_{quantity}_high"]
        at = [n + 0.28 * (place - 1) for n in range(len(rows))]
        label = quantity.replace("_", " ").replace("dram", "DRAM")
        panel.barh(at, high - low, 0.26, low, color=PALETTE[place], linewidth=0, label=label)
    names = [
        parameter.removeprefix(OTHER_ZEROS) + ("" if status == "assumed" else f" ({status})")
        for parameter, status in zip(rows["parameter"], rows["status"], strict=True)
    ]
    panel.set_yticks(range(len(rows)), names, fontsize=6.5)
    panel.invert_yaxis()
    panel.axvline(1.0, **BASELINE | {"zorder": 3})
    panel.set_xscale("log", base=2)
    panel.xaxis.set_major_formatter(times)
    panel.tick_params(axis="x", labelsize=7)
    panel.grid(visible=False, axis="y")


def draw(spans: pd.DataFrame) -> Figure:
    """A panel per design."""
    rows = drawn_rows(spans)
    designs = footing().present(rows["accelerator"])
    figure, panels = panel_grid(len(designs), COLUMNS, (3.6, 2.4), (0.0, 0.6))
    for panel, name in zip(panels, designs, strict=True):
        own = rows[rows["accelerator"] == name]
        suite, network, scheme = own[["suite", "network", "scheme"]].iloc[0]
        width = own[[f"{quantity}_span" for quantity in QUANTITIES]].max(axis=1)
        chosen = own.assign(width=width)[width > VISIBLE].nlargest(SHOWN, "width")
        _panel(panel, chosen)
        where = f"{network_label(network)}, {scheme}, {suite}"
        panel.set_title(f"{accelerator_label(name)}\n{where}", fontsize=8)
    low, high = (
        rows[[f"relative_{name}_{end}" for name in QUANTITIES]].to_numpy(float)
        for end in ("low", "high")
    )
    limits = (float(low.min()) / 1.1, float(high.max()) * 1.1)
    for panel in panels:
        panel.set_xlim(*limits)
        panel.set_xlabel("relative to the configured design", fontsize=7)
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
