"""How each assumed parameter moves the gains of Sparse-Blox.

How each assumed parameter moves the gains of Sparse-Blox on full-size ResNet-50, modelled zeros, no
threshold, convolutions only.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import BASELINE, PALETTE, figure_command, legend_below

QUANTITIES = {
    "speedup": ("speedup", "o"),
    "energy_reduction": ("less energy", "s"),
    "dram_reduction": ("less DRAM traffic", "D"),
}
DESIGNS = {"sparse_blox": "systolic array", "sparse_blox_vector": "vector unit"}


def draw(sensitivity: pd.DataFrame) -> Figure:
    """One panel per design, a line per parameter value, a marker per quantity."""
    rows = sensitivity[sensitivity["layers"] == "conv_only"]
    parameter = rows["parameter"].fillna("")
    label = (parameter + " = " + rows["value"].astype(str)).where(parameter != "", "configured")
    rows = rows.assign(label=label)
    longest = max(rows.groupby("accelerator")["label"].nunique())
    figure = Figure(figsize=(9.5, 0.24 * longest + 1.2), layout="constrained")
    panels = figure.subplots(1, len(DESIGNS))
    for panel, (design, title) in zip(panels, DESIGNS.items(), strict=True):
        own = rows[rows["accelerator"] == design].set_index("label").iloc[::-1]
        at = np.arange(len(own))
        for color, (quantity, (name, marker)) in zip(PALETTE, QUANTITIES.items(), strict=False):
            panel.plot(own[quantity], at, marker, color=color, markersize=4, label=name)
        panel.axvline(1.0, label="without a zero map = 1", **BASELINE)
        panel.set_yticks(at, list(own.index), fontsize=6.5)
        panel.set_xlabel("gain (x)")
        panel.set_title(title)
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
