"""Agreement with the unpruned network against density, for each scheme after each repair.

Views of pictures that calibration never saw; above the share on which the largest output is the
unpruned network's, with the 95 % interval of as many draws as there are pictures, below the
divergence of the outputs. Dashed: what rounding the unpruned network to INT8 leaves.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    PALETTE,
    PUBLISHED,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    page_figure,
)
from workflow.drawing.words import ordered_schemes, scheme_label

REPAIRS = {
    "none": "not repaired",
    "batch_norm": "batch norm",
    "reconstruct": "least squares",
}
AGREEMENT, DIVERGENCE = "agreement_percent", "kl_divergence_nats"
LABELS = {AGREEMENT: "views that agree (%)", DIVERGENCE: "divergence (nats)"}
MARKERS = "osD^vP"
ROW_INCHES = 1.9


def draw(curves: pd.DataFrame) -> Figure:
    """A column per repair; two rows per network."""
    networks = ordered_networks(curves["network"])
    lines = [(network, quantity) for network in networks for quantity in LABELS]
    figure = page_figure(ROW_INCHES * len(lines) + 0.8)
    panels = figure.subplots(len(lines), len(REPAIRS), sharex=True, sharey="row", squeeze=False)
    schemes = [name for name in ordered_schemes(curves["scheme"]) if name != "dense"]
    for row, (network, quantity) in zip(panels, lines, strict=True):
        for panel, (repair, label) in zip(row, REPAIRS.items(), strict=True):
            case = curves[(curves["network"] == network) & (curves["numbers"] == "float")]
            _lines(panel, case[case["repair"] == repair], schemes, quantity)
            _rounded(panel, curves[curves["network"] == network], quantity)
            if quantity == AGREEMENT:
                panel.set_title(f"{network_label(network)},\n{label}")
            else:
                panel.set_yscale("log")
        row[0].set_ylabel(LABELS[quantity])
    for panel in panels[-1]:
        panel.set_xlabel("weights kept")
    legend_below(figure, columns=3)
    return figure


def _lines(panel: Axes, rows: pd.DataFrame, schemes: list[str], quantity: str) -> None:
    for index, scheme in enumerate(schemes):
        points = rows[rows["scheme"] == scheme].sort_values("weight_density")
        style: dict[str, Any] = {"color": PALETTE[index], "marker": MARKERS[index], "markersize": 4}
        label = scheme_label(scheme)
        if quantity != AGREEMENT:
            panel.plot(points["weight_density"], points[quantity], label=label, **style)
            continue
        below = points[AGREEMENT] - points["agreement_low_percent"]
        above = points["agreement_high_percent"] - points[AGREEMENT]
        panel.errorbar(
            points["weight_density"],
            points[AGREEMENT],
            [below, above],
            label=label,
            elinewidth=0.7,
            **style,
        )


def _rounded(panel: Axes, rows: pd.DataFrame, quantity: str) -> None:
    dense = rows[(rows["scheme"] == "dense") & (rows["numbers"] == "int8")]
    if len(dense):
        panel.axhline(dense[quantity].iloc[0], label="unpruned, INT8", **PUBLISHED)


if __name__ == "__main__":
    figure_command(draw, __doc__)
