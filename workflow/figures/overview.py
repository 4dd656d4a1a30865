"""Speedup of every accelerator over a fully used dense array of its own size, beside the bound."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.figures.shared import (
    BASELINE,
    PALETTE,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

MARKERS = "os^Dvp*XP<>hd"
LEFT_OUT = ("dense_ideal", "sa")
"""The line at 1, and the array that waits for every fold as SCALE-Sim counts it."""
SCHEME_LABELS = {
    "dense": "unpruned",
    "dbb": "density bound blocks (W and A)",
    "magnitude": "magnitude pruning",
    "balanced": "balanced kernels",
    "unbalanced": "unbalanced, same nonzeros",
}


def _panel(panel: Axes, rows: pd.DataFrame, accelerators: list[str]) -> None:
    networks = ordered_networks(rows["network"])
    width = 0.8 / len(accelerators)
    bound = rows.groupby("network")["two_sided_bound"].first().reindex(networks)
    panel.hlines(
        bound, [n - 0.45 for n in range(len(networks))], [n + 0.45 for n in range(len(networks))],
        color="black", linewidth=1.6, label="bound: dense / effectual MACs",
    )  # fmt: skip
    for position, name in enumerate(accelerators):
        own = rows[rows["accelerator"] == name].set_index("network").reindex(networks)
        shift = (position - (len(accelerators) - 1) / 2) * width
        panel.plot(
            [n + shift for n in range(len(networks))],
            own["speedup_over_dense_ideal"],
            MARKERS[position % len(MARKERS)],
            color=PALETTE[position % len(PALETTE)],
            markersize=4.5,
            label=accelerator_label(name),
        )
    panel.axhline(1.0, label="dense array, fully used = 1", **BASELINE)
    panel.set_yscale("log", base=2)
    panel.yaxis.set_major_formatter(
        lambda value, _: f"{value:g}x" if value >= 1 else f"1/{1 / value:g}x"
    )
    panel.set_xticks(range(len(networks)), [network_label(name) for name in networks], rotation=20)
    panel.grid(visible=False, axis="x")


def draw(networks: pd.DataFrame) -> Figure:
    """Rows: schemes; columns: suites; all convolutions, all designs on the same zeros."""
    rows = networks[networks["layers"] == "no_linear"]
    suites = list(dict.fromkeys(rows["suite"]))
    schemes = [name for name in SCHEME_LABELS if name in set(rows["scheme"]) and name != "dense"]
    accelerators = [name for name in dict.fromkeys(rows["accelerator"]) if name not in LEFT_OUT]
    figure = Figure(figsize=(4.6 * len(suites), 2.9 * len(schemes) + 0.6), layout="constrained")
    panels = figure.subplots(len(schemes), len(suites), sharey=True, squeeze=False)
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if own.empty:
                panel.set_axis_off()
                continue
            _panel(panel, own, accelerators)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{SCHEME_LABELS[scheme]}")
        line[0].set_ylabel("speedup of convolutions over\nideal dense, equal multipliers")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
