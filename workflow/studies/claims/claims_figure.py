"""Published value or range of every claim beside the values that the mechanism gives here."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from workflow.drawing.shared import BASELINE, PALETTE, figure_command
from workflow.studies.claims.verdict import NEEDS_WEIGHTS

SUITES = {"digits": "o", "shapes": "s", "imagenet": "D"}


def draw(claims: pd.DataFrame) -> Figure:
    """A line per claim on a log axis: grey bar = published, markers = reproduced, by suite."""
    names = list(dict.fromkeys(claims["claim"]))
    comparable = claims["verdict"] != NEEDS_WEIGHTS  # else the value is no answer to the claim
    claims = claims.assign(reproduced=claims["reproduced"].where(comparable))
    figure = Figure(figsize=(7.5, 1.3 + 0.34 * len(names)), layout="constrained")
    panel = figure.subplots()
    for y, name in enumerate(names):
        rows = claims[claims["claim"] == name]
        low, high = rows["published_low"].iloc[0], rows["published_high"].iloc[0]
        open_ended = pd.isna(high)
        if low == high:
            panel.plot(low, y, "|", color="black", markersize=11, markeredgewidth=2)
        else:
            right = low * 1.6 if open_ended else high
            panel.barh(y, right - low, 0.55, low, color="0.8", hatch="//" if open_ended else None)
        for offset, (suite, own) in enumerate(rows.dropna(subset="reproduced").groupby("suite")):
            panel.scatter(
                own["reproduced"],
                [y + 0.12 * (offset - 1)] * len(own),
                marker=SUITES.get(str(suite), "x"),
                color=PALETTE[list(SUITES).index(str(suite)) if suite in SUITES else 7],
                s=14,
                zorder=3,
            )
    panel.set_xscale("log")
    panel.axvline(1.0, **BASELINE)
    panel.set_yticks(range(len(names)), names)
    panel.invert_yaxis()
    panel.set_xlabel("value in the claim's unit (log scale); 1 = no gain for ratios")
    handles = [
        Line2D([], [], color="0.8", linewidth=6, label="published range (hatched: more than)")
    ]
    handles += [
        Line2D(
            [],
            [],
            color="black",
            marker="|",
            linestyle="",
            markersize=10,
            markeredgewidth=2,
            label="published value",
        )
    ]
    handles += [
        Line2D([], [], color=PALETTE[i], marker=marker, linestyle="", label=f"here: {suite}")
        for i, (suite, marker) in enumerate(SUITES.items())
        if suite in set(claims["suite"])
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
