"""Where the multiplier-cycles of every design go on the common footing, stacked by cause.

Where the multiplier-cycles of each design go on the common footing (1024 multipliers, all layers,
mean over the networks). The effectual share is the share of the two-sided bound that is reached;
the rest are losses by group of causes: products without use, fill and edges, fragmentation of
vectors and chunks, waiting for the slowest unit, waiting for memory or links.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from sim.registry import design_title
from workflow.drawing.designs import (
    ROW_INCHES,
    designs_of_schemes,
    label_columns,
    scheme_by_suite,
)
from workflow.drawing.loss_bars import loss_bars, loss_legend
from workflow.drawing.shared import figure_command

MEAN = "mean"


def _panel(panel: Axes, rows: pd.DataFrame, designs: list[str]) -> None:
    """Bars of the designs that some suite has under the scheme."""
    shares = rows.pivot_table("slots_percent", "accelerator", "group", aggfunc="sum")
    loss_bars(panel, shares.reindex(designs), [design_title(name) for name in designs])


def draw(losses: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; means over the networks, the first size."""
    common = footing()
    rows = losses[losses["footing"] == common.label(0)]
    means = rows[rows["network"] == MEAN]
    rows = rows if means.empty else means
    of_scheme = designs_of_schemes(rows)
    figure, panels = scheme_by_suite(
        rows,
        lambda panel, case: _panel(panel, case, of_scheme[case["scheme"].iloc[0]]),
        ROW_INCHES * max(map(len, of_scheme.values())) + 0.75,
        1.0,
        sharey="row",
    )
    label_columns(panels, "multiplier-cycles (%)\neffectual = share of the two-sided bound")
    loss_legend(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
