"""Upright bars in groups, one per network, with the bound over each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.designs import BOUND, MEAN
from workflow.drawing.shared import (
    SMALL_TYPE_POINTS,
    network_label,
    ordered_networks,
    type_width,
)

HEAD_ROOM = 1.35
"""Height of a panel of bars over its tallest bar."""
EDGE = 0.55
"""From the outermost places of a panel to where texts end, within its edges."""
LINE_POINTS = 10.0
"""From a line of small type to the next."""


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


def bar_bounds(panel: Axes, rows: pd.DataFrame, value: str, bound: str = "two_sided_bound") -> None:
    """The bound over each group of bars of `network_bars`, the tightest of the bars' own.

    A baseline that hardly uses its multipliers has a bound far above all bars: such a bound is
    written at the top edge instead of shrinking the bars.
    """
    tightest = rows.groupby("network")[bound].min().reindex(ordered_networks(rows["network"]))
    top = max(HEAD_ROOM * float(rows[value].max()), panel.get_ylim()[1])
    panel.set_ylim(0, top)
    label = "two-sided bound over this baseline (a number: beyond the axis)"
    for place in np.flatnonzero(tightest <= top):
        panel.hlines(tightest.iloc[place], place - 0.45, place + 0.45, label=label, **BOUND)
    beyond = np.flatnonzero(tightest > top)
    texts = {int(n): f"\N{UPWARDS ARROW}{tightest.iloc[n]:.3g}" for n in beyond}
    _write_at_the_top(panel, texts, len(tightest))


def _write_at_the_top(panel: Axes, texts: Mapping[int, str], places: int) -> None:
    """Texts by their place, neighbours on lines of their own where one line has no room for them.

    How wide the panel will be is not known before the figure is laid out: its share of the figure
    is a little less, so that nothing touches.
    """
    figure = panel.get_figure(root=True)
    inches = panel.get_position().width * (figure.get_figwidth() if figure is not None else 0.0)
    widest = max(map(type_width, texts.values()), default=0.0)
    crowded = widest > 72 * inches / places
    line = 0
    for place, text in texts.items():
        line = (line + 1) % 2 if crowded and place - 1 in texts else 0
        side = {0: "left", places - 1: "right"}.get(place, "center") if crowded else "center"
        shift = {"left": -EDGE, "right": EDGE}.get(side, 0.0)
        panel.annotate(
            text,
            (place + shift, 1),
            (0, -2 - line * LINE_POINTS),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            va="top",
            fontsize=SMALL_TYPE_POINTS,
        )


def design_colours(names: Iterable[str]) -> dict[str, str]:
    """Colour of each design by its title, for bars."""
    return {design_title(name): design_style(name).colour for name in names}
