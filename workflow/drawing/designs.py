"""Panels that show many designs, and how the two-sided bound is drawn."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter

from sim.footing import footing
from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.shared import (
    BASELINE,
    page_figure,
    wrapped,
)
from workflow.drawing.words import ordered_schemes, scheme_label, suite_label
from workflow.tabling.means import geometric_mean

BOUND: dict[str, Any] = {"color": "black", "linewidth": 1.6}
BOUND_LABEL = "two-sided bound: dense / effectual MACs"
DENSE_LABEL = "dense array, fully used = 1"
MEAN = "geometric_mean"
ROW_INCHES = 0.17
"""Height of a line of type, with room."""


def bound_lines(panel: Axes, bound: Iterable[float]) -> None:
    """A black line over each place 0, 1, 2, ... of the x axis."""
    values = list(bound)
    panel.hlines(
        values,
        [n - 0.45 for n in range(len(values))],
        [n + 0.45 for n in range(len(values))],
        label=BOUND_LABEL,
        **BOUND,
    )


def times(value: float, _: object = None) -> str:
    """Tick label of a ratio: 4x, 1x, 1/4x."""
    return f"{value:g}x" if value >= 1 else f"1/{1 / value:g}x"


def ratio_axis(panel: Axes, horizontal: bool = True, most_ticks: int = 4) -> None:
    """A logarithmic axis of ratios with ticks at powers of two, few enough to be read."""
    axis, limits = (
        (panel.xaxis, panel.get_xlim()) if horizontal else (panel.yaxis, panel.get_ylim())
    )
    (panel.set_xscale if horizontal else panel.set_yscale)("log", base=2)
    (panel.set_xlim if horizontal else panel.set_ylim)(*limits)
    low, high = np.log2(sorted(limits))
    step = max(1, int(np.ceil((high - low) / most_ticks)))
    exponents = [n for n in range(int(np.ceil(low)), int(np.floor(high)) + 1) if n % step == 0]
    axis.set_major_locator(FixedLocator([2.0**n for n in exponents]))
    axis.set_major_formatter(times)
    axis.set_minor_formatter(NullFormatter())


def ratio_limits(*values: Iterable[float]) -> tuple[float, float]:
    """Limits of an axis of ratios that hold all positive finite values, and 1."""
    numbers = np.concatenate([np.asarray(list(part), dtype=float) for part in values])
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    low, high = min(1.0, numbers.min(initial=1.0)), max(1.0, numbers.max(initial=1.0))
    room = (high / low) ** 0.06 * 1.03
    return float(low / room), float(high * room)


def network_means(values: pd.Series, networks: pd.Series) -> float:
    """The row called the geometric mean where there is one; otherwise that of all rows."""
    means = values[networks == MEAN]
    return float(means.iloc[0]) if len(means) else geometric_mean(values)


def design_rows(
    panel: Axes,
    rows: pd.DataFrame,
    designs: Sequence[str],
    value: str = "speedup_over_dense_ideal",
    bound: str | None = "two_sided_bound",
) -> None:
    """A line of the panel per design: its mean as its mark, over the span of the networks.

    Args:
        panel: where; the x axis is scaled by the caller.
        rows: columns network, accelerator, `value` and, unless it is None, `bound`.
        designs: from top to bottom; one without rows has an empty line.
        value: what is shown, a ratio.
        bound: column of the bound of a network, the same for all designs.
    """
    for place, name in enumerate(designs):
        design = rows[rows["accelerator"] == name].dropna(subset=[value])
        if design.empty:
            continue
        style, each = design_style(name), design.loc[design["network"] != MEAN, value]
        if len(each):
            span = [float(each.min()), float(each.max())]
            panel.plot(span, [place, place], color=style.colour, linewidth=1.4)
            panel.plot(each, [place] * len(each), "|", color=style.colour, markersize=5)
        mean = network_means(design[value], design["network"])
        panel.plot(mean, place, linestyle="", markersize=6, **style.points)
    if bound is not None:
        of_network = rows.groupby("network", sort=False)[bound].first()
        networks = of_network.index.to_series()
        limit, each = network_means(of_network, networks), of_network[networks != MEAN]
        panel.axvline(limit, label=f"{BOUND_LABEL}, mean", **BOUND)
        if len(each) > 1:
            label = "its span over the networks"
            panel.axvspan(each.min(), each.max(), color="0.9", zorder=0, label=label)
    panel.axvline(1.0, label=DENSE_LABEL if bound is not None else None, **BASELINE)
    panel.set_yticks(range(len(designs)), [design_title(name) for name in designs])
    panel.set_ylim(len(designs) - 0.4, -0.6)
    panel.grid(visible=False, axis="y")


def of_every_suite(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the compression schemes that every suite has: no line of panels has gaps."""
    suites_of_scheme = rows.groupby("scheme")["suite"].transform("nunique")
    return rows[suites_of_scheme == rows["suite"].nunique()]


