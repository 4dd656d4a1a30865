"""One look for all figures, and one way to draw and save them with the same bytes every time."""

import argparse
import math
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.textpath import TextPath

from models.networks.titles import network_titles
from sim.files import intact
from workflow.cli import run, whole_file

mpl.use("Agg")

PALETTE = [
    mpl.colors.to_rgb(color)
    for color in (
        "#0173b2",
        "#de8f05",
        "#029e73",
        "#d55e00",
        "#cc78bc",
        "#ca9161",
        "#fbafe4",
        "#949494",
        "#ece133",
        "#56b4e9",
    )
]
"""Seaborn's palette `colorblind`."""
BAR_COLOURS = [mpl.colors.to_rgb(color) for color in ("#0a4c80", "#029e73", "#eaa63a", "#f3d3e7")]
"""Of bars, which have no marker: from dark to light, so that they differ in grey as well."""
PAPER = 0.8
"""Sizes of lines and ticks on paper, over those of a notebook."""
PAGE_INCHES = 7.2
"""Width of every figure: a page's at 96 pixels per inch, so that type keeps its size on it."""
LETTERS_PER_PAGE = 86
"""Of ordinary type beside each other in the panels of a page, which leave room for their names."""
TYPE_POINTS = 8.5
SMALL_TYPE_POINTS = 8.0
"""Of ticks, legends and labels of points; nothing is smaller on a page."""
WHITE_GRID: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": ".8",
    "axes.grid": True,
    "axes.linewidth": 1.25 * PAPER,
    "font.sans-serif": ["Arial", "DejaVu Sans", "Liberation Sans", "Bitstream Vera Sans"],
    "grid.color": ".8",
    "lines.linewidth": 1.5 * PAPER,
    "lines.markersize": 6 * PAPER,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "patch.linewidth": PAPER,
    "xtick.bottom": False,
    "ytick.left": False,
    **dict.fromkeys(["axes.labelcolor", "text.color", "xtick.color", "ytick.color"], ".15"),
    **dict.fromkeys(["axes.labelsize", "axes.titlesize", "font.size"], TYPE_POINTS),
    **dict.fromkeys(["figure.titlesize", "legend.title_fontsize"], TYPE_POINTS),
    **dict.fromkeys(["legend.fontsize", "xtick.labelsize", "ytick.labelsize"], SMALL_TYPE_POINTS),
    **dict.fromkeys(["xtick.major.size", "ytick.major.size"], 6 * PAPER),
    **dict.fromkeys(["xtick.minor.size", "ytick.minor.size"], 4 * PAPER),
}
"""Seaborn's style `whitegrid` with type for a page, written out: seaborn is slow to import."""
PUBLISHED: dict[str, Any] = {"color": "0.25", "linestyle": (0, (4, 2)), "linewidth": 1.2}
"""How a published value is drawn beside a measured one."""
BASELINE: dict[str, Any] = {"color": "0.5", "linestyle": "-", "linewidth": 0.9, "zorder": 0}


def apply_style() -> None:
    """A white grid, text as paths, and a fixed salt so that SVG ids repeat."""
    mpl.rcParams.update(
        {
            **WHITE_GRID,
            "svg.hashsalt": "sparsebench",
            "figure.dpi": 100,
            "savefig.dpi": 160,
            "legend.frameon": False,
            "legend.handlelength": 1.4,
            "legend.columnspacing": 1.2,
        }
    )


def network_label(name: str) -> str:
    """How a network is written on an axis."""
    return network_titles().get(name, name)


def ordered(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names in the order of the known ones, others last."""
    present = set(names)
    first = [name for name in known if name in present]
    return first + sorted(present - set(first))


def ordered_networks(names: Iterable[str]) -> list[str]:
    """The names in the project's order, unknown ones last."""
    return ordered(names, network_titles())


def type_width(text: str) -> float:
    """Width of a line of small type, in points."""
    return float(TextPath((0, 0), text, size=SMALL_TYPE_POINTS).get_extents().width)


def wrapped(text: str, columns: int) -> str:
    """The text in lines that fit under one of so many panels beside each other."""
    most = LETTERS_PER_PAGE // columns
    return "\n".join(textwrap.fill(line, most) for line in text.splitlines())


def page_figure(height_inches: float) -> Figure:
    """An empty figure as wide as a page."""
    return Figure(figsize=(PAGE_INCHES, height_inches), layout="constrained")


def panel_grid(
    count: int, columns: int, panel_inches: float, margin_inches: float, share: bool = False
) -> tuple[Figure, list[Axes]]:
    """A figure of a page's width with so many panels, line by line.

    Args:
        count: number of panels.
        columns: of a full line; fewer panels have fewer.
        panel_inches: height of one panel.
        margin_inches: what the figure is higher than its panels.
        share: whether all panels have the same axes.
    """
    columns = min(columns, count)
    lines = math.ceil(count / columns)
    figure = page_figure(panel_inches * lines + margin_inches)
    panels = figure.subplots(lines, columns, sharex=share, sharey=share, squeeze=False).ravel()
    for panel in panels[count:]:
        panel.set_axis_off()
    return figure, list(panels[:count])


def published_low(claims: pd.DataFrame, claim: str) -> float:
    """What a paper states, from the table `claims`: the value, or the lower end of its range."""
    return float(claims.loc[claims["claim"] == claim, "published_low"].iloc[0])


def legend_below(figure: Figure, columns: int = 4) -> None:
    """One legend for the figure, under the panels, with every label that occurs in any of them."""
    entries: dict[str, Any] = {}
    for axis in figure.axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
        legend = axis.get_legend()
        if legend is not None:
            legend.remove()
    if entries:
        figure.legend(
            list(entries.values()), list(entries), loc="outside lower center", ncols=columns
        )


def save(figure: Figure, svg: Path, png: Path) -> None:
    """Write both formats without dates, each under a temporary name first."""
    with whole_file(svg) as temporary:
        figure.savefig(
            temporary, format="svg", metadata={"Date": None}, bbox_inches="tight", pad_inches=0.02
        )
    with whole_file(png) as temporary:
        figure.savefig(
            temporary,
            format="png",
            metadata={"Software": None},
            bbox_inches="tight",
            pad_inches=0.02,
        )


def figure_command(
    draw: Callable[..., Figure], description: str | None, by_name: bool = False
) -> None:
    """Command line of a figure: tables, then two outputs.

    Args:
        draw: takes the tables in the order of the command line.
        description: of the command.
        by_name: whether it takes each by the name of its file instead.
    """

    def main() -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("tables", type=Path, nargs="+")
        parser.add_argument("--svg", type=Path, required=True)
        parser.add_argument("--png", type=Path, required=True)
        arguments = parser.parse_args()
        apply_style()
        tables = {
            path.stem: pd.read_csv(
                intact(path), keep_default_na=False, na_values=[""], dtype={"layer": str}
            )
            for path in arguments.tables
        }
        figure = draw(**tables) if by_name else draw(*tables.values())
        save(figure, arguments.svg, arguments.png)

    run(main)
