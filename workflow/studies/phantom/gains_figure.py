"""Phantom-2D over each baseline with equal multipliers, beside the ratios of its abstract.

Phantom-2D over each baseline, both run at the same size; dashed: its abstract; grey: room up to
the two-sided bound.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

PUBLISHED_RATIO = {
    "dense_ideal": "phantom-vs-dense",
    "dense_mapped": "phantom-vs-dense",
    "scnn": "phantom-vs-scnn",
    "sparten": "phantom-vs-sparten",
    "sparten_gb_s": "phantom-vs-sparten",
    "sparten_no_balancing": "phantom-vs-sparten",
    "eyeriss_v2": "phantom-vs-eyeriss-v2",
}


def draw(phantom: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One panel per suite; a column per baseline: marker per network, published value, headroom."""
    rows = phantom[(phantom["layers"] == "all") & (phantom["accelerator"] == "phantom_2d")]
    rows = rows.dropna(subset=["speedup_equal_multipliers"])
    published = claims.groupby("claim")["published_low"].first()
    suites = list(dict.fromkeys(rows["suite"]))
    baselines = [name for name in PUBLISHED_RATIO if name in set(rows["baseline"])]
    networks = ordered_networks(set(rows["network"]) - {"mean"})
    figure = Figure(figsize=(4.6 * len(suites), 3.6), layout="constrained")
    panels = figure.subplots(1, len(suites), sharey=True, squeeze=False)[0]
    for panel, suite in zip(panels, suites, strict=True):
        own = rows[rows["suite"] == suite]
        for position, network in enumerate(networks):
            gains = own[own["network"] == network].set_index("baseline").reindex(baselines)
            at = [x + 0.12 * (position - (len(networks) - 1) / 2) for x in range(len(baselines))]
            panel.vlines(at, gains["speedup_equal_multipliers"], gains["headroom"], color="0.8")
            panel.plot(
                at,
                gains["speedup_equal_multipliers"],
                "o",
                color=PALETTE[position],
                markersize=4.5,
                label=network_label(network),
            )
        for x, name in enumerate(baselines):
            value = published.get(PUBLISHED_RATIO[name])
            if value is not None:
                label = "published" if x == 0 else None
                panel.hlines(value, x - 0.4, x + 0.4, color="0.25", linestyle="--", label=label)
        panel.plot([], [], color="0.8", label="up to the two-sided bound")
        panel.axhline(1.0, **BASELINE)
        panel.set_yscale("log", base=2)
        panel.yaxis.set_major_formatter(lambda value, _: f"{value:g}x")
        labels = [accelerator_label(name) for name in baselines]
        panel.set_xticks(range(len(baselines)), labels, rotation=30, ha="right")
        panel.set_title(SUITE_LABELS.get(suite, suite))
    panels[0].set_ylabel("Phantom-2D over the baseline,\nequal multipliers (x)")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
