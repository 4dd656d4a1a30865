"""Speedup of every accelerator over a fully used dense array of its own size, beside the bound.

Speedup of every accelerator over a fully used dense array with as many multipliers, per network and
scheme, over all convolutions (FC layers at batch 1 wait for DRAM, which is not limited here).
Black: the most that skipping the zeros of both operands can give.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.designs import scheme_by_suite, speedup_points
from workflow.drawing.shared import figure_command, legend_below

LEFT_OUT = ("dense_ideal", "sa")
"""The line at 1, and the array that waits for every fold as SCALE-Sim counts it."""


def draw(networks: pd.DataFrame) -> Figure:
    """Rows: schemes; columns: suites; all convolutions, all designs on the same zeros."""
    rows = networks[(networks["layers"] == "no_linear") & (networks["scheme"] != "dense")]
    accelerators = [name for name in dict.fromkeys(rows["accelerator"]) if name not in LEFT_OUT]
    figure, panels = scheme_by_suite(
        rows,
        lambda panel, own: speedup_points(panel, own, accelerators),
        (4.6, 2.9),
        0.6,
    )
    for line in panels:
        line[0].set_ylabel("speedup of convolutions over\nideal dense, equal multipliers")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
