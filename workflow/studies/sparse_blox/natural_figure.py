"""Zero blocks that are there without any threshold, by block shape and source of masks.

Blocks that are zero without any threshold, full-size networks with modelled zeros; block = columns
x output pixels. The dashed lines are the published savings, which need thresholds on trained
weights. YOLOv5s with SiLU has no zeros but those of the padding.
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
    published_low,
)

SOURCES = {
    "photographs": "random network on photographs",
    "spatial": "generator: spatial",
    "channel": "generator: channel",
    "iid": "generator: independent",
}
CLAIMS = {
    "resnet50": "blox-resnet50-transfers",
    "yolov5s": "blox-yolov5s-transfers",
    "yolov5s_relu": "blox-yolov5s-transfers",
}


def draw(natural: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One panel per network, bars per block shape and source."""
    networks = ordered_networks(natural["network"])
    colours = dict(zip(SOURCES.values(), BAR_COLOURS, strict=False))
    figure = page_figure(3.1)
    panels = figure.subplots(1, len(networks), sharey=True, squeeze=False)[0]
    for panel, network in zip(panels, networks, strict=True):
        rows = natural[natural["network"] == network]
        blocks = list(dict.fromkeys(rows["block"]))
        rows = rows.assign(source=rows["source"].map(SOURCES))
        columns = ("block", "source", "natural_zero_blocks_percent")
        grouped_bars(panel, rows, columns, blocks, colours)
        panel.set_xticks(range(len(blocks)), blocks)
        published = published_low(claims, CLAIMS[network]) if network in CLAIMS else None
        if published is not None:
            label = "published, with thresholds on trained weights"
            panel.axhline(published, label=label, **PUBLISHED)
        panel.set_title(network_label(network))
        panel.set_xlabel("block (columns x pixels)")
    panels[0].set_ylabel("blocks that are zero (%)")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
