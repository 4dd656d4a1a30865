"""fpgaconvnet-model: intervals and DSPs of layers at given foldings, dense and sparse engines."""

from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import pandas as pd

from sim import LayerTrace, accelerator, simulate
from sim.accelerators.hass.candidates import Candidates, EngineRules, candidates
from sim.accelerators.hass.histograms import PairHistogram, pair_histogram
from sim.accelerators.hass.resources import Budget
from sim.declared import data_files, modules_by_name
from workflow.studies.trust.comparison import (
    Check,
    Comparison,
    layer_of,
    paired,
    random_trace,
    reference,
)

data_files("sim/accelerators/hass/configs.yaml")
modules_by_name("sim.accelerators.hass.model")

ORACLE = "fpgaconvnet-model"
FOLDING = ("coarse_group", "coarse_in", "coarse_out", "fine")
CLUSTER = 8
PLENTY = Budget(dsp=10**5, lut=10**9, bram18=10**6, uram=10**6, memory_bytes_per_cycle=1e9)


def _case(row: pd.Series) -> str:
    case = f"{row['layer']} at {'x'.join(str(row[name]) for name in FOLDING)}"
    if "weight_density" not in row:
        return case
    densities = f"{row['weight_density']}/{row['activation_density']}"
    return f"{case}, densities {densities}, empty vector {row['empty_vector_cycles']}"


@cache
def _table(name: str) -> pd.DataFrame:
    """The reference beside our interval and DSPs."""
    table = reference(f"fpgaconvnet_{name}.csv")
    ours = _dense if name == "dense" else _sparse
    counted = [ours(row) for _, row in table.iterrows()]
    return table.join(pd.DataFrame(counted, columns=["our_interval", "our_dsp", "by_port"]))


def _dense(row: pd.Series) -> tuple[int, int, bool]:
    """Cycles and multipliers of the dense engine; a pointwise one has vectors of one channel."""
    folding = {name: int(row[name]) for name in FOLDING}
    model = accelerator("dataflow_dense", cluster_channels=1, **folding)
    return simulate(LayerTrace.of(layer_of(row)), model).cycles, model.multipliers, False


@cache
def _histogram(key: tuple[tuple[str, float | str], ...]) -> PairHistogram:
    row = pd.Series(dict(key))
    densities = float(row["weight_density"]), float(row["activation_density"])
    return pair_histogram(random_trace(layer_of(row), *densities), CLUSTER)


def _sparse(row: pd.Series) -> tuple[int, int, bool]:
    """Interval by average loads as the exploration takes it, DSPs, and whether a port binds."""
    shape = row.drop([*FOLDING, "empty_vector_cycles", "interval_cycles", "dsp"])
    histogram = _histogram(tuple(shape.items()))
    rules = EngineRules(int(row["empty_vector_cycles"]), 0.1, interleave=True, operand_bits=16)
    ways: Candidates = candidates(histogram, rules, PLENTY)
    same = np.all([getattr(ways, name) == int(row[name]) for name in FOLDING], axis=0)
    (index,) = np.flatnonzero(same)
    interval = int(ways.interval[index])
    return interval, int(ways.resources.dsp[index]), interval > int(ways.engine[index])


def intervals(name: str, *, by_port: bool | None = None) -> Sequence[Comparison]:
    """Cycles between two images; of all layers, or those that our ports bind, or do not."""
    table = _table(name)
    if by_port is not None:
        table = table[table["by_port"] == by_port]
    cases = [_case(row) for _, row in table.iterrows()]
    return paired(cases, table["our_interval"], table["interval_cycles"])


def dsps(name: str) -> Sequence[Comparison]:
    """DSPs of 16-bit multipliers."""
    table = _table(name)
    cases = [_case(row) for _, row in table.iterrows()]
    return paired(cases, table["our_dsp"], table["dsp"])


CHECKS = (
    Check("dataflow_dense", ORACLE, "interval, cycles", "independent", partial(intervals, "dense")),
    Check("dataflow_dense", ORACLE, "DSPs", "exact", partial(dsps, "dense")),
    Check(
        "hass (K x K engine)",
        ORACLE,
        "interval that the engine binds, cycles",
        "independent",
        partial(intervals, "sparse", by_port=False),
        tolerance=0.03,
        definition="channels are dealt to streams by their rate there, by their nonzero pairs here",
    ),
    Check(
        "hass (K x K engine)",
        ORACLE,
        "interval that a port binds, cycles",
        "independent",
        partial(intervals, "sparse", by_port=True),
        tolerance=None,
        definition="its sparse layer passes the map without padding, ours (and its dense layer) "
        "with it",
    ),
    Check("hass (K x K engine)", ORACLE, "DSPs", "exact", partial(dsps, "sparse")),
    Check(
        "hass (pointwise engine)",
        ORACLE,
        "interval by averages, cycles",
        "independent",
        partial(intervals, "pointwise"),
        tolerance=None,
        definition="its pointwise engine is fluid: a cluster takes as many cycles as its mean "
        "share of nonzero pairs; ours takes whole cycles for every vector of 8 channels",
    ),
    Check("hass (pointwise engine)", ORACLE, "DSPs", "exact", partial(dsps, "pointwise")),
)
