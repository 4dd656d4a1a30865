"""Every design over an ideal dense array with equal multipliers, and the two-sided bound.

Speedup over an ideal dense array, both run at about 1024 multipliers; black: the most that skipping
the zeros of both operands can give.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    network_bars,
)


def draw(phantom: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network, a black line where no design can go beyond."""
    rows = phantom[
        (phantom["layers"] == "all")
        & (phantom["baseline"] == "dense_ideal")
        & (phantom["network"] != "mean")
    ].dropna(subset=["speedup_equal_multipliers"])
    suites = list(dict.fromkeys(rows["suite"]))
    accelerators = list(dict.fromkeys(rows["accelerator"]))
    figure = Figure(figsize=(5.2 * len(suites), 3.4), layout="constrained")
    panels = figure.subplots(1, len(suites), squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        own = rows[rows["suite"] == suite]
        labelled = own.assign(accelerator=own["accelerator"].map(accelerator_label))
        labels = [accelerator_label(name) for name in accelerators]
        order = network_bars(panel, labelled, "speedup_equal_multipliers", "accelerator", labels)
        bound = own.groupby("network")["two_sided_bound"].first().reindex(order)
        left = [n - 0.45 for n in range(len(order))]
        right = [n + 0.45 for n in range(len(order))]
        panel.hlines(bound, left, right, color="black", label="bound: dense / effectual MACs")
        panel.axhline(1.0, label="ideal dense array = 1", **BASELINE)
        panel.set_title(SUITE_LABELS.get(suite, suite))
        panel.set_ylabel("speedup, equal multipliers (x)")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
