"""SIGMA: STONNE, a cycle-level simulator of flexible accelerators, on the same row lengths."""

import numpy as np
import pandas as pd

from sim import Layer, LayerTrace, accelerator, simulate
from sim.declared import data_files, modules_by_name
from sim.layer import Mask
from workflow.studies.trust.comparison import Check, Comparison, paired, reference

data_files("sim/accelerators/sigma/configs.yaml")
modules_by_name("sim.accelerators.sigma.model")


def product(row: pd.Series) -> LayerTrace:
    """The product as a 1x1 convolution whose filters hold as many nonzeros.

    Zeros that stream change no cycle in either model and are left out.
    """
    layer = Layer.conv("product", int(row["k"]), int(row["m"]), 1, input_size=(1, int(row["n"])))
    nonzeros = np.array([int(count) for count in str(row["row_nonzeros"]).split()])
    weight: Mask = np.arange(layer.in_channels)[None, :] < nonzeros[:, None]
    return LayerTrace.of(layer, weight=weight[..., None, None])


def cycles() -> list[Comparison]:
    """All runs of STONNE, weights stationary."""
    table = reference("stonne_sigma.csv")
    rows = [row for _, row in table.iterrows()]
    ours = [
        simulate(
            product(row),
            accelerator(
                "sigma",
                multipliers=int(row["multipliers"]),
                values_per_cycle=int(row["bandwidth"]),
                sums_per_cycle=int(row["bandwidth"]),
                stationary="weight",
            ),
        ).cycles
        for row in rows
    ]
    cases = [
        f"{r['m']}x{r['k']}x{r['n']}, {r['multipliers']} multipliers, {r['bandwidth']} values, "
        f"{r['stationary_zeros_percent']}/{r['streamed_zeros_percent']} % zeros"
        for r in rows
    ]
    return paired(cases, ours, table["cycles"])


CHECKS = (
    Check(
        "sigma (weights stay)",
        "STONNE",
        "cycles of products",
        "independent",
        cycles,
        tolerance=0.05,
        circular="partly: how rows are packed, what a port serves and the fixed cycles of a "
        "filling were read off STONNE's controller and fitted to no run",
        definition="STONNE's adder tree is MAERI's, in which two sums can collide on their way "
        "out; the forwarding adder network is said to avoid that, and ours does",
    ),
)
