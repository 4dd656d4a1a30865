"""Speedup of every design on the common footing over a fully used dense array, with the bound.

All designs with 1024 multipliers, the same buffers and 64 GB/s of DRAM: speedup of all convolutions
over a fully used dense array that never waits. Mark: geometric mean over the networks; line: from
the lowest to the highest network. Black: the most that skipping the zeros of both operands can
give. Rows are compression levels.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from workflow.drawing.designs import (
    ROW_INCHES,
    design_rows,
    ratio_axis,
    ratio_limits,
    scheme_by_suite,
)
from workflow.drawing.shared import figure_command, legend_below


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; convolutions, the first size of the footing."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    designs = common.present(rows["accelerator"])
    limits = ratio_limits(rows["speedup_over_dense_ideal"], rows["two_sided_bound"])

    def panel(panel: Axes, cell: pd.DataFrame) -> None:
        design_rows(panel, cell, designs)
        panel.set_xlim(limits)
        ratio_axis(panel, most_ticks=6)

    height = ROW_INCHES * len(designs) + 0.75
    figure, panels = scheme_by_suite(rows, panel, height, 0.8)
    for last in panels[-1]:
        last.set_xlabel(f"speedup of convolutions, {common.multipliers[0]} multipliers")
    legend_below(figure, columns=2)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
