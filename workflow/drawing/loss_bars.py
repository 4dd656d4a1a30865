"""Horizontal bars of effectual and idle multiplier-cycles, in colours that all readers can tell."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from workflow.tabling.losses import EFFECTUAL, LABELS

COLORS = {
    EFFECTUAL: "#000000",
    "zero_operand": "#c9e5f5",
    "fill_edge": "#f0b43c",
    "fragmentation": "#3fae88",
    "imbalance": "#bf4d00",
    "bandwidth": "#003f73",
}
"""Hues of Okabe and Ito's palette, for all kinds of colour vision, each of a lightness that no
other has, so that they differ in grey as well."""


def loss_bars(panel: Axes, shares: pd.DataFrame, labels: Sequence[str]) -> None:
    """One stacked bar per row of `shares`; columns are groups of causes, values in percent."""
    left = [0.0] * len(shares)
    for group in LABELS:
        if group not in shares or not shares[group].any():
            continue
        values = shares[group].fillna(0.0)
        panel.barh(
            range(len(shares)),
            values,
            left=left,
            color=COLORS[group],
            height=0.8,
            label=LABELS[group],
        )
        left = [start + value for start, value in zip(left, values, strict=True)]
    panel.set_yticks(range(len(shares)), labels)
    panel.set_xlim(0, 100)
    panel.set_ylim(len(shares) - 0.4, -0.6)
    panel.grid(visible=False, axis="y")


def loss_legend(figure: Figure) -> None:
    """The groups that some panel shows, in the order of the bars, under the panels."""
    drawn = {label for panel in figure.axes for label in panel.get_legend_handles_labels()[1]}
    handles = [
        Patch(color=COLORS[group], label=label) for group, label in LABELS.items() if label in drawn
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
