"""Times of designs and structure of zeros, modelled over measured, on networks with real weights.

Above: what each design takes on modelled zeros over what it takes on measured ones, a mark for each
scheme; full: the model has each layer's measured density, hollow: it follows the rule for layers
that nobody measured. Below: structure of the maps that ReLUs made and work of pairs, with measured
densities. Grey: 5 % for times, 15 % for structure. The model was fitted to the first two networks.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.registry import design_title
from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    page_figure,
)
from workflow.drawing.words import scheme_label

STATISTICS = {
    "activation_density": "density",
    "channel_density_std": "spread of channels",
    "dead_channel_share": "channels without nonzeros",
    "neighbour_agreement_share": "neighbours alike",
    "zero_8_channel_block_share": "zero blocks of 8 channels",
    "zero_8x8_tile_share": "zero 8x8 tiles",
    "effectual_macs": "effectual multiplications",
}
WITHIN = {"cycles": 0.05, "structure": 0.15}
RATIO = "modelled_over_measured"
MEASURED = "measured"
"""Where the densities of the model come from, in the column `densities`."""
MARKERS = "osD^"
LINE_INCHES = 0.21


def draw(modelled: pd.DataFrame) -> Figure:
    """A column per network; designs above, statistics below."""
    rows = modelled[modelled[RATIO].notna()]
    networks = list(dict.fromkeys(rows.sort_values("role", kind="stable")["network"]))
    moving = _moving(rows)
    figure = page_figure(LINE_INCHES * (len(moving) + len(STATISTICS)) + 2.0)
    heights = [len(moving), len(STATISTICS)]
    panels = figure.subplots(
        2, len(networks), sharex="row", sharey="row", squeeze=False, height_ratios=heights
    )
    for column, network in enumerate(networks):
        case = rows[rows["network"] == network]
        times, structure = panels[0][column], panels[1][column]
        _marks(times, case[case["quantity"] == "cycles"], moving, "cycles")
        known = case[(case["quantity"] == "structure") & (case["densities"] == MEASURED)]
        _marks(structure, known, list(STATISTICS), "structure")
        times.set_title(f"{network_label(network)}\n({case['role'].iloc[0]})")
        structure.set_xlabel("modelled / measured")
    panels[0][0].set_yticks(range(len(moving)), [design_title(name) for name in moving])
    panels[1][0].set_yticks(range(len(STATISTICS)), list(STATISTICS.values()))
    for row, count in zip(panels, heights, strict=True):
        row[0].set_ylim(count - 0.4, -0.6)
    legend_below(figure, columns=2)
    return figure


def _moving(rows: pd.DataFrame) -> list[str]:
    """Designs whose time depends on where zeros are: the others have nothing to show."""
    cycles = rows[rows["quantity"] == "cycles"]
    spans = (cycles[RATIO] - 1).abs().groupby(cycles["name"], sort=False).max()
    return [str(name) for name in spans.index[spans > 0]]


def _marks(panel: Axes, rows: pd.DataFrame, names: list[str], quantity: str) -> None:
    within = WITHIN[quantity]
    panel.axvspan(1 - within, 1 + within, color="0.9", zorder=0)
    panel.axvline(1.0, **BASELINE)
    places = {name: place for place, name in enumerate(names)}
    for index, scheme in enumerate(dict.fromkeys(rows["scheme"])):
        for densities in dict.fromkeys(rows["densities"]):
            alike = (rows["scheme"] == scheme) & (rows["densities"] == densities)
            drawn = rows[alike & rows["name"].isin(names)]
            known = densities == MEASURED
            panel.scatter(
                drawn[RATIO],
                drawn["name"].map(places) + 0.24 * (index - 0.5),
                marker=MARKERS[index % len(MARKERS)],
                facecolors=PALETTE[index] if known else "none",
                edgecolors=PALETTE[index],
                s=16,
                zorder=3,
                label=f"{scheme_label(scheme)}, {'measured densities' if known else 'by rule'}",
            )
    panel.grid(visible=False, axis="y")


if __name__ == "__main__":
    figure_command(draw, __doc__)
