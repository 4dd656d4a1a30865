"""Speedup of every design on the common footing over a fully used dense array, with the bound.

All designs with 1024 multipliers, the same buffers and 64 GB/s of DRAM: speedup of all convolutions
over a fully used dense array that never waits. Mark: geometric mean over the networks; line: from
the lowest to the highest network. Black: the most that skipping the zeros of both operands can
give. Rows are compression levels that every suite has; the table has the others. Kernels of a GPU
are drawn beside them once they were measured (`make gpu-reference`), over the peak of the GPU.
"""

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.footing import footing
from workflow.drawing.designs import (
    ROW_INCHES,
    design_rows,
    label_columns,
    of_every_suite,
    ratio_axis,
    ratio_limits,
    scheme_by_suite,
)
from workflow.drawing.shared import PUBLISHED, figure_command, legend_below

GPU_NETWORK, GPU_PRECISION = "resnet50", "INT8"
NOT_MEASURED = "GPU kernels: not measured yet (make gpu-reference)"
STYLES = {"dense": ":", "2:4": "--"}


def gpu_speeds(gpu: pd.DataFrame) -> Iterator[tuple[str, str, float]]:
    """Kernels, label and speed of what a GPU reaches on ResNet-50 at its largest batch."""
    rows = gpu[(gpu["network"] == GPU_NETWORK) & (gpu["precision"] == GPU_PRECISION)]
    rows = rows[rows["batch"] == rows["batch"].max()]
    columns = ["device", "kernels", "batch", "speedup_over_dense_ideal"]
    for device, kernels, batch, speed in rows[columns].itertuples(index=False):
        yield kernels, f"{device}: {kernels} kernels, ResNet-50, batch {batch}, measured", speed


def _gpu_lines(panel: Axes, gpu: pd.DataFrame | None, cell: pd.DataFrame) -> None:
    if gpu is None:
        panel.plot([], [], " ", label=NOT_MEASURED)
        return
    for kernels, label, speed in gpu_speeds(gpu):
        if kernels == "dense" or "two_four" in set(cell["scheme"]):
            panel.axvline(speed, label=label, **{**PUBLISHED, "linestyle": STYLES[kernels]})


def draw(table: pd.DataFrame, gpu: pd.DataFrame | None = None) -> Figure:
    """Rows: compression levels; columns: suites; convolutions, the first size of the footing."""
    common = footing()
    rows = table[(table["layers"] == "no_linear") & (table["footing"] == common.label(0))]
    rows = of_every_suite(rows)
    designs = common.present(rows["accelerator"])
    limits = ratio_limits(rows["speedup_over_dense_ideal"], rows["two_sided_bound"])

    def panel(panel: Axes, cell: pd.DataFrame) -> None:
        design_rows(panel, cell, designs)
        if "imagenet" in set(cell["suite"]):
            _gpu_lines(panel, gpu, cell)
        panel.set_xlim(limits)
        ratio_axis(panel, most_ticks=6)

    height = ROW_INCHES * len(designs) + 0.75
    figure, panels = scheme_by_suite(rows, panel, height, 0.8)
    label_columns(panels, f"speedup of convolutions, {common.multipliers[0]} multipliers")
    legend_below(figure, columns=2 if gpu is None else 1)  # names of devices are long
    return figure


if __name__ == "__main__":
    figure_command(draw, __doc__)
