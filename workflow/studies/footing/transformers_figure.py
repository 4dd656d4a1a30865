"""Speedup and energy of networks with attention: who runs all of them, and who refuses products.

Vision transformers on the common footing, 1024 multipliers, all layers with FC layers among them.
Filled marks, above: designs that run the whole network. Hollow marks, on grey: designs that must
know their weights offline and refuse the products of activations (Q K^T and P V); theirs is the
network without these, and over them stands the share of multiplications that they leave out. Energy
is with DRAM, relative to the dense array on the same layers. Black: the two-sided bound of the same
layers.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from sim.registry import design_title
from sim.styles import design_style
from workflow.drawing.designs import (
    BOUND,
    BOUND_LABEL,
    DENSE_LABEL,
    ROW_INCHES,
    ratio_axis,
    ratio_limits,
)
from workflow.drawing.shared import (
    BASELINE,
    SMALL_TYPE_POINTS,
    figure_command,
    legend_below,
    network_label,
    ordered_networks,
    page_figure,
)
from workflow.drawing.words import ordered_schemes, scheme_label, suite_label
from workflow.tabling.shared import NO_PRODUCTS

CASE = ["suite", "network", "scheme"]
SCHEMES = ("magnitude", "two_four")
"""Compression under which networks are shown, those that have it; the table has the others."""
COLUMNS = 3
SPEED, ENERGY = "speedup_over_dense_ideal", "relative_energy"
MEASURES = {SPEED: "speedup per multiplier", ENERGY: "energy with DRAM"}

HOLLOW: dict[str, Any] = {"markerfacecolor": "none"}

Case = tuple[str, str, str]


def cases(table: pd.DataFrame) -> list[Case]:
    """Suite, network and scheme of what is drawn, network by network."""
    rows = table[table["layers"] == NO_PRODUCTS]
    pruned = rows[rows["scheme"].isin(SCHEMES)]
    present = (pruned if len(pruned) else rows)[CASE].drop_duplicates()
    return [
        (str(suite), network, scheme)
        for network in ordered_networks(present["network"])
        for suite, of_network in present[present["network"] == network].groupby("suite", sort=False)
        for scheme in ordered_schemes(of_network["scheme"])
    ]


def whole_and_refusing(
    table: pd.DataFrame, refusals: pd.DataFrame
) -> tuple[list[str], list[str], dict[Case, float]]:
    """Designs that run all layers, those that do not, and the share of a network that these leave.

    Args:
        table: of the footing.
        refusals: one row per run and design.
    """
    designs = footing().present(table.loc[table["layers"] == NO_PRODUCTS, "accelerator"])
    refused = refusals[refusals["refused_layer_count"] > 0]
    names = set(refused["accelerator"])
    shares = refused.drop_duplicates(CASE)[[*CASE, "refused_macs_percent"]]
    return (
        [name for name in designs if name not in names],
        [name for name in designs if name in names],
        {(str(row[0]), row[1], row[2]): row[3] for row in shares.itertuples(index=False)},
    )


def draw(table: pd.DataFrame, refusals: pd.DataFrame) -> Figure:
    """Columns: networks and schemes; a line of speedups over a line of energies."""
    rows = table[table["footing"] == footing().label(0)]
    rows = rows.assign(**{ENERGY: 1 / rows["energy_reduction"]})
    drawn = cases(rows)
    whole, refusing, shares = whole_and_refusing(rows, refusals)
    lines = [drawn[first : first + COLUMNS] for first in range(0, len(drawn), COLUMNS)]
    height = ROW_INCHES * (len(whole) + 1 + len(refusing)) + 0.7
    figure = page_figure(2 * len(lines) * height + 1.0)
    panels = figure.subplots(2 * len(lines), min(COLUMNS, len(drawn)), sharey=True, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    for number, line in enumerate(lines):
        for column, case in enumerate(line):
            of_case = rows[(rows[CASE] == list(case)).all(axis="columns")]
            for place, measure in enumerate(MEASURES):
                panel = panels[2 * number + place, column]
                panel.set_axis_on()
                _panel(panel, of_case, measure, whole, refusing)
                panel.set_xlabel(MEASURES[measure])
            _titles(panels[2 * number, column], case, shares.get(case, 0.0), len(whole))
    legend_below(figure, columns=2)
    return figure


def _titles(panel: Axes, case: Case, share: float, whole: int) -> None:
    """What the column shows, and what those below the line leave out."""
    suite, network, scheme = case
    lines = [network_label(network), suite_label(suite, lines=True), scheme_label(scheme)]
    panel.set_title("\n".join(lines))
    panel.annotate(
        f"refuse {share:.0f} % of the multiplications:",
        (0.5, whole),
        xycoords=("axes fraction", "data"),
        ha="center",
        va="center",
        fontsize=SMALL_TYPE_POINTS,
    )


def _panel(
    panel: Axes, rows: pd.DataFrame, measure: str, whole: Sequence[str], refusing: Sequence[str]
) -> None:
    designs = [*whole, "", *refusing]  # a line between them for what is refused
    split, end = len(whole) - 0.5, len(designs) - 0.4
    panel.axhspan(split, end, color="0.93", zorder=0)
    panel.axvline(1.0, label=DENSE_LABEL, **BASELINE)
    values = [rows[measure]]
    for layers, names, (top, bottom), face, label in (
        ("all", whole, (-0.6, split), {}, "runs the whole network"),
        (NO_PRODUCTS, refusing, (split + 1, end), HOLLOW, "without what it refuses"),
    ):
        panel.plot([], [], "o", color="0.3", label=label, **face)
        of_layers = rows[rows["layers"] == layers]
        if measure == SPEED and len(of_layers):
            bound = float(of_layers["two_sided_bound"].iloc[0])
            panel.vlines(bound, top, bottom, label=BOUND_LABEL, **BOUND)
            values.append(of_layers["two_sided_bound"])
        for name in names:
            at = of_layers.loc[of_layers["accelerator"] == name, measure]
            style = {**design_style(name).points, **face}
            panel.plot(at, [designs.index(name)] * len(at), linestyle="", **style)
    panel.set_xlim(ratio_limits(*values))
    ratio_axis(panel)
    panel.set_yticks(range(len(designs)), [name and design_title(name) for name in designs])
    panel.set_ylim(end, -0.6)
    panel.grid(visible=False, axis="y")


if __name__ == "__main__":
    figure_command(draw, __doc__)
