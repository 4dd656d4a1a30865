"""Every design at each size of the footing and as configured: geometric means, with the bound.

Speedup per multiplier of every design at both sizes of the common footing and as configured (own
size, precision and memory), geometric mean over the networks, convolutions. Black: the two-sided
bound. As configured there is no limit on DRAM bandwidth for most designs; designs are not run
unpruned as configured.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import AS_CONFIGURED, footing
from sim.registry import design_title
from workflow.drawing.designs import (
    BOUND,
    BOUND_LABEL,
    DENSE_LABEL,
    MEAN,
    ROW_INCHES,
    designs_of_schemes,
    label_columns,
    ratio_axis,
    ratio_limits,
    scheme_by_suite,
)
from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    legend_below,
)

SPEEDUP = "speedup_over_dense_ideal"
MARKERS = "os^v"


def _panel(panel: Axes, rows: pd.DataFrame, designs: list[str], sizes: list[str]) -> None:
    panel.axvline(rows["two_sided_bound"].iloc[0], label=BOUND_LABEL, **BOUND)
    for position, size in enumerate(sizes):
        table = rows[rows["footing"] == size].set_index("accelerator").reindex(designs)
        if table[SPEEDUP].isna().all():
            continue
        hollow = size == AS_CONFIGURED
        panel.plot(
            table[SPEEDUP],
            range(len(designs)),
            "D" if hollow else MARKERS[position],
            color=PALETTE[position],
            markerfacecolor="none" if hollow else PALETTE[position],
            markersize=5,
            label=size.replace("_", " "),
        )
    panel.axvline(1.0, label=DENSE_LABEL, **BASELINE)
    panel.set_yticks(range(len(designs)), [design_title(name) for name in designs])
    panel.set_ylim(len(designs) - 0.4, -0.6)


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; convolutions."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["network"] == MEAN)]
    if rows.empty:  # one network only: its own values are the mean
        rows = table[table["layers"] == "no_linear"]
    designs = designs_of_schemes(rows)
    sizes = [*map(common.label, range(len(common.multipliers))), AS_CONFIGURED]
    limits = ratio_limits(rows[SPEEDUP], rows["two_sided_bound"])

    def panel(panel: Axes, cell: pd.DataFrame) -> None:
        _panel(panel, cell, designs[cell["scheme"].iloc[0]], sizes)
        panel.set_xlim(limits)
        ratio_axis(panel, most_ticks=6)

    height = ROW_INCHES * max(map(len, designs.values())) + 0.75
    figure, panels = scheme_by_suite(rows, panel, height, 0.8, sharey="row")
    label_columns(panels, "speedup per multiplier, geometric mean")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
