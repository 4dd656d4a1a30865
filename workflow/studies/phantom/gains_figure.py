"""Phantom-2D over each baseline with equal multipliers, beside the ratios of its abstract.

Phantom-2D over each baseline, both run at the same size; dashed: its abstract; grey: room up to
the two-sided bound.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.registry import design_title
from workflow.drawing.designs import ratio_axis, ratio_limits
from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    page_figure,
)
from workflow.drawing.words import suite_label

PUBLISHED_RATIO = {
    "dense_ideal": "phantom-vs-dense",
    "dense_mapped": "phantom-vs-dense",
    "scnn": "phantom-vs-scnn",
    "sparten": "phantom-vs-sparten",
    "sparten_gb_s": "phantom-vs-sparten",
    "sparten_no_balancing": "phantom-vs-sparten",
    "eyeriss_v2": "phantom-vs-eyeriss-v2",
}
GAIN = "speedup_equal_multipliers"
MARKERS = "osD^vPX"
STEP = 0.15
"""Between the networks of one baseline, in lines."""


def draw(phantom: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One panel per suite; a line per baseline: mark per network, published value, headroom."""
    rows = phantom[(phantom["layers"] == "all") & (phantom["accelerator"] == "phantom_2d")]
    rows = rows[rows["network"] != "mean"].dropna(subset=[GAIN])
    published = claims.groupby("claim")["published_low"].first()
    suites = list(dict.fromkeys(rows["suite"]))
    baselines = [name for name in PUBLISHED_RATIO if name in set(rows["baseline"])]
    figure = page_figure(0.42 * len(baselines) + 1.3)
    panels = figure.subplots(1, len(suites), sharex=True, sharey=True, squeeze=False)[0]
    limits = ratio_limits(rows[GAIN], rows["headroom"], published[list(PUBLISHED_RATIO.values())])
    networks = ordered_networks(rows["network"])
    for panel, suite in zip(panels, suites, strict=True):
        _networks(panel, rows[rows["suite"] == suite], baselines, networks)
        for place, name in enumerate(baselines):
            value = published[PUBLISHED_RATIO[name]]
            label = "published" if place == 0 else None
            panel.vlines(value, place - 0.4, place + 0.4, color="0.25", ls="--", label=label)
        panel.axvline(1.0, **BASELINE)
        panel.set_xlim(limits)
        ratio_axis(panel)
        panel.set_yticks(range(len(baselines)), [design_title(name) for name in baselines])
        panel.set_ylim(len(baselines) - 0.45, -0.55)
        panel.grid(visible=False, axis="y")
        panel.set_title(suite_label(suite, lines=True))
        panel.set_xlabel("Phantom-2D over it")
    legend_below(figure, columns=4)
    return figure


def _networks(panel: Axes, rows: pd.DataFrame, baselines: list[str], networks: list[str]) -> None:
    present = [name for name in networks if name in set(rows["network"])]
    for position, network in enumerate(present):
        gains = rows[rows["network"] == network].set_index("baseline").reindex(baselines)
        shift = STEP * (position - (len(present) - 1) / 2)
        at = [place + shift for place in range(len(baselines))]
        room = "up to the two-sided bound"
        panel.hlines(at, gains[GAIN], gains["headroom"], color="0.8", label=room)
        index = networks.index(network)
        panel.plot(
            gains[GAIN],
            at,
            MARKERS[index % len(MARKERS)],
            color=PALETTE[index],
            markersize=4.5,
            label=network_label(network),
        )


if __name__ == "__main__":
    figure_command(draw, __doc__)
