"""Speedup of every design on the common footing over a fully used dense array, with the bound."""

import pandas as pd
from matplotlib.figure import Figure

from workflow.figures.designs import ordered_schemes, scheme_label, speedup_points
from workflow.figures.shared import SUITE_LABELS, figure_command, legend_below
from workflow.footing import footing


def draw(table: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; convolutions, the first size of the footing."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    suites = list(dict.fromkeys(rows["suite"]))
    schemes = ordered_schemes(rows["scheme"])
    designs = [name for name in common.designs if name in set(rows["accelerator"])]
    figure = Figure(figsize=(5.0 * len(suites), 2.7 * len(schemes) + 0.7), layout="constrained")
    panels = figure.subplots(len(schemes), len(suites), sharey=True, squeeze=False)
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if own.empty:
                panel.set_axis_off()
                continue
            speedup_points(panel, own, designs)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{scheme_label(scheme)}")
        line[0].set_ylabel(f"speedup of convolutions,\n{common.multipliers[0]} multipliers")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
