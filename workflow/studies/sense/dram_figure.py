"""DRAM bytes by operand relative to the Eyeriss model: Sense, the Swallow-like array, the chip.

DRAM bytes by operand, convolutions only, relative to the Eyeriss model at the same batch. The
chip's measured total is not split by operand, and there for AlexNet and VGG-16 alone.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.shared import BAR_COLOURS, BASELINE, figure_command, legend_below, page_figure
from workflow.drawing.stacks import BAR_INCHES, stack_lines, stacked_bars
from workflow.drawing.words import suite_label

CHIP = "eyeriss_chip"
ACCELERATORS = ["sense", "swallow_like", "eyeriss", CHIP]
REFERENCE = "eyeriss"
LABELS = {"all": "measured, not split"}
OPERANDS = ["activation", "weight", "output", "all"]


def draw(sense_layers: pd.DataFrame) -> Figure:
    """Rows: suites; columns: batch of one, and the common batch. Convolutions only."""
    rows = sense_layers[sense_layers["layer_kind"] == "conv"]
    suites = list(dict.fromkeys(rows["suite"]))
    batches = {"one image at a time": rows["batch"] == 1, "batches of 3 or 4": rows["batch"] > 1}
    cells = {
        (suite, words): _relative(rows[(rows["suite"] == suite) & batch])
        for suite in suites
        for words, batch in batches.items()
    }
    lines = [
        max(stack_lines(cells[suite, words], ACCELERATORS) for words in batches) for suite in suites
    ]
    figure = page_figure(BAR_INCHES * sum(lines) + 0.9 * len(suites) + 0.5)
    heights = [count + 2 for count in lines]
    panels = figure.subplots(len(suites), 2, sharex=True, squeeze=False, height_ratios=heights)
    for line, suite, height in zip(panels, suites, lines, strict=True):
        for panel, words in zip(line, batches, strict=True):
            _panel(panel, cells[suite, words])
            panel.set_ylim(height - 0.4, -0.6)  # bars of one height in both panels
            panel.set_title(f"{suite_label(suite)}:\n{words}")
    for panel in panels[-1]:
        panel.set_xlabel("DRAM bytes, Eyeriss model = 1")
    legend_below(figure)
    return figure


def _relative(rows: pd.DataFrame) -> pd.DataFrame:
    """Bytes over the reference's by operand; a row per network and design that there is."""
    total = rows.groupby(["network", "accelerator"])["dram_bytes_per_image"].sum()
    reference = total.xs(REFERENCE, level="accelerator")
    rows = rows.assign(relative=rows["dram_bytes_per_image"] / rows["network"].map(reference))
    parts = rows.pivot_table("relative", ["network", "accelerator"], "operand", "sum")
    return parts.reindex(columns=OPERANDS).fillna(0).rename(columns=LABELS)


def _panel(panel: Axes, parts: pd.DataFrame) -> None:
    colours = dict(zip(parts.columns, [*BAR_COLOURS[:3], "0.85"], strict=True))
    stacked_bars(panel, parts, ACCELERATORS, {CHIP: "Eyeriss chip"}, colours)
    panel.axvline(1.0, **{**BASELINE, "zorder": 3})


if __name__ == "__main__":
    figure_command(draw, __doc__)
