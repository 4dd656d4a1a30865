"""Write an accelerator: a toy that skips zero weights, beside designs that are there.

python write_an_accelerator.py [FIGURE.svg]
"""

import sys
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from sparsebench import Access, Cause, Events, Layer, LayerTrace, accelerator, simulate
from sparsebench.sim.masks.totals import effectual_macs


# --- the accelerator
@dataclass(frozen=True)
class WeightSkipper:
    """Lanes of multipliers: a lane has one filter, and its multipliers one output pixel each.

    A lane spends a cycle on each nonzero weight; the lanes of a group wait for the fullest filter.
    """

    lanes: int = 32
    pixels: int = 32

    @property
    def multipliers(self) -> int:
        """Multiplications per cycle at most."""
        return self.lanes * self.pixels

    def simulate(self, trace: LayerTrace) -> Events:
        """Cycles of all groups of filters, for every tile of output pixels."""
        nonzero = trace.weight.reshape(trace.weight.shape[0], -1).sum(axis=1)
        filters = np.pad(nonzero, (0, -len(nonzero) % self.lanes)).reshape(-1, self.lanes)
        pixels = int(np.prod(trace.layer.output_size))
        tiles = -(-pixels // self.pixels)
        cycles = trace.images * tiles * int(filters.max(axis=1).sum())
        work = trace.images * pixels * int(nonzero.sum())  # products with a weight
        effectual = int(effectual_macs(trace).sum())
        busy = trace.images * tiles * self.pixels * int(nonzero.sum())  # with pixels past the edge
        return Events(
            cycles=cycles,
            dense_macs=trace.dense_macs,
            effectual_macs=effectual,
            multipliers=self.multipliers,
            idle_multiplier_cycles={
                Cause.ZERO_OPERAND: work - effectual,
                Cause.EDGE: busy - work,
                Cause.IMBALANCE: self.multipliers * cycles - busy,
            },
            # Each nonzero weight is read once: a byte for its value, one for its place.
            traffic_bytes={Access("dram", "weight", "read"): 2 * int(nonzero.sum())},
        )


# --- end


rng = np.random.default_rng(0)
layer = Layer.conv("conv2", in_channels=64, out_channels=192, kernel=5, padding=2, input_size=27)
designs = {
    "dense": accelerator("dense_ideal"),
    "weight skipper": WeightSkipper(),
    "SparTen": accelerator("sparten"),
}
densities = [1.0, 0.8, 0.6, 0.4, 0.2]
curves: dict[str, list[float]] = {name: [] for name in designs}
for density in densities:
    weight = rng.random((192, 64, 5, 5)) < density
    activation = rng.random((1, 64, 27, 27)) < 0.5
    trace = LayerTrace.of(layer, weight=weight, activation=activation)
    for name, design in designs.items():
        events = simulate(trace, design)
        curves[name].append(events.dense_macs / (events.multipliers * events.cycles))

print(f"{'weights kept':16}" + "".join(f"{density:7.0%}" for density in densities))
for name, speedups in curves.items():
    print(f"{name:16}" + "".join(f"{speedup:7.2f}" for speedup in speedups))

if len(sys.argv) > 1:
    figure = Figure(figsize=(7, 3.5), layout="constrained")
    axes = figure.add_subplot()
    for (name, speedups), marker in zip(curves.items(), "sod", strict=True):
        axes.plot(densities, speedups, marker=marker, label=name)
    axes.set(xlabel="share of weights kept", ylabel="speedup over a dense array")
    axes.legend(frameon=False)
    figure.savefig(sys.argv[1])
