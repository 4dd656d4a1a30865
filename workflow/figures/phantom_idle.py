"""Where the multiplier-cycles of Phantom-2D and its baselines go, stacked by cause."""

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from workflow.figures.shared import (
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    network_label,
    ordered_networks,
)

LEFT_OUT = ("dense_ideal", "dense_mapped")


def draw(idle: pd.DataFrame) -> Figure:
    """Rows: networks; columns: suites; a bar per design that adds up to 100 %."""
    rows = idle[(idle["layers"] == "all") & ~idle["accelerator"].isin(LEFT_OUT)]
    suites = list(dict.fromkeys(rows["suite"]))
    networks = ordered_networks(rows["network"])
    causes = ["effectual", *sorted(set(rows["cause"]) - {"effectual"})]
    colors = dict(zip(causes, ["0.2", *mpl.colormaps["tab20"].colors], strict=False))  # type: ignore[attr-defined]
    size = (4.6 * len(suites), 1.5 * len(networks) + 1.2)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(len(networks), len(suites), sharex=True, squeeze=False)
    for line, network in zip(panels, networks, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["network"] == network)]
            if own.empty:
                panel.set_axis_off()
                continue
            shares = own.pivot_table(index="accelerator", columns="cause", values="slots_percent")
            shares = shares.reindex(columns=causes).fillna(0)
            left = pd.Series(0.0, index=shares.index)
            names = [accelerator_label(str(name)) for name in shares.index]
            for cause in causes:
                panel.barh(names, shares[cause], left=left, color=colors[cause])
                left = left + shares[cause]
            panel.invert_yaxis()
            panel.set_xlim(0, 100)
            panel.tick_params(labelsize=7)
            panel.set_title(f"{network_label(network)}: {SUITE_LABELS.get(suite, suite)}")
    for panel in panels[-1]:
        panel.set_xlabel("multiplier-cycles (%)")
    handles = [mpl.patches.Patch(color=colors[c], label=c.replace("_", " ")) for c in causes]
    figure.legend(handles=handles, loc="outside lower center", ncols=5)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
