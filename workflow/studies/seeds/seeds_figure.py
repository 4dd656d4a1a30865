"""How far accuracies, densities and speedups lie from their mean, seed by seed.

The mean over the seeds stands at the right of a line. Thick bar: one standard deviation to either
side of it; thin line: from the smallest to the largest value; both relative to the mean, but in
percentage points where the quantity is one of top-1. Above, quantities of the network; below, the
speedup of each design over an ideal dense array of as many multipliers, without fully connected
layers. A seed is that of data, first weights, training and pruning, or of modelled zeros.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.designs import Panels
from workflow.drawing.shared import (
    PAGE_INCHES,
    PALETTE,
    figure_command,
    network_label,
    ordered,
    page_figure,
    type_width,
)
from workflow.drawing.words import scheme_label, suite_label
from workflow.studies.seeds.seeds_table import LOST, NO_DESIGN, SPEEDUP, TOP1

QUANTITIES = {
    "weight_density": "weight\ndensity",
    "activation_density": "activation\ndensity",
    TOP1: "top-1\nin %",
    LOST: "points of\ntop-1 lost",
}
POINTS = (TOP1, LOST)
"""Quantities whose deviations are differences, not relative."""
MOST_COLUMNS = 4
"""Of panels beside each other, which leaves room for the names of the runs."""
LINE_INCHES = 0.2
"""Height of a run."""
BESIDE_POINTS = 50.0
"""Width of the means beside a panel, with room."""
LEAST = 1e-6
"""Of a deviation, in points or per cent; less is rounding of equal values."""
OF_NETWORKS: dict[str, Any] = {"color": PALETTE[0], "marker": "o"}


def draw(table: pd.DataFrame) -> Figure:
    """Lines of panels, each with the runs of one suite; a panel per quantity or design."""
    rows = table[(table["accelerator"] == NO_DESIGN) | (table["quantity"] == SPEEDUP)]
    rows = rows.assign(
        panel=rows["accelerator"].where(rows["quantity"] == SPEEDUP, rows["quantity"])
    )
    designs = list(dict.fromkeys(rows.loc[rows["quantity"] == SPEEDUP, "accelerator"]))
    parts = [list(QUANTITIES), *_cut(designs)]
    suites = list(dict.fromkeys(rows["suite"]))
    lines = [(suite, part) for part in parts for suite in suites]
    counts = [len(_runs(rows[rows["suite"] == suite])) for suite, _ in lines]
    heights = [LINE_INCHES * count + 0.72 for count in counts]
    figure = page_figure(sum(heights))
    panels: Panels = figure.subplots(
        len(lines), MOST_COLUMNS, sharey="row", squeeze=False, height_ratios=heights
    )
    points = _panel_points(_runs(rows))
    for line, (suite, part) in zip(panels, lines, strict=True):
        _line(line, rows[rows["suite"] == suite], part, points)
    return figure


def _panel_points(runs: Sequence[tuple[str, str]]) -> float:
    """About the width of a panel beside the names of the runs."""
    names = max(type_width(_name(*run)) for run in runs)
    return (PAGE_INCHES * 72 - names) / MOST_COLUMNS - BESIDE_POINTS


def _name(network: str, scheme: str) -> str:
    return f"{network_label(network)}, {scheme_label(scheme)}"


def _cut(designs: Sequence[str]) -> list[list[str]]:
    starts = range(0, len(designs), MOST_COLUMNS)
    return [list(designs[start : start + MOST_COLUMNS]) for start in starts]


def _runs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """(network, scheme) of each run of a suite, from top to bottom."""
    return list(dict.fromkeys(rows[["network", "scheme"]].itertuples(index=False, name=None)))


def _line(line: Sequence[Axes], rows: pd.DataFrame, names: Sequence[str], points: float) -> None:
    """The panels of one suite: those that have values, then nothing."""
    runs, seeds = _runs(rows), int(rows["seeds"].max())
    drawn = _deviations(rows[rows["panel"].isin(names)])
    present = ordered(drawn["panel"], names)
    for panel, name in zip(line, present, strict=False):
        alike = drawn["panel"].isin(POINTS) == (name in POINTS)
        _panel(panel, drawn[drawn["panel"] == name], runs, name)
        reach = 1.1 * float(drawn.loc[alike, ["low", "high", "deviation"]].abs().max().max())
        _set_reach(panel, reach if reach > LEAST else 1.0, points)
    for panel in line[len(present) :]:
        panel.set_axis_off()
    line[0].set_yticks(range(len(runs)), [_name(*run) for run in runs])
    line[0].set_ylim(len(runs) - 0.4, -0.6)
    _title(line[0], f"{suite_label(rows['suite'].iloc[0])}: {seeds} seeds")


def _title(panel: Axes, text: str) -> None:
    """A title that reaches over the panels to the right, which a layout would make room for."""
    panel.set_title(" ")  # keeps the height
    over = panel.annotate(
        text, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points", va="bottom"
    )
    over.set_in_layout(False)


def _deviations(rows: pd.DataFrame) -> pd.DataFrame:
    """How far the ends lie from the mean: in points, or in per cent of the mean."""
    unit = np.where(rows["panel"].isin(POINTS), 1.0, rows["mean"].abs() / 100)
    return rows.assign(
        low=(rows["smallest"] - rows["mean"]) / unit,
        high=(rows["largest"] - rows["mean"]) / unit,
        deviation=rows["standard_deviation"] / unit,
    )


def _set_reach(panel: Axes, reach: float, points: float) -> None:
    """The same way to either side, with a tick at the last round number.

    The 0 in the middle is not written where the panel, so many points wide, has no room for it.
    """
    panel.set_xlim(-reach, reach)
    power = 10.0 ** np.floor(np.log10(reach))
    tick = max(step * power for step in (1, 1.5, 2, 3, 4, 6, 8) if step * power <= reach)
    ends = f"\N{MINUS SIGN}{tick:g}", f"{tick:g}"
    middle = "0" if type_width(ends[0]) / 2 + type_width("0") < points / 2 * tick / reach else ""
    panel.set_xticks([-tick, 0, tick], [ends[0], middle, ends[1]])


def _panel(panel: Axes, rows: pd.DataFrame, runs: Sequence[tuple[str, str]], name: str) -> None:
    of_network = name in QUANTITIES
    style = OF_NETWORKS if of_network else design_style(name).points
    at = [runs.index(run) for run in rows[["network", "scheme"]].itertuples(index=False, name=None)]
    colour = style["color"]
    panel.hlines(at, -rows["deviation"], rows["deviation"], color=colour, linewidth=4, alpha=0.5)
    panel.hlines(at, rows["low"], rows["high"], color=colour, linewidth=1)
    panel.plot([0.0] * len(at), at, linestyle="", markersize=4, **style)
    for place, mean in zip(at, rows["mean"], strict=True):
        text = f"{mean:#.3g}".rstrip(".").replace("-", "\N{MINUS SIGN}")
        panel.text(1.03, place, text, va="center", transform=panel.get_yaxis_transform())
    label = QUANTITIES[name] if of_network else f"{design_title(name)}\nspeedup"
    panel.set_xlabel(f"{label}, \N{PLUS-MINUS SIGN} {'points' if name in POINTS else '%'}")
    panel.grid(visible=False, axis="y")


if __name__ == "__main__":
    figure_command(draw, __doc__)
