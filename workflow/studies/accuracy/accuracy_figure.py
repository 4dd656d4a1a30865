"""Top-1 of every network under every scheme: right after pruning, and fine-tuned in INT8.

Hollow: right after pruning; filled: after fine-tuning, in INT8. The dense network is
fine-tuned equally.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from workflow.drawing.shared import (
    PALETTE,
    SUITE_LABELS,
    figure_command,
    network_label,
    ordered_networks,
)


def _panel(panel: Axes, rows: pd.DataFrame, schemes: list[str]) -> None:
    networks = ordered_networks(rows["network"])
    width = 0.8 / len(schemes)
    for position, (scheme, color) in enumerate(zip(schemes, PALETTE, strict=False)):
        own = rows[rows["scheme"] == scheme].set_index("network").reindex(networks)
        shift = (position - (len(schemes) - 1) / 2) * width
        at = [n + shift for n in range(len(networks))]
        before, after = own["top1_one_shot_percent"], own["top1_int8_percent"]
        panel.vlines(at, before, after, color=color, linewidth=0.8)
        panel.plot(at, before, "o", color=color, markersize=4.5, markerfacecolor="white")
        panel.plot(at, after, "o", color=color, markersize=4.5)
    panel.set_xticks(range(len(networks)), [network_label(name) for name in networks], rotation=20)
    panel.set_ylim(0, 103)
    panel.grid(visible=False, axis="x")


def draw(accuracy: pd.DataFrame) -> Figure:
    """One panel per suite; a hollow and a filled mark per network and scheme."""
    suites = list(dict.fromkeys(accuracy["suite"]))
    schemes = list(dict.fromkeys(accuracy["scheme"]))
    figure = Figure(figsize=(4.4 * len(suites), 3.2), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        rows = accuracy[accuracy["suite"] == suite]
        _panel(panel, rows, schemes)
        images = ", ".join(str(n) for n in sorted(set(rows["test_images"])))
        panel.set_title(f"{SUITE_LABELS.get(suite, suite)}, {images} test images")
    panels[0].set_ylabel("top-1 (%)")
    style: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 4.5}
    handles = [
        Line2D([], [], color=color, label=scheme, **style)
        for scheme, color in zip(schemes, PALETTE, strict=False)
    ]
    hollow = Line2D([], [], color="0.3", label="right after pruning", **style)
    hollow.set_markerfacecolor("white")
    filled = Line2D([], [], color="0.3", label="fine-tuned, INT8", **style)
    figure.legend(handles=[*handles, hollow, filled], loc="outside lower center", ncols=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
