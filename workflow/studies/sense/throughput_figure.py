"""Images per second of Sense relative to the rates of version 2 of its abstract.

Images per second at 200 MHz with 17 GB/s assumed; relative to the rates of version 2 of the
abstract.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.bars import grouped_bars
from workflow.drawing.shared import (
    BAR_COLOURS,
    PUBLISHED,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    page_figure,
)

SERIES = {
    "conv_only overlapped": "convolutions, DRAM time overlapped",
    "conv_only serial": "convolutions, DRAM time added",
    "all overlapped": "with FC layers, DRAM time overlapped",
    "all serial": "with FC layers, DRAM time added",
}


def draw(sense_throughput: pd.DataFrame) -> Figure:
    """Bars per full-size network with a published rate, which is the line at 1."""
    rows = sense_throughput.dropna(subset=["published_images_per_second"])
    rows = rows.assign(series=(rows["layers"] + " " + rows["dram_time"]).map(SERIES))
    rows = rows.dropna(subset=["series"])
    figure = page_figure(3.4)
    panel = figure.subplots()
    order = ordered_networks(rows["network"])
    if order:
        colours = dict(zip(SERIES.values(), BAR_COLOURS, strict=False))
        columns = ("network", "series", "relative_to_published")
        grouped_bars(panel, rows, columns, order, colours)
    panel.axhline(1.0, label="published (version 2 of the abstract)", **PUBLISHED)
    rates = rows.groupby("network")["published_images_per_second"].first().reindex(order)
    labels = [f"{network_label(name)}\n{rates[name]:.0f} images/s" for name in order]
    panel.set_xticks(range(len(order)), labels)
    panel.set_xlabel("")
    panel.set_ylabel("images per second, published = 1")
    legend_below(figure, columns=2)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
