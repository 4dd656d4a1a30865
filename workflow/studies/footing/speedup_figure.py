"""Speedup of every design on the common footing over a fully used dense array, with the bound.

All designs with 1024 multipliers, the same buffers and 64 GB/s of DRAM: speedup of all convolutions
over a fully used dense array that never waits. Black: the most that skipping the zeros of both
operands can give. Rows are compression levels.
"""

import pandas as pd
from matplotlib.figure import Figure

from sim.footing import footing
from workflow.drawing.designs import scheme_by_suite, speedup_points
from workflow.drawing.shared import figure_command, legend_below


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; convolutions, the first size of the footing."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    designs = common.present(rows["accelerator"])
    figure, panels = scheme_by_suite(
        rows, lambda panel, own: speedup_points(panel, own, designs), (5.0, 2.7), 0.7
    )
    for line in panels:
        line[0].set_ylabel(f"speedup of convolutions,\n{common.multipliers[0]} multipliers")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
