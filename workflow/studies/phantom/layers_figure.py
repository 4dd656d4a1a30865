"""Speedup layer by layer on the networks that Phantom's abstract names, beside the bound.

Speedups are over an ideal dense array; black: the two-sided bound.
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

NETWORKS = ("vgg16", "mobilenet_v1")
LEFT_OUT = ("dense_ideal", "dense_mapped")


def draw(layers: pd.DataFrame) -> Figure:
    """Rows: networks; columns: suites; a line per design, black the two-sided bound."""
    rows = layers[~layers["accelerator"].isin(LEFT_OUT)]
    wanted = rows[rows["network"].isin(NETWORKS)]
    rows = rows if wanted.empty else wanted
    suites = list(dict.fromkeys(rows["suite"]))
    networks = ordered_networks(rows["network"])
    accelerators = list(dict.fromkeys(rows["accelerator"]))
    size = (5.4 * len(suites), 2.7 * len(networks) + 0.6)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(networks), len(suites), squeeze=False)
    for line, network in zip(panels, networks, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["network"] == network)]
            if own.empty:
                panel.set_axis_off()
                continue
            bound = own.groupby("layer_index")["two_sided_bound"].first()
            panel.plot(bound.index, bound, color="black", label="bound: dense / effectual MACs")
            for color, name in zip(PALETTE, accelerators, strict=False):
                design = own[own["accelerator"] == name]
                panel.plot(
                    design["layer_index"],
                    design["speedup_over_dense_ideal"],
                    "o-",
                    color=color,
                    markersize=3,
                    linewidth=0.9,
                    label=accelerator_label(name),
                )
            panel.axhline(1.0, **BASELINE)
            panel.set_yscale("log", base=2)
            panel.yaxis.set_major_formatter(lambda value, _: f"{value:g}x")
            panel.set_title(f"{network_label(network)}: {SUITE_LABELS.get(suite, suite)}")
            panel.set_xlabel("layer, in the order they run")
        line[0].set_ylabel("speedup over ideal dense\n(equal multipliers)")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
