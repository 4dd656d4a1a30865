"""Relative error of every model against every outside oracle, a dot per case.

The axis is linear up to 0.1 % and logarithmic beyond. A cross stands where the oracle went into the
model or its input, so that agreement says little.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from workflow.drawing.shared import BASELINE, PALETTE, figure_command, legend_below
from workflow.studies.trust.trust_table import CHECK

KINDS = {
    "exact": "same definition",
    "independent": "another group's simulator",
    "published": "published by the authors",
    "bound": "published limit",
}
COLORS = dict(zip(KINDS, (PALETTE[i] for i in (0, 1, 2, 4)), strict=True))
LINEAR_PERCENT = 0.1
TICKS_PERCENT = (-100, -10, -1, -0.1, 0, 0.1, 1, 10, 100, 1000)
ROW_INCHES = 0.27


def draw(cases: pd.DataFrame, trust: pd.DataFrame) -> Figure:
    """One row per check, in the order of the table."""
    checks = trust[trust["kind"].isin(KINDS)]
    figure = Figure(figsize=(11.0, ROW_INCHES * len(checks) + 1.3), layout="constrained")
    panel = figure.subplots()
    for row, (_, check) in enumerate(checks.iterrows()):
        same = (cases[CHECK] == check[CHECK]).all(axis=1)
        _dots(panel, row, 100 * cases.loc[same, "error"], check)
    panel.set_yticks(range(len(checks)), [_label(check) for _, check in checks.iterrows()])
    panel.set_ylim(len(checks) - 0.4, -0.6)
    panel.axvline(0, **BASELINE)
    panel.set_xscale("symlog", linthresh=LINEAR_PERCENT)
    panel.set_xlim(-300, 1000)
    panel.set_xticks(TICKS_PERCENT)
    panel.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:+g}" if tick else "0"))
    panel.set_xlabel("modelled over reference less one, %")
    legend_below(figure)
    return figure


def _label(check: pd.Series) -> str:
    return f"{check['model']}: {check['quantity']}  [{check['oracle']}, {check['cases']}]"


def _dots(panel: Axes, row: int, errors_percent: pd.Series, check: pd.Series) -> None:
    """Cases of one check, spread a little over the height of its row."""
    spread = np.linspace(-0.25, 0.25, len(errors_percent)) if len(errors_percent) > 1 else 0.0
    circular = check["circular"] != "no"
    panel.scatter(
        errors_percent,
        np.full(len(errors_percent), row) + spread,
        s=14,
        color=COLORS[check["kind"]],
        alpha=0.7,
        label="circular" if circular else KINDS[check["kind"]],
        marker="x" if circular else "o",
        linewidths=1.0 if circular else 0.0,
    )


if __name__ == "__main__":
    figure_command(draw, __doc__)
