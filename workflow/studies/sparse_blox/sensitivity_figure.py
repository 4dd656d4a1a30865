"""How each assumed parameter moves the gains of Sparse-Blox.

How each assumed parameter moves the gains of Sparse-Blox on full-size ResNet-50, modelled zeros, no
threshold, convolutions only.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.designs import ROW_INCHES
from workflow.drawing.shared import BASELINE, PALETTE, figure_command, legend_below, page_figure
from workflow.drawing.words import setting_label

QUANTITIES = {
    "speedup": ("speedup", "o"),
    "energy_reduction": ("less energy", "s"),
    "dram_reduction": ("less DRAM traffic", "D"),
}
DESIGNS = {"sparse_blox": "systolic array", "sparse_blox_vector": "vector unit"}


def draw(sensitivity: pd.DataFrame) -> Figure:
    """A panel per design, a line per parameter value, a marker per quantity."""
    rows = sensitivity[sensitivity["layers"] == "conv_only"]
    settings = zip(rows["parameter"].fillna(""), rows["value"], strict=True)
    rows = rows.assign(label=[setting_label(name, value) for name, value in settings])
    lines = [rows.loc[rows["accelerator"] == name, "label"].nunique() for name in DESIGNS]
    figure = page_figure(ROW_INCHES * sum(lines) + 1.6)
    heights = [count + 1 for count in lines]
    panels = figure.subplots(len(DESIGNS), 1, sharex=True, height_ratios=heights)
    for panel, (design, title) in zip(panels, DESIGNS.items(), strict=True):
        swept = rows[rows["accelerator"] == design].set_index("label").iloc[::-1]
        at = np.arange(len(swept))
        for color, (quantity, (name, marker)) in zip(PALETTE, QUANTITIES.items(), strict=False):
            panel.plot(swept[quantity], at, marker, color=color, markersize=5, label=name)
        panel.axvline(1.0, label="without a zero map = 1", **BASELINE)
        panel.set_yticks(at, list(swept.index))
        panel.set_ylim(-0.6, len(swept) - 0.4)
        panel.set_title(title)
    panels[-1].set_xlabel("gain (x)")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
