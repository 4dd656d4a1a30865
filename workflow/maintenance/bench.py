"""Time and peak memory of the simulator, on random masks: nothing needs to be trained.

First the kernels on one image of ResNet-50's 53 convolutions at 224x224, then HASS's exploration of
whole networks, then every accelerator on every network: at the width and 32x32 input of the trained
suites (4 images), and at full size (1 image). `make bench` gives it one thread. `limit_s` is what
this project holds itself to, in processor seconds: about half as much again as the slowest row took
on an otherwise idle machine, and longer by as much as plain NumPy takes longer here than there. A
row over it makes the exit code 1. The peak is the resident memory of the whole process while the
row ran.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from sim import Layer, LayerTrace, accelerator, configurations, simulate
from sim.accelerators.hass.exact import balanced
from sim.accelerators.hass.model import design
from sim.masks.blocks import zero_blocks
from sim.masks.output_counts import tile_effectual_counts, tile_effectual_maxima
from sim.masks.totals import effectual_macs
from sim.platforms import platform
from workflow.cli import run
from workflow.maintenance.machine_speed import slowness
from workflow.search.hass.designs import dataflow

T = TypeVar("T")
WEIGHT_DENSITY, ACTIVATION_DENSITY = 0.40, 0.45


@dataclass(frozen=True)
class Case:
    """A network of the benchmark."""

    network: str
    width: float
    input_size: int
    images: int
    limit_s: float

    @property
    def label(self) -> str:
        """Name the case as the printed table does."""
        return f"{self.network} x{self.width:g} {self.input_size}x{self.input_size}"


CASES = {
    "trained": [
        Case("lenet5", 1.0, 32, 4, 0.04),
        Case("alexnet", 0.25, 32, 4, 0.09),
        Case("vgg16", 0.125, 32, 4, 0.1),
        Case("resnet50", 0.125, 32, 4, 0.27),
        Case("mobilenet_v1", 0.25, 32, 4, 0.18),
    ],
    "full": [
        Case("alexnet", 1.0, 224, 1, 0.35),
        Case("vgg16", 1.0, 224, 1, 1.3),
        Case("resnet50", 1.0, 224, 1, 0.66),
        Case("mobilenet_v1", 1.0, 224, 1, 0.23),
    ],
}
EXPLORED = [
    Case("mobilenet_v3_large", 1.0, 224, 1, 0.24),
    Case("resnet50", 1.0, 224, 1, 0.4),
]
"""Networks put on a board by HASS's exploration; the limit is what one exploration may take."""
BALANCING = 3
"""Balancing may take so many times as long: up to seven explorations, each with exact runs of the
layers that it folded anew."""
KERNEL_CASE = CASES["full"][2]
LIMIT_MB = 500.0
KERNEL_LIMITS = {"limit_s": 0.16, "limit_mb": LIMIT_MB}


def layers_of(cases: Sequence[Case]) -> list[tuple[Layer, ...]]:
    """Layer tables; runs in a process of its own, so that torch is not in the measured one."""
    from models.graph.layer_table import layer_table
    from models.networks import build

    tables = []
    for case in cases:
        channels = 1 if case.network == "lenet5" else 3
        module = build(
            case.network, in_channels=channels, width=case.width, input_size=case.input_size
        )
        tables.append(layer_table(module, (channels, case.input_size, case.input_size)))
    return tables


def random_trace(layer: Layer, images: int) -> LayerTrace:
    """Independent zeros of the stated densities, the same in every run."""
    rng = np.random.default_rng(0)
    weight = rng.random(layer.weight_shape, dtype=np.float32) < WEIGHT_DENSITY
    shape = (images, *layer.input_shape)
    return LayerTrace(layer, weight, rng.random(shape, dtype=np.float32) < ACTIVATION_DENSITY)


def _reset_peak() -> None:
    with suppress(OSError):  # then the peak is that of the rows so far, still an upper bound
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    """Peak resident memory in 10**6 bytes; NaN where the system does not tell."""
    try:
        match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        match = None
    return int(match[1]) * 1024 / 1e6 if match else float("nan")


