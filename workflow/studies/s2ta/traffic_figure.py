"""Bytes per image that the systolic arrays move at SRAM and DRAM, by operand.

Bytes moved on chip and at DRAM by operand.
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import SUITE_LABELS, figure_command, legend_below
from workflow.drawing.stacks import stacked_bars

ARRAYS = ["sa_zvcg", "s2ta_w", "s2ta_aw"]
OPERANDS = ["weight", "activation", "output"]


def draw(traffic: pd.DataFrame) -> Figure:
    """Rows: suites; columns: SRAM and DRAM; a stack of operands per array and network."""
    rows = traffic[
        (traffic["layers"] == "all")
        & (traffic["scheme"] == "dbb")
        & traffic["accelerator"].isin(ARRAYS)
    ]
    rows = rows.assign(
        level=rows["memory"].map(lambda name: "DRAM" if name == "dram" else "on chip"),
        megabytes=rows["bytes_per_image"] / 1e6,
    )
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(9.5, 2.8 * len(suites)), layout="constrained")
    panels = figure.subplots(len(suites), 2, squeeze=False)
    for line, suite in zip(panels, suites, strict=True):
        for panel, level in zip(line, ("on chip", "DRAM"), strict=True):
            own = rows[(rows["suite"] == suite) & (rows["level"] == level)]
            parts = own.pivot_table(
                "megabytes", ["network", "accelerator"], "operand", "sum", fill_value=0
            )
            stacked_bars(panel, parts.reindex(columns=OPERANDS, fill_value=0.0), ARRAYS)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}: {level}")
            panel.set_ylabel("MB per image")
    legend_below(figure)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
