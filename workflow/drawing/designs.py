"""Panels that show many designs, and how the two-sided bound is drawn."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter

from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.shared import (
    BASELINE,
    SMALL_TYPE_POINTS,
    network_label,
    ordered_networks,
    page_figure,
)
from workflow.drawing.words import ordered_schemes, scheme_label, suite_label
from workflow.tabling.means import geometric_mean

BOUND: dict[str, Any] = {"color": "black", "linewidth": 1.6}
HEAD_ROOM = 1.35
"""Height of a panel of bars over its tallest bar."""
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


def bar_bounds(panel: Axes, rows: pd.DataFrame, value: str, bound: str = "two_sided_bound") -> None:
    """The bound over each group of bars of `network_bars`, the tightest of the bars' own.

    A baseline that hardly uses its multipliers has a bound far above all bars: such a bound is
    written at the top edge instead of shrinking the bars.
    """
    tightest = rows.groupby("network")[bound].min().reindex(ordered_networks(rows["network"]))
    top = max(HEAD_ROOM * float(rows[value].max()), panel.get_ylim()[1])
    panel.set_ylim(0, top)
    label = "two-sided bound over this baseline (a number: beyond the axis)"
    for place, limit in enumerate(tightest):
        if limit <= top:
            panel.hlines(limit, place - 0.45, place + 0.45, label=label, **BOUND)
        else:
            panel.annotate(
                f"\N{UPWARDS ARROW}{limit:.3g}",
                (place, 1),
                (0, -2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=SMALL_TYPE_POINTS,
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
    suites, schemes = list(dict.fromkeys(rows["suite"])), ordered_schemes(rows["scheme"])
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
    return figure, panels


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


def network_ticks(panel: Axes, networks: Sequence[str]) -> None:
    """The names of the networks under places 0, 1, 2, ... of the x axis."""
    labels = ["geometric mean" if name == MEAN else network_label(name) for name in networks]
    panel.set_xticks(range(len(networks)), labels, rotation=40, ha="right", rotation_mode="anchor")
    panel.set_xlim(-0.6, len(networks) - 0.4)
    panel.grid(visible=False, axis="x")


def grouped_bars(
    panel: Axes,
    rows: pd.DataFrame,
    columns: tuple[str, str, str],
    order: Sequence[str],
    colours: Mapping[str, Any],
) -> None:
    """Bars side by side in groups at places 0, 1, 2, ... of the x axis.

    Args:
        panel: where.
        rows: a bar per row, none where a value is missing.
        columns: which tell groups apart, which tell the bars of a group apart, and their height.
        order: of the groups.
        colours: of each series, in the order of the bars; those without rows get no place.
    """
    group, series, value = columns
    present = [name for name in colours if name in set(rows[series])]
    width = 0.84 / max(len(present), 1)
    for position, name in enumerate(present):
        heights = rows[rows[series] == name].set_index(group)[value].reindex(list(order))
        shift = (position - (len(present) - 1) / 2) * width
        panel.bar(
            [n + shift for n, height in enumerate(heights) if not np.isnan(height)],
            heights.dropna(),
            width * 0.94,
            color=colours[name],
            label=name,
        )
    panel.set_xlim(-0.6, len(order) - 0.4)
    panel.grid(visible=False, axis="x")


def network_bars(
    panel: Axes, rows: pd.DataFrame, value: str, series: str, colours: Mapping[str, Any]
) -> list[str]:
    """Grouped bars per network, `mean` last; returns the networks in their order."""
    networks = ordered_networks(rows["network"])
    grouped_bars(panel, rows, ("network", series, value), networks, colours)
    network_ticks(panel, networks)
    return networks


def design_colours(names: Iterable[str]) -> dict[str, str]:
    """Colour of each design by its title, for bars."""
    return {design_title(name): design_style(name).colour for name in names}
