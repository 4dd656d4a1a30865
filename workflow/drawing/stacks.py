"""Bars side by side per network, one per accelerator, each a stack of named parts."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from workflow.drawing.shared import PALETTE, accelerator_label, network_label, ordered_networks

GROUP_WIDTH = 0.84


def stacked_bars(panel: Axes, parts: pd.DataFrame, accelerators: Sequence[str]) -> None:
    """Draw the columns of `parts` as stacks.

    Args:
        panel: where.
        parts: index (network, accelerator); one column per part, in stacking order; the color
            goes by the column, and a part that is zero everywhere is left out.
        accelerators: order of the bars within a network; each bar is labelled with its name.
    """
    networks = ordered_networks(parts.index.get_level_values("network"))
    width = GROUP_WIDTH / len(accelerators)
    for position, name in enumerate(accelerators):
        own = parts.xs(name, level="accelerator").reindex(networks).fillna(0)
        at = [n + (position - (len(accelerators) - 1) / 2) * width for n in range(len(networks))]
        bottom = pd.Series(0.0, index=networks)
        for color, part in zip(PALETTE, parts.columns, strict=False):
            if not parts[part].any():
                continue
            label = str(part).replace("_", " ") if position == 0 else None
            panel.bar(at, own[part], width * 0.9, bottom, color=color, label=label)
            bottom = bottom + own[part]
        for x, top in zip(at, bottom, strict=True):
            panel.annotate(
                accelerator_label(name),
                (x, top),
                (0, 2),
                textcoords="offset points",
                rotation=90,
                ha="center",
                va="bottom",
                fontsize=5.5,
            )
    panel.set_ylim(top=panel.get_ylim()[1] * 1.25)
    panel.set_xticks(range(len(networks)), [network_label(name) for name in networks], fontsize=7)
    panel.grid(visible=False, axis="x")
