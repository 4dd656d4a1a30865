"""Top-1 of every network under every scheme: right after pruning, and fine-tuned in INT8.

Hollow: right after pruning; filled: after fine-tuning, in INT8. The dense network is
fine-tuned equally.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from workflow.drawing.bars import network_ticks
from workflow.drawing.designs import suite_columns
from workflow.drawing.shared import PALETTE, figure_command, ordered_networks
from workflow.drawing.words import ordered_schemes, scheme_label, suite_label

MARKERS = "osD^vPX*"


def _panel(panel: Axes, rows: pd.DataFrame, styles: dict[str, dict[str, Any]]) -> None:
    networks = ordered_networks(rows["network"])
    for place, network in enumerate(networks):
        table = rows[rows["network"] == network].set_index("scheme")
        present = [scheme for scheme in styles if scheme in table.index]
        for position, scheme in enumerate(present):
            style, x = styles[scheme], place + 0.13 * (position - (len(present) - 1) / 2)
            before = float(table["top1_one_shot_percent"][scheme])
            after = float(table["top1_int8_percent"][scheme])
            panel.vlines(x, before, after, color=style["color"], linewidth=1)
            panel.plot(x, before, markersize=5, markerfacecolor="white", **style)
            panel.plot(x, after, markersize=5, **style)
    network_ticks(panel, networks)


def draw(accuracy: pd.DataFrame) -> Figure:
    """One panel per suite; a hollow and a filled mark per network and scheme."""
    schemes = ordered_schemes(accuracy["scheme"])
    styles: dict[str, dict[str, Any]] = {
        scheme: {"color": color, "marker": marker, "linestyle": ""}
        for scheme, color, marker in zip(schemes, PALETTE, MARKERS, strict=False)
    }
    figure, panels, suites = suite_columns(accuracy, 3.4)
    for panel, suite in zip(panels[0], suites, strict=True):
        rows = accuracy[accuracy["suite"] == suite]
        _panel(panel, rows, styles)
        images = ", ".join(f"{n:,}" for n in sorted(set(rows["test_images"])))
        panel.set_title(f"{suite_label(suite, lines=True)}:\n{images} test images")
    panels[0][0].set_ylabel("top-1 (%)")
    panels[0][0].set_ylim(top=102)
    handles = [
        Line2D([], [], label=scheme_label(scheme), markersize=5, **style)
        for scheme, style in styles.items()
    ]
    grey: dict[str, Any] = {"color": "0.3", "marker": "o", "linestyle": "", "markersize": 5}
    hollow = Line2D([], [], label="right after pruning", markerfacecolor="white", **grey)
    filled = Line2D([], [], label="fine-tuned, INT8", **grey)
    figure.legend(handles=[*handles, hollow, filled], loc="outside lower center", ncols=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