@dataclass(frozen=True)
class Timing:
    """Time and memory that one call took, beside its limits."""

    what: str
    network: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    _: KW_ONLY
    limit_s: float
    limit_mb: float = float("inf")

    @property
    def within(self) -> bool:
        """Whether both limits hold; an unknown peak passes."""
        return self.cpu_s <= self.limit_s and not self.peak_mb > self.limit_mb

    def __str__(self) -> str:
        mark = "" if self.within else "  OVER"
        figures = f"{self.wall_s:8.3f} {self.cpu_s:8.3f} {self.limit_s:8.2f} {self.peak_mb:8.0f}"
        return f"{self.what:22} {self.network:28} {figures}{mark}"


HEADER = f"{'':22} {'':28} {'wall_s':>8} {'cpu_s':>8} {'limit_s':>8} {'peak_mb':>8}"


def measured(work: Callable[[T], object], traces: Iterable[T]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory of some work on every trace."""
    _reset_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    for trace in traces:
        work(trace)
    return time.perf_counter() - wall, time.process_time() - cpu, _peak_mb()


def _kernels(traces: Sequence[LayerTrace]) -> Iterator[Timing]:
    convolutions = [trace for trace in traces if not trace.layer.is_linear]
    kernels: dict[str, Callable[[LayerTrace], object]] = {
        "effectual totals": effectual_macs,
        "tile counts 64x32": partial(tile_effectual_counts, tile_pixels=64, tile_filters=32),
        "tile maxima 16x16": partial(tile_effectual_maxima, tile_pixels=16, tile_filters=16),
        "zero blocks 8x8": partial(zero_blocks, width=8, height=8),
        "zero blocks 1x16": partial(zero_blocks, width=1, height=16),
    }
    label = f"{KERNEL_CASE.network} {len(convolutions)} convolutions"
    for name, kernel in kernels.items():
        yield Timing(name, label, *measured(kernel, convolutions), **KERNEL_LIMITS)


def _networks(
    tables: Mapping[Case, tuple[Layer, ...]], accelerators: Sequence[str]
) -> Iterator[Timing]:
    for case, layers in tables.items():
        traces = [random_trace(layer, case.images) for layer in layers]
        for name in accelerators:
            figures = measured(partial(simulate, accelerator=accelerator(name)), traces)
            limits = {"limit_s": case.limit_s, "limit_mb": LIMIT_MB}
            yield Timing(name, case.label, *figures, **limits)


def _explorations(tables: Mapping[Case, tuple[Layer, ...]]) -> Iterator[Timing]:
    hardware, board = dataflow("hass"), platform("u250")
    for case, layers in tables.items():
        traces = [random_trace(layer, case.images) for layer in layers]
        explore = partial(design, hardware=hardware, board=board)
        yield Timing(
            "hass exploration", case.label, *measured(explore, [traces]), limit_s=case.limit_s
        )
        balance = partial(balanced, hardware=hardware, board=board)
        limit_s = BALANCING * case.limit_s
        yield Timing("hass balancing", case.label, *measured(balance, [traces]), limit_s=limit_s)


def rows(sizes: Sequence[str], accelerators: Sequence[str]) -> Iterator[Timing]:
    """Measure, in the order of the module's text."""
    cases = [case for size in sizes for case in CASES[size]]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        layer_tables = pool.submit(layers_of, [KERNEL_CASE, *EXPLORED, *cases]).result()
    kernel_layers, *tables = layer_tables
    explored = tables[: len(EXPLORED)]
    yield from _kernels([random_trace(layer, KERNEL_CASE.images) for layer in kernel_layers])
    yield from _explorations(dict(zip(EXPLORED, explored, strict=True)))
    yield from _networks(dict(zip(cases, tables[len(EXPLORED) :], strict=True)), accelerators)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accelerators", nargs="+", default=list(configurations()))
    parser.add_argument("--sizes", nargs="+", default=list(CASES), choices=list(CASES))
    arguments = parser.parse_args()
    for name in arguments.accelerators:
        accelerator(name)
    print(f"random masks, nonzero: weights {WEIGHT_DENSITY:.0%}, inputs {ACTIVATION_DENSITY:.0%}")
    print(HEADER)
    slower = slowness()
    print(f"limits: {slower:.2f} times those of the machine they are of, by plain NumPy")
    over = 0
    for unscaled in rows(arguments.sizes, arguments.accelerators):
        row = replace(unscaled, limit_s=slower * unscaled.limit_s)
        print(row, flush=True)
        over += not row.within
    if over:
        print(f"{over} rows over their limit", file=sys.stderr)
        raise SystemExit(1)


if __name__ == "__main__":
    run(main)
