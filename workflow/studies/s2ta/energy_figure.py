"""Energy per image of the systolic arrays by component at 16 nm, relative to SA-ZVCG.

Energy of all convolutions by component relative to SA-ZVCG, DRAM left out; the dashed line is the
paper's "more than 2x".
"""

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    PUBLISHED,
    SUITE_LABELS,
    figure_command,
    legend_below,
    published_low,
)
from workflow.drawing.stacks import stacked_bars

ARRAYS = ["sa", "sa_zvcg", "sa_smt", "s2ta_w", "s2ta_aw"]
BASE = "sa_zvcg"
NODE_NM = 16
SUFFIX = "_energy_pj_per_image"


def _relative(rows: pd.DataFrame) -> pd.DataFrame:
    """Component energies over the baseline's energy without DRAM on the same network."""
    parts = rows.set_index(["network", "accelerator"]).filter(like=SUFFIX)
    parts = parts.drop(columns=f"dram{SUFFIX}")
    base = parts.sum(axis=1).xs(BASE, level="accelerator")
    return parts.div(base, axis="index", level="network").rename(
        columns=lambda name: name.removesuffix(SUFFIX)
    )


def draw(energy: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One row of bars per suite; DRAM is left out."""
    stated = 1 / published_low(claims, "s2ta-energy")
    rows = energy[
        (energy["layers"] == "no_linear")
        & (energy["node_nm"] == NODE_NM)
        & (energy["scheme"] == "dbb")
        & energy["accelerator"].isin(ARRAYS)
    ]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(7.5, 2.9 * len(suites)), layout="constrained")
    panels = figure.subplots(len(suites), 1, squeeze=False)[:, 0]
    for panel, suite in zip(panels, suites, strict=True):
        stacked_bars(panel, _relative(rows[rows["suite"] == suite]), ARRAYS)
        panel.axhline(1.0, label="SA-ZVCG = 1", **BASELINE)
        panel.axhline(stated, label=f"published: S2TA-AW below {stated:g}", **PUBLISHED)
        panel.set_title(SUITE_LABELS.get(suite, suite))
        panel.set_ylabel("energy of convolutions, no DRAM\nrelative to SA-ZVCG")
    legend_below(figure, columns=6)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
