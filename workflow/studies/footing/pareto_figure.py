"""Energy against speed on the common footing: which designs no other beats in both.

Energy with DRAM against speed on the common footing, 1024 multipliers, geometric mean over the
networks, convolutions; lower right is better. The dotted line joins the designs that no other beats
in both; designs whose selection logic is not counted are none of them. Black: the two-sided bound
of the speedup.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from sim.registry import design_title
from workflow.drawing.designs import (
    BOUND,
    BOUND_LABEL,
    DENSE_LABEL,
    MEAN,
    ratio_axis,
    ratio_limits,
    scheme_by_suite,
)
from workflow.drawing.labels import PointLabel, label_points
from workflow.drawing.shared import BASELINE, figure_command, legend_below
from workflow.drawing.styles import design_style
from workflow.studies.footing.footing_table import NOT_COUNTED
from workflow.tabling.front import pareto_front

SPEED, ENERGY = "speedup_over_dense_ideal", "relative_energy"


def front(rows: pd.DataFrame) -> pd.DataFrame:
    """The designs that no other beats, but for those whose selection logic is not counted."""
    return pareto_front(rows[rows["selection_logic"] != NOT_COUNTED], SPEED, ENERGY)


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    panel.axvline(rows["two_sided_bound"].iloc[0], label=BOUND_LABEL, **BOUND)
    panel.axvline(1.0, label=DENSE_LABEL, **BASELINE)
    panel.axhline(1.0, **BASELINE)
    unbeaten = front(rows)
    line: dict[str, Any] = {"color": "0.4", "linestyle": ":", "linewidth": 1}
    panel.step(unbeaten[SPEED], unbeaten[ENERGY], where="pre", label="not beaten in both", **line)
    for name, speed, energy in rows[["accelerator", SPEED, ENERGY]].itertuples(index=False):
        panel.plot(speed, energy, linestyle="", markersize=6, **design_style(name).points)


def _labels(rows: pd.DataFrame) -> list[PointLabel]:
    """Names of the designs, those on the front first, so that they get the best places."""
    priced = rows.dropna(subset=[ENERGY])
    unbeaten = front(rows)["accelerator"]
    ranked = priced.assign(behind=~priced["accelerator"].isin(unbeaten)).sort_values("behind")
    return [
        PointLabel(speed, energy, design_title(name), "0.4" if behind else "black")
        for name, speed, energy, behind in ranked[
            ["accelerator", SPEED, ENERGY, "behind"]
        ].itertuples(index=False)
    ]


def _limits(cells: Sequence[tuple[Axes, pd.DataFrame]], rows: pd.DataFrame) -> None:
    """Speeds have one axis in all panels, energies one in each line of panels."""
    speeds = ratio_limits(rows[SPEED], rows["two_sided_bound"])
    for panel, cell in cells:
        line = rows[rows["scheme"] == cell["scheme"].iloc[0]]
        energies = ratio_limits(line[ENERGY])
        panel.set_xlim(speeds[0] / 1.3, speeds[1])
        panel.set_ylim(energies[0] / 1.15, energies[1] * 1.15)
        ratio_axis(panel)
        ratio_axis(panel, horizontal=False)


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; geometric means, convolutions, first size."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    means = rows[rows["network"] == MEAN]
    rows = (rows if means.empty else means).copy()
    rows = rows[rows["accelerator"].isin(common.designs)]
    rows[ENERGY] = 1 / rows["energy_reduction"]
    cells: list[tuple[Axes, pd.DataFrame]] = []

    def panel(panel: Axes, cell: pd.DataFrame) -> None:
        _panel(panel, cell)
        cells.append((panel, cell))

    figure, panels = scheme_by_suite(rows, panel, 3.3, 0.8, sharey="row")
    _limits(cells, rows)
    for line in panels:
        line[0].set_ylabel("energy with DRAM\nrelative to the dense array")
    for last in panels[-1]:
        last.set_xlabel("speedup per multiplier")
    legend_below(figure, columns=2)
    figure.draw_without_rendering()  # places the panels
    for drawn, cell in cells:
        label_points(drawn, _labels(cell))
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
