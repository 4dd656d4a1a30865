"""What clustering, balanced weights and both give over the same array with neither."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from workflow.figures.shared import (
    BASELINE,
    PALETTE,
    SUITE_LABELS,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

MECHANISMS = ["clustering", "balanced weights", "both"]


def draw(sense: pd.DataFrame) -> Figure:
    """One panel per suite; bars per network and their mean, array time alone, convolutions."""
    rows = sense[sense["mechanism"].isin(MECHANISMS) & (sense["layers"] == "conv_only")]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(4.4 * len(suites), 3.2), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        chosen = rows[rows["suite"] == suite]
        order = [*ordered_networks(chosen[chosen["network"] != "mean"]["network"]), "mean"]
        sns.barplot(
            chosen,
            x="network",
            y="array_speedup",
            hue="mechanism",
            order=order,
            hue_order=MECHANISMS,
            palette=PALETTE[: len(MECHANISMS)],
            ax=panel,
        )
        panel.axhline(1.0, label="neither = 1", **BASELINE)
        panel.set_xticks(range(len(order)), [network_label(name) for name in order], rotation=20)
        panel.set_title(SUITE_LABELS.get(suite, suite))
        panel.set_xlabel("")
        panel.set_ylabel("speedup of the array (x)")
    legend_below(figure, panels[0])
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
