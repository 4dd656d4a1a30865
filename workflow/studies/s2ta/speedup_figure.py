"""Speedup of every systolic array over SA-ZVCG on the same DBB-pruned networks.

Speedup over SA-ZVCG on the same pruned networks, all convolutions; the dashed line is what the
paper states as a mean. Black: the two-sided bound, the most that any design of this size could gain
over that baseline on these zeros.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.designs import bar_bounds
from workflow.drawing.shared import (
    BASELINE,
    PUBLISHED,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    network_bars,
    published_low,
)

ARRAYS = ["sa_smt", "s2ta_w", "s2ta_aw"]


def draw(s2ta: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network and their mean, the claim as a dashed line."""
    stated = published_low(claims, "s2ta-speedup")
    rows = s2ta[(s2ta["layers"] == "no_linear") & (s2ta["baseline_scheme"] == "dbb")]
    # Speedups are the same on either basis of energy.
    rows = rows.drop_duplicates(["suite", "network", "accelerator"])
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(4.4 * len(suites), 3.2), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        chosen = rows[rows["suite"] == suite]
        labelled = chosen.assign(accelerator=chosen["accelerator"].map(accelerator_label))
        labels = [accelerator_label(name) for name in ARRAYS]
        network_bars(panel, labelled, "speedup", "accelerator", labels)
        bar_bounds(panel, chosen, "speedup")
        panel.axhline(1.0, label="SA-ZVCG = 1", **BASELINE)
        panel.axhline(stated, label=f"published: S2TA-AW more than {stated:g}x", **PUBLISHED)
        panel.set_title(SUITE_LABELS.get(suite, suite))
        panel.set_ylabel("speedup of convolutions\nover SA-ZVCG (x)")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
