"""Time and memory of the simulator as its work grows, one axis at a time, on random masks.

Images, input size, depth (a stack of equal 3x3 convolutions) and number of designs; every
configured design runs except on the last axis. Processor seconds are those of the designs, without
making masks; the peak is that of the process, masks included. The exponent of an axis is the slope
of the logarithm of time over that of the work, by least squares over the upper half of the axis: 1
where time grows as the work does. Bytes per mask bit are the slope of the peak over the bits of all
masks, over the whole axis. Prints a table in Markdown and draws it.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from sim import Layer, LayerTrace, accelerator, configurations, simulate
from workflow.cli import run, whole_file
from workflow.drawing.shared import PALETTE, apply_style, page_figure
from workflow.maintenance.bench import Case, layers_of, measured, random_trace
from workflow.maintenance.bench_peers import machine

NETWORK, WIDTH = "vgg16", 0.25
IMAGES = (1, 2, 4, 8, 16, 32, 64)
INPUT_SIZES = (32, 64, 128, 256, 512)
DEPTHS = (1, 2, 4, 8, 16, 32)
DESIGNS = (1, 2, 4, 8, 16, 32)
IMAGES_INPUT, DESIGNS_INPUT = 64, 128
"""Input sizes of the axes on which it stays."""
STACKED = Layer.conv("conv", 64, 64, 3, padding=1, input_size=(56, 56))


@dataclass(frozen=True)
class Point:
    """What one amount of work took.

    Attributes:
        axis: what grows.
        value: how far.
        work: to which time should be proportional.
        mask_bits: of all masks.
        cpu_s: processor seconds.
        peak_mb: peak resident memory of the process, 10**6 bytes.
    """

    axis: str
    value: int
    work: float
    mask_bits: int
    cpu_s: float
    peak_mb: float


def point(
    axis: str, value: int, work: float, layers: Sequence[Layer], images: int, designs: Sequence[str]
) -> Point:
    """Run some designs on random masks of some layers."""
    traces = [random_trace(layer, images) for layer in layers]

    def all_layers(name: str) -> None:
        design = accelerator(name)
        for trace in traces:
            simulate(trace, design)

    bits = sum(_bits(trace) for trace in traces)
    _, cpu_s, peak_mb = measured(all_layers, designs)
    return Point(axis, value, work, bits, cpu_s, peak_mb)


def _bits(trace: LayerTrace) -> int:
    return trace.weight.size + trace.activation.size


def tables(sizes: Sequence[int]) -> dict[int, tuple[Layer, ...]]:
    """The network's layers by input size, from a process of its own, so that torch is not here."""
    cases = [Case(NETWORK, WIDTH, size, 1, 0.0) for size in sizes]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return dict(zip(sizes, pool.submit(layers_of, cases).result(), strict=True))


def points() -> Iterator[Point]:
    """All axes; before them everything runs once, for what runs first pays for imports."""
    names = list(configurations())
    layers = tables(sorted({*INPUT_SIZES, IMAGES_INPUT, DESIGNS_INPUT}))
    point("warming up", 1, 1, [STACKED], 1, names)
    for images in IMAGES:
        yield point("images", images, images, layers[IMAGES_INPUT], images, names)
    for size in INPUT_SIZES:
        yield point("input size", size, size**2, layers[size], 1, names)
    for depth in DEPTHS:
        yield point("layers", depth, depth, [STACKED] * depth, 1, names)
    for count in DESIGNS:
        yield point("designs", count, count, layers[DESIGNS_INPUT], 1, names[:count])


def exponent(of_axis: Sequence[Point]) -> float:
    """Slope of log time over log work, over the upper half of an axis."""
    upper = of_axis[len(of_axis) // 2 :]
    work, cpu_s = ([getattr(each, name) for each in upper] for name in ("work", "cpu_s"))
    return float(np.polyfit(np.log(work), np.log(cpu_s), 1)[0])


def bytes_per_bit(of_axis: Sequence[Point]) -> float:
    """Slope of the peak over the bits of all masks; 0 where these do not grow."""
    bits = [each.mask_bits for each in of_axis]
    if len(set(bits)) == 1:
        return 0.0
    return float(np.polyfit(bits, [each.peak_mb * 1e6 for each in of_axis], 1)[0])


def by_axis(every: Sequence[Point]) -> dict[str, list[Point]]:
    """The points of each axis, in their order."""
    axes: dict[str, list[Point]] = {}
    for each in every:
        axes.setdefault(each.axis, []).append(each)
    return axes


HEADER = "| axis | value | mask bits, millions | CPU-s | peak MB |\n| --- | --- | --- | --- | --- |"


def row(each: Point) -> str:
    """A point as a line of Markdown, below `HEADER`."""
    return (
        f"| {each.axis} | {each.value} | {each.mask_bits / 1e6:.1f} | {each.cpu_s:.2f} | "
        f"{each.peak_mb:.0f} |"
    )


def slopes(every: Sequence[Point]) -> str:
    """The slopes of each axis as a table in Markdown."""
    lines = ["| axis | exponent of time | bytes per mask bit |", "| --- | --- | --- |"]
    for axis, of_axis in by_axis(every).items():
        per_bit = bytes_per_bit(of_axis)
        lines.append(
            f"| {axis} | {exponent(of_axis):.2f} | {f'{per_bit:.1f}' if per_bit else '-'} |"
        )
    return "\n".join(lines)


def draw(every: Sequence[Point]) -> Figure:
    """A column per axis: processor seconds above, peak memory below."""
    axes = by_axis(every)
    figure = page_figure(3.4)
    panels = figure.subplots(2, len(axes), sharex="col", sharey="row", squeeze=False)
    rows: tuple[tuple[str, str, Callable[[Point], float]], ...] = (
        ("processor seconds", "log", lambda each: each.cpu_s),
        ("peak memory, MB", "linear", lambda each: each.peak_mb),  # less than a decade
    )
    for line, (label, scale, value) in zip(panels, rows, strict=True):
        for panel, of_axis in zip(line, axes.values(), strict=True):
            values = [each.value for each in of_axis]
            panel.plot(values, [value(each) for each in of_axis], "o-", color=PALETTE[0])
            panel.set_xscale("log", base=2)
            panel.set_yscale(scale)
            panel.set_xticks(values, [str(each) for each in values])
            panel.minorticks_off()
        line[0].set_ylabel(label)
        if scale == "linear":
            line[0].set_ylim(0, 1.1 * max(map(value, every)))
    for (above, below), (axis, of_axis) in zip(panels.T, axes.items(), strict=True):
        above.set_title(f"exponent {exponent(of_axis):.2f}")
        below.set_xlabel(axis)
    return figure


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--svg", type=Path, required=True)
    arguments = parser.parse_args()
    print(machine(), flush=True)
    print(HEADER)
    every = []
    for each in points():
        print(row(each), flush=True)
        every.append(each)
    print(f"\n{slopes(every)}")
    apply_style()
    with whole_file(arguments.svg) as temporary:
        draw(every).savefig(temporary, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    run(main)
