"""Top-1 of every network under every scheme after INT8, with the equally tuned dense network."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from workflow.figures.shared import (
    PALETTE,
    SUITE_LABELS,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)


def draw(accuracy: pd.DataFrame) -> Figure:
    """One panel per suite; bars per scheme."""
    suites = list(dict.fromkeys(accuracy["suite"]))
    schemes = list(dict.fromkeys(accuracy["scheme"]))
    figure = Figure(figsize=(4.2 * len(suites), 3.0), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        rows = accuracy[accuracy["suite"] == suite]
        order = ordered_networks(rows["network"])
        sns.barplot(
            rows,
            x="network",
            y="top1_int8_percent",
            hue="scheme",
            order=order,
            hue_order=schemes,
            palette=PALETTE[: len(schemes)],
            ax=panel,
        )
        panel.set_xticks(range(len(order)), [network_label(name) for name in order], rotation=20)
        images = ", ".join(str(n) for n in sorted(set(rows["test_images"])))
        panel.set_title(f"{SUITE_LABELS.get(suite, suite)}, {images} test images")
        panel.set_xlabel("")
        panel.set_ylabel("top-1 after INT8 (%)")
        panel.set_ylim(0, 100)
    legend_below(figure, panels[0], columns=len(schemes))
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
