"""How designs are told apart in figures that show many, and how the two-sided bound is drawn."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    SUITE_LABELS,
    accelerator_label,
    network_label,
    ordered,
    ordered_networks,
)

MARKERS = "os^Dvp*XP<>hd"
BOUND: dict[str, Any] = {"color": "black", "linewidth": 1.6}
HEAD_ROOM = 1.35
"""Height of a panel of bars over its tallest bar."""
BOUND_LABEL = "two-sided bound: dense / effectual MACs"
MEAN = "geometric_mean"
SCHEME_LABELS = {
    "dense": "unpruned",
    "dbb": "density bound blocks (W and A)",
    "magnitude": "magnitude pruning",
    "balanced": "balanced kernels",
    "unbalanced": "unbalanced, same nonzeros",
    "blockwise": "blockwise pruning",
    "thresholds": "thresholds (W and A)",
}


def scheme_label(name: str) -> str:
    """How a compression scheme is written over a panel."""
    return SCHEME_LABELS.get(name, name.replace("_", " "))


def ordered_schemes(names: Iterable[str]) -> list[str]:
    """The names in the project's order, unknown ones last."""
    return ordered(names, SCHEME_LABELS)


def design_styles(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Marker and color of each design, by its place in `names`; no two share both."""
    return {
        name: {"marker": MARKERS[n % len(MARKERS)], "color": PALETTE[n % len(PALETTE)]}
        for n, name in enumerate(names)
    }


def with_mean_last(names: Iterable[str]) -> list[str]:
    """Networks in the project's order, the geometric mean after them."""
    present = set(names)
    return ordered_networks(present - {MEAN}) + [MEAN] * (MEAN in present)


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
    panel.hlines([], 0, 0, label=label, **BOUND)
    for place, limit in enumerate(tightest):
        if limit <= top:
            panel.hlines(limit, place - 0.45, place + 0.45, **BOUND)
        else:
            panel.annotate(
                f"\N{UPWARDS ARROW} {limit:.3g}x",
                (place, 1),
                (0, -2),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=6.5,
            )


def times(value: float, _: object = None) -> str:
    """Tick label of a ratio: 4x, 1x, 1/4x."""
    return f"{value:g}x" if value >= 1 else f"1/{1 / value:g}x"


def speedup_points(panel: Axes, rows: pd.DataFrame, designs: Sequence[str]) -> None:
    """Speedup over a fully used dense array, a marker per design and network, with the bound.

    Args:
        panel: where.
        rows: columns network, accelerator, speedup_over_dense_ideal, two_sided_bound.
        designs: order of the markers.
    """
    networks = with_mean_last(rows["network"])
    width = 0.8 / len(designs)
    bound_lines(panel, rows.groupby("network")["two_sided_bound"].first().reindex(networks))
    for position, (name, style) in enumerate(design_styles(designs).items()):
        own = rows[rows["accelerator"] == name].set_index("network").reindex(networks)
        shift = (position - (len(designs) - 1) / 2) * width
        panel.plot(
            [n + shift for n in range(len(networks))],
            own["speedup_over_dense_ideal"],
            linestyle="",
            markersize=4.5,
            label=accelerator_label(name),
            **style,
        )
    panel.axhline(1.0, label="dense array, fully used = 1", **BASELINE)
    panel.set_yscale("log", base=2)
    panel.yaxis.set_major_formatter(times)
    labels = ["geometric mean" if name == MEAN else network_label(name) for name in networks]
    panel.set_xticks(range(len(networks)), labels, rotation=20)
    panel.grid(visible=False, axis="x")


Panels = npt.NDArray[np.object_]


def scheme_by_suite(
    rows: pd.DataFrame,
    draw: Callable[[Axes, pd.DataFrame], None],
    panel_inches: tuple[float, float],
    margin_inches: float,
    sharex: bool = False,
) -> tuple[Figure, Panels]:
    """A figure with a line of panels per compression scheme and a column per suite.

    Args:
        rows: with columns suite and scheme; a panel without rows is left empty.
        draw: draws the rows of one panel.
        panel_inches: width and height of one panel.
        margin_inches: height of the legend below.
        sharex: whether all panels have one x axis, as they have one y axis.

    Returns:
        The figure, and its panels (schemes, suites).
    """
    suites, schemes = list(dict.fromkeys(rows["suite"])), ordered_schemes(rows["scheme"])
    width, height = panel_inches
    size = (width * len(suites), height * len(schemes) + margin_inches)
    figure = Figure(figsize=size, layout="constrained")
    panels: Panels = figure.subplots(
        len(schemes), len(suites), sharex=sharex, sharey=True, squeeze=False
    )
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if own.empty:
                panel.set_axis_off()
                continue
            draw(panel, own)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{scheme_label(scheme)}")
    return figure, panels