Panels = npt.NDArray[np.object_]
Sharing = bool | Literal["none", "all", "row", "col"]
"""Which panels of a figure have the same axis, as `Figure.subplots` takes it."""


def panel_title(suite: str, scheme: str) -> str:
    """Suite and compression over a panel, in lines that fit three panels into a page's width."""
    return f"{suite_label(suite, lines=True)}\n{scheme_label(scheme)}"


def scheme_by_suite(
    rows: pd.DataFrame,
    draw: Callable[[Axes, pd.DataFrame], None],
    panel_inches: float,
    margin_inches: float,
    sharey: Sharing = True,
) -> tuple[Figure, Panels]:
    """A figure with a line of panels per compression scheme and a column per suite.

    Args:
        rows: with columns suite and scheme; a panel without rows is left empty.
        draw: draws the rows of one panel.
        panel_inches: height of one panel.
        margin_inches: height of the legend below.
        sharey: which panels have one y axis, as `Figure.subplots` takes it; the x axis is one.

    Returns:
        The figure, and its panels (schemes, suites).
    """
    schemes = ordered_schemes(rows["scheme"])
    # Gaps come last, so that names stand at the left: suites with the most schemes come first.
    suites = list(
        rows.groupby("suite", sort=False)["scheme"]
        .nunique()
        .sort_values(ascending=False, kind="stable")
        .index
    )
    figure = page_figure(panel_inches * len(schemes) + margin_inches)
    panels: Panels = figure.subplots(
        len(schemes), len(suites), sharex=True, sharey=sharey, squeeze=False
    )
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            cell = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if cell.empty:
                panel.set_axis_off()
                continue
            draw(panel, cell)
            panel.set_title(panel_title(suite, scheme))
        next(panel for panel in line if panel.axison).tick_params(labelleft=True)
    return figure, panels


def designs_of_schemes(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The designs of the footing that some suite has under each scheme."""
    cases = rows.groupby("scheme")["accelerator"]
    return {str(scheme): footing().present(names) for scheme, names in cases}


def label_columns(panels: Panels, text: str) -> None:
    """What the x axis shows, in lines that fit, and its ticks under each column's lowest panel."""
    for column in panels.T:
        lowest = next(panel for panel in reversed(column) if panel.axison)
        lowest.set_xlabel(wrapped(text, panels.shape[1]))
        lowest.tick_params(labelbottom=True)


def suite_columns(
    rows: pd.DataFrame, height_inches: float, lines: int = 1, sharey: Sharing = "row"
) -> tuple[Figure, Panels, list[str]]:
    """A figure with a column of panels per suite, as wide as the suite has networks.

    Args:
        rows: with columns suite and network.
        height_inches: of the figure.
        lines: of panels.
        sharey: as `Figure.subplots` takes it.

    Returns:
        The figure, its panels (lines, suites), and the suites.
    """
    suites = list(dict.fromkeys(rows["suite"]))
    counts = [rows.loc[rows["suite"] == suite, "network"].nunique() for suite in suites]
    figure = page_figure(height_inches)
    widths = [max(count, 0.45 * max(counts)) for count in counts]
    panels: Panels = figure.subplots(
        lines, len(suites), sharey=sharey, squeeze=False, width_ratios=widths
    )
    return figure, panels, suites
