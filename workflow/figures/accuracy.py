"""Top-1 of every network under every scheme after INT8, with the equally tuned dense network."""

import pandas as pd
from matplotlib.figure import Figure

from workflow.figures.shared import SUITE_LABELS, figure_command, legend_below, network_bars


def draw(accuracy: pd.DataFrame) -> Figure:
    """One panel per suite; bars per scheme."""
    suites = list(dict.fromkeys(accuracy["suite"]))
    schemes = list(dict.fromkeys(accuracy["scheme"]))
    figure = Figure(figsize=(4.2 * len(suites), 3.0), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        rows = accuracy[accuracy["suite"] == suite]
        network_bars(panel, rows, "top1_int8_percent", "scheme", schemes)
        images = ", ".join(str(n) for n in sorted(set(rows["test_images"])))
        panel.set_title(f"{SUITE_LABELS.get(suite, suite)}, {images} test images")
        panel.set_ylabel("top-1 after INT8 (%)")
        panel.set_ylim(0, 100)
    legend_below(figure, panels[0], columns=len(schemes))
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
