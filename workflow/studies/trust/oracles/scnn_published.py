"""What SCNN's paper says of SCNN itself, on masks of the densities that its group published.

DCNN, its dense yardstick, is taken as 64 PEs that cut the output plane into 8x8 equal tiles, each
with a dot product of 16 along the window per cycle: the same multipliers, the same planar tiling.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial

import numpy as np
import pandas as pd

from sim import Access, Cause, Events, Layer, LayerTrace, accelerator, simulate
from sim.arithmetic import ceil_div
from sim.declared import data_files, modules_by_name
from workflow.studies.trust.comparison import (
    Check,
    Comparison,
    Kind,
    layer_of,
    random_trace,
    reference,
)

data_files("sim/accelerators/scnn/configs.yaml")
modules_by_name("sim.accelerators.scnn.model")

ORACLE = "SCNN's paper"
SIDE, DOT = 8, 16
SWEEP = (1.0, 0.9, 0.8, 0.7)
"""Densities between which the break-even is interpolated."""
FEW_LARGE_PES = {
    "pe_rows": 2,
    "pe_columns": 2,
    "weight_vector": 16,
    "activation_vector": 16,
    "accumulator_banks": 512,
}
"""4 PEs of 256 multipliers with A = 2FI banks; a PE keeps the number of accumulator entries."""
BUSY = (Cause.BARRIER, Cause.EXCHANGE, Cause.BANDWIDTH)
"""Idle causes outside of a working PE."""


@cache
def _layers() -> pd.DataFrame:
    return reference("scnn_layers.csv")


@cache
def published_traces(network: str) -> tuple[LayerTrace, ...]:
    """A network's convolutions, random masks of the published densities, outputs included."""
    rows = _layers()
    return tuple(
        _with_output(layer_of(row), row, seed)
        for seed, (_, row) in enumerate(rows[rows["network"] == network].iterrows())
    )


def _with_output(layer: Layer, row: pd.Series, seed: int) -> LayerTrace:
    rng = np.random.default_rng(seed)
    trace = random_trace(layer, row["weight_density"], row["input_density"], seed)
    output = rng.random((1, layer.out_channels, *layer.output_size)) < row["output_density"]
    return replace(trace, output=output)


@cache
def sweep_traces(weight: float, activation: float) -> tuple[LayerTrace, ...]:
    """GoogLeNet's convolutions, every layer with the same densities."""
    layers = [trace.layer for trace in published_traces("googlenet")]
    return tuple(random_trace(layer, weight, activation, i) for i, layer in enumerate(layers))


def dcnn_cycles(layers: Sequence[Layer]) -> int:
    """Cycles of DCNN, which skips nothing."""
    return sum(
        ceil_div(layer.output_size[0], SIDE)
        * ceil_div(layer.output_size[1], SIDE)
        * layer.out_channels
        * ceil_div(layer.window, DOT)
        for layer in layers
    )


@dataclass(frozen=True)
class OverriddenScnn:
    """SCNN with some parameters overridden; every property is one published line."""

    overrides: Mapping[str, int] = field(default_factory=dict)

    def events(self, traces: Sequence[LayerTrace], **overrides: int) -> Events:
        """Costs of some layers together."""
        model = accelerator("scnn", **{**overrides, **self.overrides})
        first, *rest = (simulate(trace, model) for trace in traces)
        return sum(rest, start=first)

    def over_dcnn(self, traces: Sequence[LayerTrace]) -> float:
        """Speedup over DCNN."""
        return dcnn_cycles([trace.layer for trace in traces]) / self.events(traces).cycles

    def over(self, weight: float, activation: float) -> float:
        """How much longer other densities take than 0.4/0.4."""
        slower = self.events(sweep_traces(weight, activation)).cycles
        return slower / self.events(sweep_traces(0.4, 0.4)).cycles

    @cached_property
    def break_even(self) -> float:
        """Largest density at which SCNN is as fast as DCNN, interpolated."""
        speedups = [self.over_dcnn(sweep_traces(density, density)) for density in SWEEP]
        return float(np.interp(1.0, speedups, SWEEP))

    @cached_property
    def few_large_pes(self) -> Events:
        """GoogLeNet on 4 PEs of 256 multipliers."""
        return self.events(published_traces("googlenet"), **FEW_LARGE_PES)

    @cached_property
    def many_small_pes(self) -> Events:
        """GoogLeNet on 64 PEs of 16 multipliers."""
        return self.events(published_traces("googlenet"))

    def layers_off_chip(self) -> int:
        """Layers of which an input or output goes through DRAM."""
        moved = Access("dram", "activation", "read"), Access("dram", "output", "write")
        events = [self.events([trace]) for name in NETWORKS for trace in published_traces(name)]
        return sum(any(e.traffic_bytes.get(access) for access in moved) for e in events)

    def late_pointwise(self) -> Events:
        """The 1x1 layers of GoogLeNet's last two inception modules."""
        traces = published_traces("googlenet")
        late = [t for t in traces if t.layer.name.startswith("5") and t.layer.kernel == (1, 1)]
        return self.events(late)

    def fully_connected(self) -> float:
        """Utilisation of a dense fully connected layer while the PEs work."""
        return working_utilisation(self.events([LayerTrace.of(Layer.linear("fc", 4096, 4096))]))


