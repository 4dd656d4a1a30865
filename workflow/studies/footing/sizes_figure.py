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
from workflow.drawing.designs import (
    BOUND,
    BOUND_LABEL,
    MEAN,
    scheme_by_suite,
    times,
)
from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    accelerator_label,
    figure_command,
    legend_below,
)


def _panel(panel: Axes, rows: pd.DataFrame, designs: list[str], sizes: list[str]) -> None:
    panel.axhline(rows["two_sided_bound"].iloc[0], label=BOUND_LABEL, **BOUND)
    for position, size in enumerate(sizes):
        own = rows[rows["footing"] == size].set_index("accelerator").reindex(designs)
        shift = 0.22 * (position - (len(sizes) - 1) / 2)
        hollow = size == AS_CONFIGURED
        panel.plot(
            [n + shift for n in range(len(designs))],
            own["speedup_over_dense_ideal"],
            "s" if hollow else "o",
            color=PALETTE[position],
            markerfacecolor="none" if hollow else PALETTE[position],
            markersize=5,
            label=size.replace("_", " "),
        )
    panel.axhline(1.0, label="dense array, fully used = 1", **BASELINE)
    panel.set_yscale("log", base=2)
    panel.yaxis.set_major_formatter(times)
    labels = [accelerator_label(name) for name in designs]
    panel.set_xticks(range(len(designs)), labels, rotation=45, ha="right", fontsize=7)


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; convolutions."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["network"] == MEAN)]
    if rows.empty:  # one network only: its own values are the mean
        rows = table[table["layers"] == "no_linear"]
    designs = common.present(rows["accelerator"])
    sizes = [*map(common.label, range(len(common.multipliers))), AS_CONFIGURED]
    figure, panels = scheme_by_suite(
        rows,
        lambda panel, own: _panel(panel, own, designs, sizes),
        (4.8, 2.4),
        0.9,
        sharex=True,
    )
    for line in panels:
        line[0].set_ylabel("speedup per multiplier,\ngeometric mean")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
