"""One look for all figures, and one way to draw and save them with the same bytes every time."""

import argparse
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.networks.titles import network_titles
from sim.files import intact
from workflow.cli import run, whole_file

mpl.use("Agg")

ACCELERATOR_LABELS = {
    "tc": "tensor core",
    "stc": "2:4 tensor core",
    "stc_flexible": "flexible N:M tensor core",
    "dstc": "DSTC",
    "sigma": "SIGMA",
    "sa": "SA",
    "sa_zvcg": "SA-ZVCG",
    "sa_smt": "SA-SMT",
    "s2ta_w": "S2TA-W",
    "s2ta_aw": "S2TA-AW",
    "phantom_2d": "Phantom-2D",
    "scnn": "SCNN",
    "sparten": "SparTen",
    "sparten_gb_s": "SparTen GB-S",
    "sparten_no_balancing": "SparTen, unbalanced",
    "eyeriss_v2": "Eyeriss v2",
    "eyeriss": "Eyeriss",
    "dense_ideal": "dense (ideal)",
    "dense_mapped": "dense (mapped)",
    "sense": "Sense",
    "sparse_blox": "Sparse-Blox",
    "sparse_blox_vector": "Sparse-Blox, vector",
    "dataflow_dense": "dense dataflow",
    "pass": "PASS-like",
    "hass": "HASS",
    "swallow_like": "Swallow-like",
    "eyeriss_chip": "Eyeriss chip",
}
SUITE_LABELS = {
    "digits": "digits, trained here (32x32)",
    "shapes": "shapes, trained here (32x32)",
    "canvases": "canvases of digits, trained here (96x96)",
    "imagenet": "ImageNet shapes (224x224), modelled zeros",
}
PALETTE = [
    mpl.colors.to_rgb(color)
    for color in (
        *("#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc"),
        *("#ca9161", "#fbafe4", "#949494", "#ece133", "#56b4e9"),
    )
]
"""Seaborn's palette `colorblind`."""
PAPER = 0.8
"""Sizes of type, lines and ticks on paper, over those of a notebook."""
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
    **dict.fromkeys(["axes.labelsize", "font.size", "legend.title_fontsize"], 12 * PAPER),
    **dict.fromkeys(["legend.fontsize", "xtick.labelsize", "ytick.labelsize"], 11 * PAPER),
    **dict.fromkeys(["xtick.major.size", "ytick.major.size"], 6 * PAPER),
    **dict.fromkeys(["xtick.minor.size", "ytick.minor.size"], 4 * PAPER),
}
"""Seaborn's style `whitegrid`, written out: importing seaborn takes as long as most figures."""
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
            "axes.titlesize": "medium",
        }
    )


def network_label(name: str) -> str:
    """How a network is written on an axis."""
    return network_titles().get(name, name)


def accelerator_label(name: str) -> str:
    """How an accelerator is written in a legend."""
    return ACCELERATOR_LABELS.get(name, name.replace("_", " "))


def ordered(names: Iterable[str], known: Iterable[str]) -> list[str]:
    """The names in the order of the known ones, others last."""
    present = set(names)
    first = [name for name in known if name in present]
    return first + sorted(present - set(first))


def ordered_networks(names: Iterable[str]) -> list[str]:
    """The names in the project's order, unknown ones last."""
    return ordered(names, network_titles())


def panel_grid(
    count: int,
    columns: int,
    panel_inches: tuple[float, float],
    margin_inches: tuple[float, float],
    share: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels, line by line.

    Args:
        count: number of panels.
        columns: of a full line; fewer panels have fewer.
        panel_inches: width and height of one panel.
        margin_inches: what the figure is wider and higher than its panels.
        share: whether all panels have the same axes.
    """
    columns = min(columns, count)
    lines = math.ceil(count / columns)
    width, height = panel_inches
    size = (width * columns + margin_inches[0], height * lines + margin_inches[1])
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(lines, columns, sharex=share, sharey=share, squeeze=False).ravel()
    for panel in panels[count:]:
        panel.set_axis_off()
    return figure, list(panels[:count])


def network_bars(
    panel: Axes, rows: pd.DataFrame, value: str, hue: str, hue_order: list[str]
) -> list[str]:
    """Grouped bars per network, `mean` last; returns the networks in their order."""
    order = ordered_networks(rows["network"])
    import seaborn as sns  # slow to import, and not every figure has bars

    sns.barplot(
        rows,
        x="network",
        y=value,
        hue=hue,
        order=order,
        hue_order=hue_order,
        palette=PALETTE[: len(hue_order)],
        ax=panel,
    )
    panel.set_xticks(range(len(order)), [network_label(name) for name in order], rotation=20)
    panel.set_xlabel("")
    return order


def published_low(claims: pd.DataFrame, claim: str) -> float:
    """What a paper states, from the table `claims`: the value, or the lower end of its range."""
    return float(claims.loc[claims["claim"] == claim, "published_low"].iloc[0])


def legend_below(figure: Figure, columns: int = 5) -> None:
    """One legend for the figure, under the panels, with every label that occurs in any of them."""
    entries: dict[str, Any] = {}
    for axis in figure.axes:
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
        legend = axis.get_legend()
        if legend is not None:
            legend.remove()
    figure.legend(list(entries.values()), list(entries), loc="outside lower center", ncols=columns)


def save(figure: Figure, svg: Path, png: Path) -> None:
    """Write both formats without dates, each under a temporary name first."""
    with whole_file(svg) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None}, bbox_inches="tight")
    with whole_file(png) as temporary:
        figure.savefig(temporary, format="png", metadata={"Software": None}, bbox_inches="tight")


def figure_command(draw: Callable[..., Figure], description: str | None) -> None:
    """Command line of a figure: tables in the order of `draw`'s arguments, then two outputs."""

    def main() -> None:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("tables", type=Path, nargs="+")
        parser.add_argument("--svg", type=Path, required=True)
        parser.add_argument("--png", type=Path, required=True)
        arguments = parser.parse_args()
        apply_style()
        tables = [
            pd.read_csv(intact(path), keep_default_na=False, na_values=[""], dtype={"layer": str})
            for path in arguments.tables
        ]
        save(draw(*tables), arguments.svg, arguments.png)

    run(main)
