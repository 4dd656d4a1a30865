"""Speedup of every systolic array over SA-ZVCG on the same DBB-pruned networks."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from workflow.figures.shared import (
    BASELINE,
    PALETTE,
    PUBLISHED,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

ARRAYS = ["sa_smt", "s2ta_w", "s2ta_aw"]


def draw(s2ta: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network and their mean, the claim as a dashed line."""
    rows = s2ta[(s2ta["layers"] == "no_linear") & (s2ta["baseline_scheme"] == "dbb")]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(4.4 * len(suites), 3.2), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        chosen = rows[rows["suite"] == suite]
        order = [*ordered_networks(chosen[chosen["network"] != "mean"]["network"]), "mean"]
        sns.barplot(
            chosen.assign(accelerator=chosen["accelerator"].map(accelerator_label)),
            x="network",
            y="speedup",
            hue="accelerator",
            order=order,
            hue_order=[accelerator_label(name) for name in ARRAYS],
            palette=PALETTE[: len(ARRAYS)],
            ax=panel,
        )
        panel.axhline(1.0, label="SA-ZVCG = 1", **BASELINE)
        panel.axhline(2.0, label="published: S2TA-AW more than 2x", **PUBLISHED)
        panel.set_xticks(range(len(order)), [network_label(name) for name in order], rotation=20)
        panel.set_title(SUITE_LABELS.get(suite, suite))
        panel.set_xlabel("")
        panel.set_ylabel("speedup over SA-ZVCG (x)")
    legend_below(figure, panels[0])
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
