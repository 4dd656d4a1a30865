"""Energy against speed on the common footing, family by family, and which designs none beats.

Energy with DRAM against speed on the common footing, 1024 multipliers, convolutions, geometric mean
over the networks (of one network under 2:4 weights, named above the panel); lower right is better.
Each line of panels is a compression level and shows the same front: the dotted line joins the
designs, of any family, that no other beats in both; names in black are on it, and what has no
selection logic counted cannot be. Grey lines: the fully used dense array. Black: the two-sided
bound of the speedup, where it is on the axis. The networks are those of the papers' size where
there are any; the table has the other suites.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.designs import (
    BOUND,
    BOUND_LABEL,
    DENSE_LABEL,
    MEAN,
    of_every_suite,
    ratio_axis,
    ratio_limits,
)
from workflow.drawing.labels import PointLabel, label_points
from workflow.drawing.shared import (
    BASELINE,
    figure_command,
    legend_below,
    network_label,
    page_figure,
)
from workflow.drawing.words import ordered_schemes, scheme_label
from workflow.studies.footing.footing_table import DENSE, NOT_COUNTED
from workflow.tabling.front import pareto_front

SPEED, ENERGY = "speedup_over_dense_ideal", "relative_energy"
FULL_SIZE = "imagenet"
FAMILIES = {
    "systolic and dense arrays": ("sa", "sa_zvcg", "sa_smt", "s2ta_w", "s2ta_aw", "dense_mapped"),
    "arrays that skip zeros": (
        "scnn",
        "sparten",
        "eyeriss_v2",
        "phantom_2d",
        "sense",
        "eyeriss",
        "sparse_blox",
    ),
    "matrix units": ("tc", "stc", "stc_flexible", "dstc", "sigma"),
}
"""At most seven designs a panel; one in no family is drawn with the last."""
SAME = 0.01
"""Marks that lie closer than this share of their value are one mark with two names."""
PANEL_INCHES = 2.2


def front(rows: pd.DataFrame) -> pd.DataFrame:
    """The designs that no other beats, but for those whose selection logic is not counted."""
    return pareto_front(rows[rows["selection_logic"] != NOT_COUNTED], SPEED, ENERGY)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The rows to draw: one suite, the first size, means where there are, with relative energy."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    rows = of_every_suite(rows[rows["accelerator"].isin(common.designs)])
    suite = FULL_SIZE if (rows["suite"] == FULL_SIZE).any() else str(rows["suite"].iloc[0])
    rows = rows[rows["suite"] == suite]
    has_mean = (rows["network"] == MEAN).groupby(rows["scheme"]).transform("any")
    rows = rows[~has_mean | (rows["network"] == MEAN)]
    return rows.assign(**{ENERGY: 1 / rows["energy_reduction"]}).dropna(subset=[ENERGY])


def families(designs: Sequence[str]) -> dict[str, list[str]]:
    """The designs by family, those in none with the last; families without any are left out."""
    known = [name for members in FAMILIES.values() for name in members]
    others = [name for name in designs if name not in known and name != DENSE]
    last = list(FAMILIES)[-1]
    members = {
        title: [name for name in designs if name in names] + (others if title == last else [])
        for title, names in FAMILIES.items()
    }
    return {title: names for title, names in members.items() if names}


def labels(rows: pd.DataFrame, unbeaten: Sequence[str]) -> list[PointLabel]:
    """Names of the designs, those on the front first; designs at one place share a label."""
    ranked = rows.assign(behind=~rows["accelerator"].isin(unbeaten)).sort_values("behind")
    places: list[tuple[float, float, list[str], bool]] = []
    columns = ["accelerator", SPEED, ENERGY, "behind"]
    for name, speed, energy, behind in ranked[columns].itertuples(index=False):
        for x, y, names, _ in places:
            if abs(x / speed - 1) < SAME and abs(y / energy - 1) < SAME:
                names.append(design_title(name))
                break
        else:
            places.append((speed, energy, [design_title(name)], behind))
    return [
        PointLabel(x, y, ", ".join(names), "0.4" if behind else "black")
        for x, y, names, behind in places
    ]


def _panel(panel: Axes, rows: pd.DataFrame, members: Sequence[str]) -> None:
    """The designs of a family, with the front of all of a compression level."""
    panel.axvline(rows["two_sided_bound"].iloc[0], label=BOUND_LABEL, **BOUND)
    baseline = {**BASELINE, "linewidth": 1.4}
    panel.axvline(1.0, label=DENSE_LABEL, **baseline)
    panel.axhline(1.0, **baseline)
    unbeaten = front(rows)
    line: dict[str, Any] = {"color": "0.3", "linestyle": ":", "linewidth": 1.4}
    panel.step(unbeaten[SPEED], unbeaten[ENERGY], where="pre", label="not beaten in both", **line)
    for name in members:
        row = rows[rows["accelerator"] == name]
        panel.plot(row[SPEED], row[ENERGY], linestyle="", markersize=6, **design_style(name).points)


def _level(rows: pd.DataFrame) -> str:
    """The compression, and the network where it is only one."""
    networks = set(rows["network"])
    named = "" if networks == {MEAN} else f" ({', '.join(map(network_label, sorted(networks)))})"
    return scheme_label(str(rows["scheme"].iloc[0])) + named


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: families; one suite, convolutions, first size."""
    rows = shown(table)
    schemes = ordered_schemes(rows["scheme"])
    columns = families(footing().present(rows["accelerator"]))
    figure = page_figure(PANEL_INCHES * len(schemes) + 0.9)
    panels = figure.subplots(len(schemes), len(columns), sharex=True, sharey="row", squeeze=False)
    speeds = ratio_limits(rows[SPEED], rows["two_sided_bound"])
    for line, scheme in zip(panels, schemes, strict=True):
        level = rows[rows["scheme"] == scheme]
        energies = ratio_limits(level[ENERGY])
        line[0].set_ylabel(f"{_level(level)}\nenergy with DRAM")
        for panel, members in zip(line, columns.values(), strict=True):
            _panel(panel, level, members)
            panel.set_xlim(speeds[0] / 1.3, speeds[1])
            panel.set_ylim(energies[0] / 1.15, energies[1] * 1.15)
            ratio_axis(panel)
            ratio_axis(panel, horizontal=False)
    for panel, title in zip(panels[0], columns, strict=True):
        panel.set_title(title)
    for panel in panels[-1]:
        panel.set_xlabel("speedup per multiplier")
    legend_below(figure, columns=2)
    figure.draw_without_rendering()  # places the panels
    for line, scheme in zip(panels, schemes, strict=True):
        level = rows[rows["scheme"] == scheme]
        unbeaten = list(front(level)["accelerator"])
        for panel, members in zip(line, columns.values(), strict=True):
            label_points(panel, labels(level[level["accelerator"].isin(members)], unbeaten))
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
