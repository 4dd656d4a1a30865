"""Progress of HASS's threshold search beside its controls, and what the best points are worth.

Above, lines: the best score (accuracy, sparsity, throughput and DSPs) of the trials so far, mean
and span over seeds; a search that cannot see all of it keeps another point. Below, marks: the
points kept, efficiency over a PASS-like design of the unpruned network against lost test accuracy.
Narrow networks on 32x32 images, weights of the objective assumed.
"""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    network_label,
    ordered_networks,
    page_figure,
)
from workflow.drawing.words import suite_label

STRATEGIES = {
    "hardware_aware": ("HASS: accuracy, sparsity, throughput, DSPs", "o"),
    "hardware_blind": ("hardware-blind: accuracy, sparsity", "s"),
    "uniform": ("one threshold for all layers", "^"),
    "random": ("random", "D"),
}
LINES: tuple[LineStyleType, ...] = ("-", "--", "-.", ":")


def best_so_far(trials: pd.DataFrame) -> pd.DataFrame:
    """The highest full score up to each trial, which never falls: (trials, seeds)."""
    scores = trials.pivot_table(index="trial", columns="search_seed", values="score")
    return scores.cummax()


def progress(panel: Axes, trials: pd.DataFrame) -> None:
    """Best score so far over the trials: mean over seeds, and from the worst to the best seed."""
    for position, name in enumerate(STRATEGIES):
        searches = trials[trials["strategy"] == name]
        if searches.empty:
            continue
        best, color = best_so_far(searches), PALETTE[position]
        mean = best.mean(axis=1)
        panel.plot(mean.index, mean, linestyle=LINES[position], color=color)
        span = (best.min(axis=1), best.max(axis=1))
        panel.fill_between(mean.index, *span, color=color, alpha=0.15, linewidth=0)
    panel.set_xlabel("trial")


def gains(panel: Axes, best: pd.DataFrame) -> None:
    """Images per cycle and DSP over PASS-like on the unpruned network, against lost accuracy."""
    for position, (name, (_, marker)) in enumerate(STRATEGIES.items()):
        points = best[best["strategy"] == name]
        if points.empty:
            continue
        panel.plot(
            points["test_drop_points"],
            points["efficiency_over_pass"],
            marker,
            color=PALETTE[position],
            markersize=5,
            alpha=0.8,
            linestyle="",
        )
    panel.axhline(1.0, **BASELINE)
    panel.axvline(0.0, **BASELINE)
    panel.set_xlabel("test accuracy\nlost (points)")


def draw(hass_trials: pd.DataFrame, hass_search: pd.DataFrame) -> Figure:
    """A column per network: progress above, the best points below."""
    cases = [
        (suite, network)
        for suite in dict.fromkeys(hass_trials["suite"])
        for network in ordered_networks(hass_trials.loc[hass_trials["suite"] == suite, "network"])
    ]
    figure = page_figure(5.2)
    panels = figure.subplots(2, len(cases), squeeze=False)
    for column, (suite, network) in enumerate(cases):
        trials, best = (
            frame[(frame["suite"] == suite) & (frame["network"] == network)]
            for frame in (hass_trials, hass_search)
        )
        progress(panels[0, column], trials)
        gains(panels[1, column], best)
        panels[0, column].set_title(f"{network_label(network)}\n{suite_label(suite, lines=True)}")
    panels[0, 0].set_ylabel("best score so far")
    panels[1, 0].set_ylabel("images per cycle and DSP,\nPASS-like, unpruned = 1")
    handles = _handles([*hass_trials["strategy"], *hass_search["strategy"]])
    figure.legend(handles=handles, loc="outside lower center", ncols=2, handlelength=3)
    return figure


def _handles(present: Sequence[str]) -> list[Line2D]:
    """A line, as above, with a mark, as below, of each strategy that is drawn."""
    return [
        Line2D([], [], linestyle=line, marker=marker, markersize=5, color=color, label=label)
        for (name, (label, marker)), line, color in zip(
            STRATEGIES.items(), LINES, PALETTE, strict=False
        )
        if name in present
    ]


if __name__ == "__main__":
    figure_command(draw, __doc__)
