"""Lying bars, a group per network with one per design, each a stack of named parts."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.registry import design_title
from workflow.drawing.shared import BAR_COLOURS, network_label, ordered_networks

GAP = 1.0
"""Over the bars of a network, where its name stands, in heights of a bar with its room."""
BAR_INCHES = 0.165
"""Height of a bar with its room."""


def stack_lines(parts: pd.DataFrame, designs: Sequence[str]) -> float:
    """Height that `stacked_bars` needs, in heights of a bar with its room."""
    bars = parts.index.get_level_values("accelerator").isin(list(designs)).sum()
    return float(bars) + GAP * parts.index.get_level_values("network").nunique()


def stacked_bars(
    panel: Axes,
    parts: pd.DataFrame,
    designs: Sequence[str],
    labels: dict[str, str] | None = None,
    colours: dict[str, Any] | None = None,
) -> None:
    """Draw the columns of `parts` as stacks; what is not a row of it gets neither bar nor label.

    Args:
        panel: where.
        parts: index (network, accelerator); one column per part, in stacking order; a part that
            is zero everywhere is left out.
        designs: order of the bars within a network; each is labelled with its name.
        labels: of designs that are called otherwise than by their title.
        colours: of each part; by default by the place of its column.
    """
    colours = colours or dict(zip(parts.columns, BAR_COLOURS, strict=False))
    names, places, drawn, y = [], [], [], 0.0
    for network in ordered_networks(parts.index.get_level_values("network")):
        present = [name for name in designs if (network, name) in parts.index]
        panel.text(
            0.995,
            y,
            network_label(network),
            transform=panel.get_yaxis_transform(),
            ha="right",
            va="center",
            fontweight="bold",
        )
        y += GAP
        for name in present:
            names.append((labels or {}).get(name) or design_title(name))
            places.append(y)
            drawn.append((network, name))
            y += 1
    stack = parts.reindex(drawn).fillna(0)
    left = pd.Series(0.0, index=stack.index)
    for part in parts.columns:
        if not parts[part].any():
            continue
        label = str(part).replace("_", " ")
        panel.barh(places, stack[part], 0.86, left, color=colours[part], label=label)
        left = left + stack[part]
    panel.set_yticks(places, names)
    panel.set_ylim(y - 0.4, -0.6)
    panel.grid(visible=False, axis="y")
