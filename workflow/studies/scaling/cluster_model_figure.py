"""Modelled: what overheads leave of a cluster, by nodes, grouping and submission time.

**Modelled, not run**: speedup of many jobs over one slot without overhead, against the number of
nodes. Left: as many submissions in flight as allowed at most; right: few. Lower rows: submissions
that take longer. Grouping several jobs
into one submission shares the batch system's overhead and takes work off the one master that
submits; each job of a group still starts Snakemake once, which a job that holds more points does
not; with too many per group there are fewer groups than slots. The grey line is a slot's work
without any overhead.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workflow.drawing.shared import BASELINE, PALETTE, figure_command, legend_below, page_figure
from workflow.tabling.means import geometric_mean

LINES = ("-", "--", ":", "-.")
MARKERS = "os^D"
"""Both by jobs per submission."""


def draw(cluster_model: pd.DataFrame) -> Figure:
    """A panel per limit of submissions in flight, the largest first, and per time to submit."""
    limits = sorted(cluster_model["in_flight"].unique(), reverse=True)
    seconds = sorted(cluster_model["submit_s"].unique())
    first = cluster_model.iloc[0]
    figure = page_figure(2.3 * len(seconds) + 1.1)
    panels = figure.subplots(len(seconds), len(limits), sharex=True, sharey=True, squeeze=False)
    for line, submit in zip(panels, seconds, strict=True):
        for panel, limit in zip(line, limits, strict=True):
            rows = cluster_model[
                (cluster_model["in_flight"] == limit) & (cluster_model["submit_s"] == submit)
            ]
            _panel(panel, rows)
            panel.set_title(f"at most {limit:,} in flight,\n{submit:g} s to submit")
        line[0].set_ylabel(f"modelled speedup of\n{int(first['jobs']):,} jobs over one slot")
    for panel in panels[-1]:
        panel.set_xlabel(f"nodes of {int(first['slots'] // first['nodes'])} slots")
    figure.suptitle("Modelled from measured jobs, not run on a cluster")
    legend_below(figure, columns=3)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    for place, (count, group) in enumerate(rows.groupby("jobs_per_submission")):
        mean = group.groupby("nodes")["speedup_over_one_slot"].agg(geometric_mean)
        panel.plot(
            mean.index,
            mean,
            linestyle=LINES[place % len(LINES)],
            marker=MARKERS[place % len(MARKERS)],
            color=PALETTE[place],
            label=f"jobs per submission: {count}",
        )
    ideal = rows.drop_duplicates("nodes").sort_values("nodes")
    panel.plot(ideal["nodes"], ideal["slots"], label="no overhead", **BASELINE)
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xticks(ideal["nodes"], [str(nodes) for nodes in ideal["nodes"]])
    panel.minorticks_off()


if __name__ == "__main__":
    figure_command(draw, __doc__)
