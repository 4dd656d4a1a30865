"""How far every design gets towards the bound: speedup over a dense array of its own size.

Speedup of all convolutions over a fully used dense array with as many multipliers (FC layers at
batch 1 wait for DRAM, which is not limited here). Mark: geometric mean over the networks; line:
from the lowest to the highest network. Black: the most that skipping the zeros of both operands can
give. Sense and Sparse-Blox are those of the equal footing, each as configured; Sparse-Blox skips
whole zero blocks, which no pruning here makes. HASS gives every layer an engine of its own, so that
it is compared per DSP (below), waiting of engines for each other included. Suites without one of
the compression levels are in the table.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import AS_CONFIGURED
from workflow.drawing.designs import (
    ROW_INCHES,
    design_rows,
    panel_title,
    ratio_axis,
    ratio_limits,
    times,
)
from workflow.drawing.shared import figure_command, legend_below, page_figure
from workflow.drawing.words import ordered_schemes, suite_label

LEFT_OUT = ("dense_ideal", "sa")
"""The line at 1, and the array that waits for every fold as SCALE-Sim counts it."""
ORDER = (
    "s2ta_aw",
    "s2ta_w",
    "sa_smt",
    "sa_zvcg",
    "phantom_2d",
    "sense",
    "sparse_blox",
    "scnn",
    "sparten",
    "eyeriss_v2",
    "eyeriss",
    "dense_mapped",
    "tc",
    "stc",
    "dstc",
    "sigma",
)
FROM_FOOTING = ("sense", "sparse_blox")
"""Systems that their studies run under schemes of their own; on the footing they see all zeros."""
SPEEDUP = "speedup_over_dense_ideal"
EFFICIENCY = "efficiency_with_waiting_over_dense"


def draw(
    networks: pd.DataFrame, footing: pd.DataFrame | None = None, hass: pd.DataFrame | None = None
) -> Figure:
    """Rows: schemes; columns: suites; all convolutions; below, the designs that are unfolded."""
    rows = networks[(networks["layers"] == "no_linear") & (networks["scheme"] != "dense")]
    rows = _whole_suites(rows)
    if footing is not None:
        rows = pd.concat([rows, _of_the_footing(footing, rows)], ignore_index=True)
    known = {name: place for place, name in enumerate(ORDER)}
    names = [name for name in dict.fromkeys(rows["accelerator"]) if name not in LEFT_OUT]
    designs = sorted(names, key=lambda name: known.get(name, len(known)))
    suites, schemes = list(dict.fromkeys(rows["suite"])), ordered_schemes(rows["scheme"])
    heights = [ROW_INCHES * len(designs) + 0.85] * len(schemes)
    figure = page_figure(sum(heights) + 0.5 + (1.0 if hass is not None else 0))
    ratios = [sum(heights) + 0.1, 1.0] if hass is not None else [1.0]
    parts = figure.subfigures(len(ratios), 1, squeeze=False, height_ratios=ratios)[:, 0]
    panels = parts[0].subplots(len(schemes), len(suites), sharex=True, sharey=True, squeeze=False)
    limits = ratio_limits(rows[SPEEDUP], rows["two_sided_bound"])
    for line, scheme in zip(panels, schemes, strict=True):
        for panel, suite in zip(line, suites, strict=True):
            cell = rows[(rows["suite"] == suite) & (rows["scheme"] == scheme)]
            if cell.empty:
                panel.set_axis_off()
                continue
            design_rows(panel, cell, designs)
            panel.set_xlim(limits)
            ratio_axis(panel)
            panel.set_title(panel_title(suite, scheme))
    for panel in panels[-1]:
        panel.set_xlabel("speedup per multiplier")
    if hass is not None:
        _per_dsp(parts[1].subplots(), hass)
    legend_below(figure, columns=2)
    return figure


def _whole_suites(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of suites with every compression level; all rows if no suite has them all."""
    levels = rows.groupby("suite")["scheme"].transform("nunique")
    whole = rows[levels == rows["scheme"].nunique()]
    return rows if whole.empty else whole


def _of_the_footing(footing: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the systems that `rows` lacks, as configured, where it has their suite and scheme."""
    wanted = (
        footing["accelerator"].isin(set(FROM_FOOTING) - set(rows["accelerator"]))
        & (footing["layers"] == "no_linear")
        & (footing["footing"] == AS_CONFIGURED)
        & footing["suite"].isin(rows["suite"])
        & footing["scheme"].isin(rows["scheme"])
        & footing["network"].isin(rows["network"])
    )
    return footing[wanted]


def _per_dsp(panel: Axes, hass: pd.DataFrame) -> None:
    designs = [name for name in ("hass", "pass") if name in set(hass["accelerator"])]
    design_rows(panel, hass, designs, EFFICIENCY, bound=None)
    panel.set_xlim(ratio_limits(hass[EFFICIENCY]))
    panel.xaxis.set_major_formatter(times)
    suites = ", ".join(suite_label(name) for name in dict.fromkeys(hass["suite"]))
    panel.set_title(f"layer-pipelined designs: {suites}, pruned")
    panel.set_xlabel("images per second and DSP over a dense dataflow")


if __name__ == "__main__":
    figure_command(draw, __doc__, by_name=True)