NETWORKS = ("alexnet", "googlenet", "vgg16")


def working_utilisation(events: Events) -> float:
    """Products per multiplier and cycle in which a PE works: what fragmentation leaves."""
    waiting = sum(events.idle_multiplier_cycles[cause] for cause in BUSY)
    products = events.effectual_macs + events.idle_multiplier_cycles[Cause.EDGE]
    return products / (events.multipliers * events.cycles - waiting)


@cache
def modelled(overrides: tuple[tuple[str, int], ...]) -> Mapping[str, float]:
    """Every published line, by the model."""
    scnn = OverriddenScnn(dict(overrides))
    few, many = scnn.few_large_pes, scnn.many_small_pes
    return {
        **{f"speedup_{name}": scnn.over_dcnn(published_traces(name)) for name in NETWORKS},
        "dense": scnn.over_dcnn(sweep_traces(1.0, 1.0)),
        "break_even_density": scnn.break_even,
        "sparse": scnn.over_dcnn(sweep_traces(0.1, 0.1)),
        "over_sparse_weights": scnn.over(0.4, 1.0),
        "over_sparse_activations": scnn.over(1.0, 0.4),
        "granularity": few.cycles / many.cycles,
        "utilisation_64_pes": working_utilisation(many),
        "utilisation_4_pes": working_utilisation(few),
        "layers_off_chip": scnn.layers_off_chip(),
        "late_pointwise_utilisation": scnn.late_pointwise().utilisation,
        "fully_connected_utilisation": scnn.fully_connected(),
    }


def lines(kind: Kind, overrides: tuple[tuple[str, int], ...]) -> list[Comparison]:
    """The published lines of one kind."""
    table = reference("scnn_published.csv")
    ours = modelled(overrides)
    return [
        Comparison(str(row["line"]), ours[str(row["line"])], float(row["value"]))
        for _, row in table[table["kind"] == kind].iterrows()
    ]


VARIANTS: dict[str, tuple[tuple[str, int], ...]] = {
    "scnn": (),
    "scnn (no Kc of late 1x1 layers)": (("late_pointwise_filters_per_group", 0),),
    "scnn (6144 accumulators)": (
        ("late_pointwise_filters_per_group", 0),
        ("accumulator_entries", 6144),
    ),
}
"""The configuration, and it with what an earlier reading of the paper's digest had."""
QUANTITIES: dict[str, Kind] = {"published lines": "published", "published limit": "bound"}
DEFINITION = (
    "DCNN is ours: equal planar tiles, a dot product of 16 along the window; masks are random "
    "where the paper's are of trained networks; 4 large PEs keep the accumulator entries of a "
    "small one (16 times as many turn the sign)"
)
CHECKS = tuple(
    Check(
        model,
        ORACLE,
        quantity,
        kind,
        partial(lines, kind, overrides),
        tolerance=None,
        definition=DEFINITION,
    )
    for model, overrides in VARIANTS.items()
    for quantity, kind in QUANTITIES.items()
)
