"""Accuracy lost against multiplications saved: the fronts of the Spex search and its controls.

Top-1 (of detectors mAP) lost on held-out images against multiplications saved by zero blocks,
natural ones included. Thresholds are found on training samples (detectors: validation canvases,
whose digits are never trained on); greedy and constant ones cost about twenty evaluations, the
others as many as configured. Narrow networks on small images: the published points are ResNet-50 on
ImageNet and YOLOv5s on COCO.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    panel_grid,
    published_low,
)
from workflow.drawing.words import suite_label

STRATEGIES = {
    "constant": ("one constant", "o"),
    "random": ("random", "v"),
    "greedy": ("greedy", "s"),
    "nsga2": ("NSGA-II", "^"),
    "nsga2_from_greedy": ("NSGA-II from greedy points", "D"),
}
CLAIMS = {"resnet50": "blox-resnet50-macs-share", "yolov5s": "blox-yolov5s-macs-share"}
"""The claims on shares of multiplications."""
PUBLISHED_LOSS_POINTS = 1.0
"""The drop that their conditions state, of top-1 and of mAP."""
DETECTION = "canvases"
"""The suite whose networks are judged by mAP."""
COLUMNS = 2


def draw(spex_front: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """A panel per network and block shape; a line per strategy."""
    cases = [
        (suite, network, block)
        for network in ordered_networks(spex_front["network"])
        for (suite, name, block), _ in spex_front.groupby(["suite", "network", "block"], sort=False)
        if name == network
    ]
    figure, panels = panel_grid(len(cases), COLUMNS, 2.6, 0.9)
    for panel, (suite, network, block) in zip(panels, cases, strict=True):
        searches = spex_front[
            (spex_front["suite"] == suite)
            & (spex_front["network"] == network)
            & (spex_front["block"] == block)
        ]
        _panel(panel, searches)
        measure = "mAP@.5:.95" if suite == DETECTION else "top-1"
        panel.set_ylabel(f"held-out {measure} lost\n(points)")
        if network in CLAIMS:
            panel.plot(
                published_low(claims, CLAIMS[network]),
                PUBLISHED_LOSS_POINTS,
                marker="*",
                color="0.25",
                markersize=10,
                linestyle="none",
                label="published (other data)",
            )
        panel.set_xlim(left=0)  # last, for it ends the scaling to what is drawn
        panel.set_title(f"{network_label(network)}, {block} blocks\n{suite_label(str(suite))}")
    legend_below(figure, columns=4)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    for color, (strategy, (label, marker)) in zip(PALETTE, STRATEGIES.items(), strict=False):
        line = rows[rows["strategy"] == strategy].sort_values("held_out_saved_macs_percent")
        if line.empty:
            continue
        panel.plot(
            line["held_out_saved_macs_percent"],
            line["held_out_lost_points"],
            marker=marker,
            markersize=5,
            linewidth=1.0,
            color=color,
            label=label,
        )
    panel.axhline(0.0, **BASELINE)
    panel.axhline(
        float(rows["budget_points"].iloc[0]),
        color="0.2",
        linestyle=":",
        linewidth=1.0,
        label="accuracy budget",
    )
    panel.invert_yaxis()
    panel.set_xlabel("multiplications saved (%)")


if __name__ == "__main__":
    figure_command(draw, __doc__)
