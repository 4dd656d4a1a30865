"""Energy against speed on the common footing: which designs no other beats in both.

Energy with DRAM against speed on the common footing, 1024 multipliers, geometric mean over the
networks, convolutions; lower right is better. The dotted line joins the designs that no other beats
in both; designs whose selection logic is not counted are none of them. Black: the two-sided bound
of the speedup.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from workflow.drawing.designs import (
    BOUND,
    BOUND_LABEL,
    MEAN,
    design_styles,
    scheme_by_suite,
    times,
)
from workflow.drawing.shared import (
    BASELINE,
    accelerator_label,
    figure_command,
    legend_below,
)
from workflow.studies.footing.footing_table import NOT_COUNTED
from workflow.tabling.front import pareto_front

SPEED, ENERGY = "speedup_over_dense_ideal", "relative_energy"


def front(rows: pd.DataFrame) -> pd.DataFrame:
    """The designs that no other beats, but for those whose selection logic is not counted."""
    return pareto_front(rows[rows["selection_logic"] != NOT_COUNTED], SPEED, ENERGY)


def _panel(panel: Axes, rows: pd.DataFrame, designs: list[str]) -> None:
    panel.axvline(rows["two_sided_bound"].iloc[0], label=BOUND_LABEL, **BOUND)
    panel.axvline(1.0, label="dense array, fully used = 1", **BASELINE)
    panel.axhline(1.0, **BASELINE)
    unbeaten = front(rows)
    line: dict[str, Any] = {"color": "0.4", "linestyle": ":", "linewidth": 1}
    panel.step(unbeaten[SPEED], unbeaten[ENERGY], where="pre", label="not beaten in both", **line)
    for name, style in design_styles(designs).items():
        points = rows[rows["accelerator"] == name]
        dots: dict[str, Any] = {"linestyle": "", "markersize": 6, "label": accelerator_label(name)}
        panel.plot(points[SPEED], points[ENERGY], **dots, **style)
    for axis, scale in ((panel.xaxis, panel.set_xscale), (panel.yaxis, panel.set_yscale)):
        scale("log", base=2)
        axis.set_major_formatter(times)


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; geometric means, convolutions, first size."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    means = rows[rows["network"] == MEAN]
    rows = (rows if means.empty else means).copy()
    rows[ENERGY] = 1 / rows["energy_reduction"]
    designs = common.present(rows["accelerator"])
    figure, panels = scheme_by_suite(
        rows,
        lambda panel, own: _panel(panel, own, designs),
        (4.4, 2.9),
        0.8,
        sharex=True,
    )
    for line in panels:
        line[0].set_ylabel("energy with DRAM\nrelative to the dense array")
    for panel in panels[-1]:
        panel.set_xlabel("speedup per multiplier")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
