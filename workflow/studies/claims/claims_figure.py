"""Every claim with a number here: what is published, and what the mechanism gives.

Grey: the published value or range (hatched: "more than"). Filled: the setting by which the claim is
judged; hollow: the settings around it. A panel for each unit; the verdict stands at the right.
"""

from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.claims import claims as published_claims
from workflow.drawing.designs import ratio_axis
from workflow.drawing.shared import BASELINE, PALETTE, figure_command, page_figure
from workflow.studies.claims.verdict import (
    BY_CONSTRUCTION,
    NOT_EVALUATED,
    NOT_REPRODUCED,
    REPRODUCED,
)

UNITS = {
    "x": "ratio (1 = no gain)",
    "x less": "ratio (1 = no gain)",
    "images/s": "images per second",
    "%": "saved, per cent",
    "M": "saved, millions of multiplications",
    "GOP/s": "10\u2079 operations per second",
}
AREAS = "ratio of areas (1 = no gain)"
"""A panel of their own: they span decades, beside which speedups could not be told apart."""
PUBLISHED_GREY, HATCH_GREY = "0.8", "0.45"
VERDICT_COLOURS = {REPRODUCED: PALETTE[2], NOT_REPRODUCED: PALETTE[3], BY_CONSTRUCTION: "0.4"}
LINE_INCHES = 0.33
LETTERS = 46
"""Of a claim's label in one line."""
NO_NETWORK = "not stated"


def draw(claims: pd.DataFrame) -> Figure:
    """One panel per unit, a line per claim on a log axis."""
    drawn = claims[claims["here"].notna()]
    labels = drawn["unit"].map(UNITS).fillna(drawn["unit"])
    labels = labels.mask(drawn["metric"].str.startswith("area"), AREAS)
    groups = [(label, drawn[labels == label]) for label in dict.fromkeys(labels)]
    heights = [rows["claim"].nunique() + 2.4 for _, rows in groups]
    figure = page_figure(LINE_INCHES * sum(heights) + 0.6)
    panels = figure.subplots(len(groups), 1, height_ratios=heights, squeeze=False)[:, 0]
    for panel, (label, rows) in zip(panels, groups, strict=True):
        _panel(panel, rows)
        panel.set_xlabel(label)
    figure.legend(handles=_handles(drawn), loc="outside lower center", ncols=3)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    names = list(dict.fromkeys(rows["claim"]))
    for y, name in enumerate(names):
        claim = rows[rows["claim"] == name]
        _published(panel, y, claim)
        judged = claim["primary"].astype(bool)
        panel.scatter(
            claim.loc[~judged, "here"],
            [y] * int((~judged).sum()),
            facecolors="none",
            edgecolors=PALETTE[0],
            s=16,
            zorder=3,
        )
        panel.scatter(
            claim.loc[judged, "here"], [y] * int(judged.sum()), color=PALETTE[0], s=30, zorder=4
        )
        standing = published_claims()[name].standing or NOT_EVALUATED
        verdict = claim.loc[judged, "verdict"].iloc[0] if judged.any() else standing
        panel.text(
            1.01,
            y,
            verdict,
            transform=panel.get_yaxis_transform(),
            va="center",
            color=VERDICT_COLOURS.get(verdict, "black"),
        )
    panel.set_xscale("log")
    if rows["unit"].str.startswith("x").any():
        panel.axvline(1.0, **BASELINE)
        ratio_axis(panel, most_ticks=7)
    lines = [_label(name, rows[rows["claim"] == name].iloc[0]) for name in names]
    panel.set_yticks(range(len(names)), lines)
    panel.set_ylim(len(names) - 0.4, -0.6)


def _label(name: str, claim: pd.Series) -> str:
    """What is claimed in words: subject, what it is compared with, quantity, network."""
    over = claim["comparator"]
    text = str(claim["subject"]) + (f" over {over}" if isinstance(over, str) else "")
    words = [text, str(claim["metric"])]
    network = claim["published_network"]
    if isinstance(network, str) and network != NO_NETWORK:
        words.append(network)
    if "article" in name.split("-"):
        words.append("article")
    return fill(", ".join(words), LETTERS)


def _published(panel: Axes, y: int, claim: pd.DataFrame) -> None:
    low, high = claim["published_low"].iloc[0], claim["published_high"].iloc[0]
    if low == high:
        panel.plot(low, y, "|", color="black", markersize=13, markeredgewidth=2.5)
        return
    open_ended = bool(pd.isna(high))
    right = low * 1.6 if open_ended else high
    panel.barh(y, right - low, 0.6, low, **_bar(open_ended))


def _bar(open_ended: bool) -> dict[str, Any]:
    """How a published range is drawn, hatched where only its lower end is stated."""
    grey: dict[str, Any] = {"facecolor": PUBLISHED_GREY, "linewidth": 0}
    return grey | ({"hatch": "////", "edgecolor": HATCH_GREY} if open_ended else {})


def _handles(drawn: pd.DataFrame) -> list[Line2D | Patch]:
    judged = Line2D([], [], marker="o", linestyle="", color=PALETTE[0], markersize=6)
    others = Line2D([], [], marker="o", linestyle="", color=PALETTE[0], markersize=4)
    others.set_fillstyle("none")
    judged.set_label("here, the setting that is judged")
    others.set_label("here, other settings")
    low, high = drawn["published_low"], drawn["published_high"]
    value = Line2D([], [], color="black", marker="|", linestyle="", markersize=11)
    value.set_label("published")
    handles: list[tuple[Line2D | Patch, bool]] = [
        (value, bool((low == high).any())),
        (Patch(label="published range", **_bar(False)), bool((low < high).any())),
        (Patch(label="published: more than", **_bar(True)), bool(high.isna().any())),
        (judged, bool(drawn["primary"].any())),
        (others, not bool(drawn["primary"].all())),
    ]
    return [handle for handle, present in handles if present]


if __name__ == "__main__":
    figure_command(draw, __doc__)
