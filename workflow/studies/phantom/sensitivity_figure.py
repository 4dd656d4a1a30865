"""How much each assumed parameter of the reconstructed Phantom-2D moves its speedup.

Speedup of the reconstructed Phantom-2D relative to its configured parameters, one parameter varied
at a time; the configured value is in bold.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.designs import ROW_INCHES
from workflow.drawing.shared import (
    BASELINE,
    PALETTE,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    panel_grid,
)
from workflow.drawing.words import parameter_label, suite_label, value_label

MARKERS = "osD^vPX"
COLUMNS = 3
VISIBLE = 1e-3
"""Parameters that move the speedup by less get no panel; the table has them."""
RELATIVE = "speedup_relative_to_configured"
Looks = Mapping[tuple[str, str], Mapping[str, Any]]
"""How a (suite, network) is drawn."""


def draw(sensitivity: pd.DataFrame) -> Figure:
    """A panel per parameter that matters: its values and the speedup relative to the configured."""
    moves = (sensitivity[RELATIVE] - 1).abs() > VISIBLE
    names = list(dict.fromkeys(sensitivity["parameter"][moves]))
    rows = sensitivity[sensitivity["parameter"].isin(names)]
    values = rows.groupby("parameter")["value"].nunique().max() if names else 1
    figure, panels = panel_grid(max(len(names), 1), COLUMNS, ROW_INCHES * values + 0.45, 0.7)
    limits = (rows[RELATIVE].min() - 0.05, rows[RELATIVE].max() + 0.05)
    suites = list(dict.fromkeys(sensitivity["suite"]))
    looks = _looks(suites, ordered_networks(sensitivity["network"]))
    for panel, name in zip(panels, names, strict=False):
        _panel(panel, rows[rows["parameter"] == name], looks)
        panel.set_xlim(limits)
        panel.set_title(parameter_label(name))
    for panel in panels[-COLUMNS:]:
        panel.set_xlabel("relative speedup")
    legend_below(figure, columns=3 if len(suites) == 1 else 2)
    return figure


def _looks(suites: list[str], networks: list[str]) -> Looks:
    """A colour per network, and a marker for it on each suite."""
    return {
        (suite, network): {
            "marker": MARKERS[(index + group * len(networks)) % len(MARKERS)],
            "color": PALETTE[index],
            "markerfacecolor": "none" if index % 2 else PALETTE[index],
        }
        for group, suite in enumerate(suites)
        for index, network in enumerate(networks)
    }


def _panel(panel: Axes, rows: pd.DataFrame, looks: Looks) -> None:
    texts = rows["value"].astype(str)
    values = list(dict.fromkeys(texts))
    for (suite, network), run in rows.groupby(["suite", "network"], sort=False):
        panel.plot(
            run[RELATIVE],
            [values.index(text) for text in texts[run.index]],
            linestyle="",
            markersize=5,
            label=f"{network_label(str(network))}, {suite_label(str(suite))}",
            **looks[str(suite), str(network)],
        )
    panel.axvline(1.0, **BASELINE)
    configured = set(texts[rows["is_configured"].astype(bool)])
    panel.set_yticks(range(len(values)), [value_label(value) for value in values])
    for label, value in zip(panel.get_yticklabels(), values, strict=True):
        label.set_fontweight("bold" if value in configured else "normal")
    panel.set_ylim(len(values) - 0.4, -0.6)
    panel.grid(visible=False, axis="y")


if __name__ == "__main__":
    figure_command(draw, __doc__)
