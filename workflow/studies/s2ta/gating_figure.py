"""The band of S2TA's energy gain: what the baseline's clock gating is assumed to stop.

Energy gain over SA-ZVCG at 16 nm for every assumption on what clock gating stops; both arrays
follow the same assumption in each row.
"""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    PUBLISHED,
    SUITE_LABELS,
    accelerator_label,
    figure_command,
    legend_below,
    published_low,
)

VIEWS = {"no_linear": "all convolutions", "conv_only": "convolutions, no depthwise"}
GATED = {True: "operand registers gated", False: "operand registers always clocked"}


def draw(s2ta_gating: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """Columns: suites; rows: what is counted. Means over the suite's networks, without DRAM."""
    stated = published_low(claims, "s2ta-energy")
    rows = s2ta_gating[s2ta_gating["network"] == "mean"]
    suites = list(dict.fromkeys(rows["suite"]))
    figure = Figure(figsize=(4.0 * len(suites), 4.8), layout="constrained")
    panels = figure.subplots(len(VIEWS), len(suites), sharex=True, sharey=True, squeeze=False)
    for line, (view, words) in zip(panels, VIEWS.items(), strict=True):
        for panel, suite in zip(line, suites, strict=True):
            own = rows[(rows["suite"] == suite) & (rows["layers"] == view)]
            sns.lineplot(
                own.assign(
                    array=own["accelerator"].map(accelerator_label),
                    gating=own["gate_operands"].map(GATED),
                ),
                x="gating_residual",
                y="energy_reduction_without_dram",
                hue="array",
                style="gating",
                markers=True,
                palette=PALETTE[: own["accelerator"].nunique()],
                ax=panel,
            )
            panel.axhline(1.0, label="SA-ZVCG = 1", **BASELINE)
            panel.axhline(stated, label=f"published: S2TA-AW more than {stated:g}x", **PUBLISHED)
            panel.set_title(f"{SUITE_LABELS.get(suite, suite)}\n{words}")
            panel.set_xlabel("energy of a gated element (share of an active one)")
            panel.set_ylabel("energy reduction\nwithout DRAM (x)")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
