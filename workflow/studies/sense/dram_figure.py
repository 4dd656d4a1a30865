"""DRAM bytes by operand relative to the Eyeriss model: Sense, the Swallow-like array, the chip.

DRAM bytes by operand, convolutions only, relative to the Eyeriss model at the same batch. The
chip's measured total is not split by operand.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.shared import SUITE_LABELS, figure_command, legend_below
from workflow.drawing.stacks import stacked_bars

ACCELERATORS = ["sense", "swallow_like", "eyeriss", "eyeriss_chip"]
REFERENCE = "eyeriss"
LABELS = {"all": "measured, not split"}
OPERANDS = ["activation", "weight", "output", "all"]


def draw(sense_layers: pd.DataFrame) -> Figure:
    """Rows: suites; columns: batch of one, and the common batch. Convolutions only."""
    rows = sense_layers[sense_layers["layer_kind"] == "conv"]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(9.5, 3.0 * len(suites)), layout="constrained")
    panels = figure.subplots(len(suites), 2, sharey="row", squeeze=False)
    for line, suite in zip(panels, suites, strict=True):
        own = rows[rows["suite"] == suite]
        title = SUITE_LABELS.get(suite, suite)
        _panel(line[0], own[own["batch"] == 1], f"{title}\none image at a time")
        _panel(line[1], own[own["batch"] > 1], f"{title}\nequal batches of 3 or 4")
    legend_below(figure)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame, title: str) -> None:
    total = rows.groupby(["network", "accelerator"])["dram_bytes_per_image"].sum()
    reference = total.xs(REFERENCE, level="accelerator")
    rows = rows.assign(relative=rows["dram_bytes_per_image"] / rows["network"].map(reference))
    parts = rows.pivot_table("relative", ["network", "accelerator"], "operand", "sum")
    parts = parts.reindex(columns=OPERANDS).fillna(0).rename(columns=LABELS)
    present = set(rows["accelerator"])
    stacked_bars(panel, parts, [name for name in ACCELERATORS if name in present])
    panel.set_title(title)
    panel.set_ylabel("DRAM bytes, Eyeriss model = 1")


if __name__ == "__main__":
    figure_command(draw, __doc__)
