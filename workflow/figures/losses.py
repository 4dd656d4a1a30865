"""Where the multiplier-cycles of every design go on the common footing, stacked by cause."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.figures.designs import ordered_schemes, scheme_label
from workflow.figures.loss_bars import loss_bars, loss_legend
from workflow.figures.shared import SUITE_LABELS, accelerator_label, figure_command
from workflow.footing import footing

MEAN = "mean"


def _panel(panel: Axes, rows: pd.DataFrame, designs: list[str]) -> None:
    shares = rows.pivot_table("slots_percent", "accelerator", "group", aggfunc="sum")
    loss_bars(panel, shares.reindex(designs), [accelerator_label(name) for name in designs])


def draw(losses: pd.DataFrame) -> Figure:
    """Rows: compression levels; columns: suites; means over the networks, the first size."""
    common = footing()
    rows = losses[losses["footing"] == common.label(0)]
    means = rows[rows["network"] == MEAN]
    rows = rows if means.empty else means
    suites = list(dict.fromkeys(rows["suite"]))
    schemes = ordered_schemes(rows["scheme"])
    designs = [name for name in common.designs if name in set(rows["accelerator"])]
    height = (0.17 * len(designs) + 0.7) * len(schemes) + 0.9
    figure = Figure(figsize=(4.8 * len(suites), height), layout="constrained")
    panels = figure.subplots(len(schemes), len(suites), sharex=True, sharey=True, squeeze=False)
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if own.empty:
                panel.set_axis_off()
                continue
            _panel(panel, own, designs)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{scheme_label(scheme)}")
    panels[0][0].invert_yaxis()
    for panel in panels[-1]:
        panel.set_xlabel("multiplier-cycles (%)\neffectual = share of the two-sided bound")
    loss_legend(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
