"""Modelled: what overheads leave of a cluster, by nodes, grouping and submission time.

**Modelled, not run**: speedup of many jobs over one slot without overhead, against the number of
nodes. Left: as many submissions in flight as allowed at most; right: few. Grouping several jobs
into one submission shares the batch system's overhead and takes work off the one master that
submits; each job of a group still starts Snakemake once, which a job that holds more points does
not; with too many per group there are fewer groups than slots. The grey line is a slot's work
without any overhead.
"""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from workflow.drawing.shared import BASELINE, PALETTE, figure_command, legend_below


def draw(cluster_model: pd.DataFrame) -> Figure:
    """A panel per limit of submissions in flight, the largest first."""
    limits = sorted(cluster_model["in_flight"].unique(), reverse=True)
    groups = sorted(cluster_model["jobs_per_submission"].unique())
    first = cluster_model.iloc[0]
    figure = Figure(figsize=(3.9 * len(limits), 3.9), layout="constrained")
    panels = figure.subplots(1, len(limits), sharey=True, squeeze=False).ravel()
    for panel, limit in zip(panels, limits, strict=True):
        rows = cluster_model[cluster_model["in_flight"] == limit]
        sns.lineplot(
            rows.assign(
                grouping=[f"jobs per submission: {count}" for count in rows["jobs_per_submission"]],
                submitting=[f"{seconds:g} s to submit" for seconds in rows["submit_s"]],
            ),
            x="nodes",
            y="speedup_over_one_slot",
            hue="grouping",
            hue_order=[f"jobs per submission: {count}" for count in groups],
            style="submitting",
            markers=True,
            palette=PALETTE[: len(groups)],
            ax=panel,
        )
        ideal = rows.drop_duplicates("nodes").sort_values("nodes")
        panel.plot(ideal["nodes"], ideal["slots"], label="no overhead", **BASELINE)
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_xticks(ideal["nodes"], [str(nodes) for nodes in ideal["nodes"]])
        panel.minorticks_off()
        panel.set_title(f"at most {limit:,} submissions in flight")
        panel.set_xlabel(f"nodes of {int(first['slots'] // first['nodes'])} slots")
        panel.set_ylabel(f"modelled speedup of {int(first['jobs']):,} jobs\nover one slot (x)")
    figure.suptitle("Modelled from measured jobs, not run on a cluster")
    legend_below(figure, columns=3)
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
