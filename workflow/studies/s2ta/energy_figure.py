"""Energy per image of the systolic arrays by component at 16 nm, relative to SA-ZVCG.

Energy of all convolutions by component relative to SA-ZVCG, DRAM left out; the dashed line is the
paper's "more than 2x".
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from workflow.drawing.shared import (
    BAR_COLOURS,
    BASELINE,
    PALETTE,
    PUBLISHED,
    figure_command,
    legend_below,
    page_figure,
    published_low,
)
from workflow.drawing.stacks import BAR_INCHES, stack_lines, stacked_bars
from workflow.drawing.words import suite_label

ARRAYS = ["sa", "sa_zvcg", "sa_smt", "s2ta_w", "s2ta_aw"]
BASE = "sa_zvcg"
NODE_NM = 16
SUFFIX = "_energy_pj_per_image"
COMPONENTS = {"mac": "multipliers", "register": "registers", "sram": "SRAM", "buffer": "buffers"}


def _relative(rows: pd.DataFrame) -> pd.DataFrame:
    """Component energies over the baseline's energy without DRAM on the same network."""
    parts = rows.set_index(["network", "accelerator"]).filter(like=SUFFIX)
    parts = parts.drop(columns=f"dram{SUFFIX}")
    base = parts.sum(axis=1).xs(BASE, level="accelerator")
    shares = parts.div(base, axis="index", level="network")
    return shares.rename(columns=lambda name: name.removesuffix(SUFFIX)).rename(columns=COMPONENTS)


def _colours(stacks: Sequence[pd.DataFrame]) -> dict[str, Any]:
    """The same in all panels, of the components that any array has."""
    shares = pd.concat(stacks)
    present = [str(part) for part in shares.columns if shares[part].any()]
    return dict(zip(present, [*BAR_COLOURS, *PALETTE], strict=False))


def draw(energy: pd.DataFrame, claims: pd.DataFrame) -> Figure:
    """One column of bars per suite; DRAM is left out."""
    stated = 1 / published_low(claims, "s2ta-energy")
    rows = energy[
        (energy["layers"] == "no_linear")
        & (energy["node_nm"] == NODE_NM)
        & (energy["scheme"] == "dbb")
        & energy["accelerator"].isin(ARRAYS)
    ]
    suites = list(dict.fromkeys(rows["suite"]))
    stacks = [_relative(rows[rows["suite"] == suite]) for suite in suites]
    colours = _colours(stacks)
    lines = max(stack_lines(parts, ARRAYS) for parts in stacks)
    figure = page_figure(BAR_INCHES * lines + 1.4)
    panels = figure.subplots(1, len(suites), sharex=True, squeeze=False)[0]
    for panel, suite, parts in zip(panels, suites, stacks, strict=True):
        stacked_bars(panel, parts, ARRAYS, colours=colours)
        panel.set_ylim(lines - 0.4, -0.6)  # bars of one height in all panels
        panel.axvline(1.0, label="SA-ZVCG = 1", **{**BASELINE, "zorder": 3})
        label = f"published: S2TA-AW below {stated:.2g}"
        panel.axvline(stated, label=label, **PUBLISHED)
        panel.set_title(suite_label(suite, lines=True))
        panel.set_xlabel("energy without DRAM,\nSA-ZVCG = 1")
    legend_below(figure, columns=4)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
