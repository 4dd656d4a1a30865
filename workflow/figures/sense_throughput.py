"""Images per second of Sense beside the rates of version 2 of its abstract."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from workflow.figures.shared import (
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
)

SERIES = {
    "conv_only overlapped": "convolutions, DRAM time overlapped",
    "conv_only serial": "convolutions, DRAM time added",
    "all overlapped": "with FC layers, DRAM time overlapped",
    "all serial": "with FC layers, DRAM time added",
}


def draw(sense_throughput: pd.DataFrame) -> Figure:
    """Bars per full-size network with a published rate, which is a black line across them."""
    rows = sense_throughput.dropna(subset=["published_images_per_second"])
    rows = rows.assign(series=(rows["layers"] + " " + rows["dram_time"]).map(SERIES))
    rows = rows.dropna(subset=["series"])
    figure = Figure(figsize=(6.5, 3.4), layout="constrained")
    panel = figure.subplots()
    order = ordered_networks(rows["network"])
    if order:
        sns.barplot(
            rows,
            x="network",
            y="images_per_second",
            hue="series",
            order=order,
            hue_order=list(SERIES.values()),
            palette=PALETTE[: len(SERIES)],
            ax=panel,
        )
    published = rows.groupby("network")["published_images_per_second"].first().reindex(order)
    places = np.arange(len(order))
    panel.hlines(
        published.to_numpy(float),
        places - 0.45,
        places + 0.45,
        colors="black",
        label="published (version 2 of the abstract)",
    )
    panel.set_xticks(range(len(order)), [network_label(name) for name in order])
    panel.set_xlabel("")
    panel.set_yscale("log")
    panel.set_ylabel("images per second")
    legend_below(figure, panel, columns=2)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
