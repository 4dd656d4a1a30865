"""Every design at each size of the footing and as configured: geometric means, with the bound."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.figures.designs import (
    BOUND,
    BOUND_LABEL,
    MEAN,
    ordered_schemes,
    scheme_label,
    times,
)
from workflow.figures.shared import (
    BASELINE,
    PALETTE,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
)
from workflow.footing import AS_CONFIGURED, footing


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
    suites = list(dict.fromkeys(rows["suite"]))
    schemes = ordered_schemes(rows["scheme"])
    designs = [name for name in common.designs if name in set(rows["accelerator"])]
    sizes = [*map(common.label, range(len(common.multipliers))), AS_CONFIGURED]
    figure = Figure(figsize=(4.8 * len(suites), 2.4 * len(schemes) + 0.9), layout="constrained")
    panels = figure.subplots(len(schemes), len(suites), sharex=True, sharey=True, squeeze=False)
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if own.empty:
                panel.set_axis_off()
                continue
            _panel(panel, own, designs, sizes)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{scheme_label(scheme)}")
        line[0].set_ylabel("speedup per multiplier,\ngeometric mean")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
