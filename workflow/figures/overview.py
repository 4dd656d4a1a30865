"""Speedup of every accelerator over a fully used dense array of its own size, beside the bound."""

import pandas as pd
from matplotlib.figure import Figure

from workflow.figures.designs import ordered_schemes, scheme_label, speedup_points
from workflow.figures.shared import SUITE_LABELS, figure_command, legend_below

LEFT_OUT = ("dense_ideal", "sa")
"""The line at 1, and the array that waits for every fold as SCALE-Sim counts it."""


def draw(networks: pd.DataFrame) -> Figure:
    """Rows: schemes; columns: suites; all convolutions, all designs on the same zeros."""
    rows = networks[(networks["layers"] == "no_linear") & (networks["scheme"] != "dense")]
    suites = list(dict.fromkeys(rows["suite"]))
    schemes = ordered_schemes(rows["scheme"])
    accelerators = [name for name in dict.fromkeys(rows["accelerator"]) if name not in LEFT_OUT]
    figure = Figure(figsize=(4.6 * len(suites), 2.9 * len(schemes) + 0.6), layout="constrained")
    panels = figure.subplots(len(schemes), len(suites), sharey=True, squeeze=False)
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if own.empty:
                panel.set_axis_off()
                continue
            speedup_points(panel, own, accelerators)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{scheme_label(scheme)}")
        line[0].set_ylabel("speedup of convolutions over\nideal dense, equal multipliers")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
