"""Relative error of every model against every outside oracle, a dot per case.

Bold: the oracle; below it, what was compared, and in how many cases. The axis is linear up to 0.1 %
and logarithmic beyond. A cross stands where the oracle went into the model or its input, so that
agreement says little.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.registry import design_title
from workflow.drawing.shared import BASELINE, PALETTE, figure_command, legend_below, page_figure
from workflow.studies.trust.trust_table import CHECK

KINDS = {
    "exact": "same definition",
    "independent": "another group's simulator",
    "published": "published by the authors",
    "bound": "published limit",
}
COLORS = dict(zip(KINDS, (PALETTE[i] for i in (0, 1, 2, 4)), strict=True))
LINEAR_PERCENT = 0.1
TICKS_PERCENT = (-100, -1, 0, 1, 100)
LINE_INCHES = 0.185


def draw(cases: pd.DataFrame, trust: pd.DataFrame) -> Figure:
    """One row per check under a line with its oracle, in the order of the table."""
    checks = trust[trust["kind"].isin(KINDS)].sort_values("oracle", key=_order, kind="stable")
    lines: list[tuple[str, pd.Series | None]] = []
    for oracle, group in checks.groupby("oracle", sort=False):
        lines.append((str(oracle), None))
        lines += [(_label(check), check) for _, check in group.iterrows()]
    figure = page_figure(LINE_INCHES * len(lines) + 1.2)
    panel = figure.subplots()
    for row, (_, check) in enumerate(lines):
        if check is not None:
            same = (cases[CHECK] == check[CHECK]).all(axis=1)
            _dots(panel, row, 100 * cases.loc[same, "error"], check)
    panel.set_yticks(range(len(lines)), [text for text, _ in lines])
    for tick, (_, check) in zip(panel.get_yticklabels(), lines, strict=True):
        tick.set_fontweight("bold" if check is None else "normal")
    panel.set_ylim(len(lines) - 0.4, -0.6)
    panel.axvline(0, **BASELINE)
    panel.set_xscale("symlog", linthresh=LINEAR_PERCENT)
    panel.set_xlim(-300, 1000)
    panel.set_xticks(TICKS_PERCENT)
    panel.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: f"{tick:+g}" if tick else "0"))
    panel.set_xlabel("modelled over reference less one (%)")
    panel.grid(visible=False, axis="y")
    legend_below(figure, columns=3)
    return figure


def _order(oracles: pd.Series) -> pd.Series:
    """Places of the oracles by their first check."""
    return oracles.map({name: place for place, name in enumerate(dict.fromkeys(oracles))})


def _label(check: pd.Series) -> str:
    names, _, detail = str(check["model"]).partition(" (")
    titles = ", ".join(design_title(name) for name in names.split(", "))
    detail = f" ({detail.replace('_', ' ')}" if detail else ""
    return f"{titles}{detail}: {check['quantity']} ({check['cases']})"


def _dots(panel: Axes, row: int, errors_percent: pd.Series, check: pd.Series) -> None:
    """Cases of one check, spread a little over the height of its row."""
    spread = np.linspace(-0.28, 0.28, len(errors_percent)) if len(errors_percent) > 1 else 0.0
    circular = check["circular"] != "no"
    panel.scatter(
        errors_percent,
        np.full(len(errors_percent), row) + spread,
        s=11,
        color=COLORS[check["kind"]],
        alpha=0.7,
        label="circular" if circular else KINDS[check["kind"]],
        marker="x" if circular else "o",
        linewidths=1.0 if circular else 0.0,
    )


if __name__ == "__main__":
    figure_command(draw, __doc__)
