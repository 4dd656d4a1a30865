"""Bytes per image that the systolic arrays move on chip and at DRAM, by operand."""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import figure_command, legend_below, page_figure
from workflow.drawing.stacks import BAR_INCHES, stack_lines, stacked_bars
from workflow.drawing.words import suite_label
from workflow.tabling.shared import NO_PRODUCTS

ARRAYS = ["sa_zvcg", "s2ta_w", "s2ta_aw"]
OPERANDS = ["weight", "activation", "output"]


def draw(traffic: pd.DataFrame) -> Figure:
    """Rows: suites; columns: SRAM and DRAM; a stack of operands per array and network."""
    attention = set(traffic.loc[traffic["layers"] == NO_PRODUCTS, "network"])
    rows = traffic[
        (traffic["layers"] == "all")
        & ~traffic["network"].isin(attention)  # which S2TA does not run as a whole
        & (traffic["scheme"] == "dbb")
        & traffic["accelerator"].isin(ARRAYS)
    ]
    rows = rows.assign(
        level=rows["memory"].map(lambda name: "DRAM" if name == "dram" else "on chip"),
        megabytes=rows["bytes_per_image"] / 1e6,
    )
    suites = list(dict.fromkeys(rows["suite"]))
    lines = [
        stack_lines(rows[rows["suite"] == suite].groupby(["network", "accelerator"]).sum(), ARRAYS)
        for suite in suites
    ]
    figure = page_figure(BAR_INCHES * sum(lines) + 0.8 * len(suites) + 0.5)
    heights = [count + 2 for count in lines]
    panels = figure.subplots(len(suites), 2, squeeze=False, height_ratios=heights)
    for line, suite in zip(panels, suites, strict=True):
        for panel, level in zip(line, ("on chip", "DRAM"), strict=True):
            level_rows = rows[(rows["suite"] == suite) & (rows["level"] == level)]
            parts = level_rows.pivot_table(
                "megabytes", ["network", "accelerator"], "operand", "sum", fill_value=0
            )
            stacked_bars(panel, parts.reindex(columns=OPERANDS, fill_value=0.0), ARRAYS)
            panel.set_title(f"{suite_label(suite)}: {level}")
            panel.set_xlabel("MB per image")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
