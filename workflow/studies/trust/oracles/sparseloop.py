"""Sparseloop's artifact (MICRO 2022): tensor cores of figure 15, Eyeriss in table 7."""

from functools import partial

import numpy as np
import pandas as pd

from sim import Accelerator, Access, Layer, LayerTrace, accelerator, simulate
from sim.accelerators.eyeriss.model import Eyeriss
from sim.accelerators.eyeriss.published import BATCH, published_traces
from sim.declared import data_files, modules_by_name
from sim.layer import Mask
from workflow.studies.trust.comparison import Check, Comparison, paired, reference

data_files("sim/accelerators/s2ta/configs.yaml", "sim/accelerators/eyeriss/configs.yaml")
modules_by_name("sim.accelerators.s2ta.model", "sim.accelerators.eyeriss.model")

ORACLE = "Sparseloop artifact"
DRAM = (
    Access("dram", "activation", "read"),
    Access("dram", "weight", "read"),
    Access("dram", "output", "write"),
)
KEPT = {1.0: (1, 1), 0.5: (1, 2), 0.3333: (1, 3), 0.25: (1, 4)}
"""Weight density -> of how many successive weights the first is kept; none breaks 2:4 but 1.0."""


def product(row: pd.Series, *, pruned: bool) -> LayerTrace:
    """The product M x K x N as a 1x1 convolution of N pixels; activations are dense."""
    layer = Layer.conv("product", int(row["k"]), int(row["m"]), 1, input_size=(1, int(row["n"])))
    kept, block = KEPT[float(row["weight_density"])] if pruned else (1, 1)
    columns: Mask = np.arange(layer.in_channels) % block < kept
    weight = np.broadcast_to(columns[None, :, None, None], layer.weight_shape)
    return LayerTrace.of(layer, weight=np.ascontiguousarray(weight))


def tensor_cores(design: str, array: Accelerator) -> list[Comparison]:
    """Cycles of all shapes and weight densities; the dense core sees dense weights."""
    table = reference("sparseloop_tensor_cores.csv")
    table = table[table["design"] == design]
    rows = [row for _, row in table.iterrows()]
    cycles = [simulate(product(row, pruned=design != "tc"), array).cycles for row in rows]
    cases = [f"{r['m']}x{r['k']}x{r['n']}, weights {r['weight_density']}" for r in rows]
    return paired(cases, cycles, table["cycles"])


def eyeriss_compression() -> list[Comparison]:
    """DRAM bytes of AlexNet's layers uncoded over coded, under the mapping that the model finds."""
    table = reference("sparseloop_eyeriss_compression.csv")
    traces = published_traces("alexnet", seed=0)
    ratios = [_compression(trace) for trace in traces]
    return paired(table["layer"], ratios, table["compression_ratio"])


def _compression(trace: LayerTrace) -> float:
    model = accelerator("eyeriss", batch=BATCH["alexnet"], pooling_on_chip=False)
    if not isinstance(model, Eyeriss):
        raise TypeError("configuration eyeriss is not of class Eyeriss")
    moved = simulate(trace, model).traffic_bytes
    inputs, weights, outputs = (moved[access] for access in DRAM)
    passes = inputs / model.workload(trace).activation_bytes
    values = trace.layer.out_channels * trace.layer.output_pixels * trace.images
    uncoded = weights + model.value_bits // 8 * (passes * trace.activation.size + values)
    return uncoded / (inputs + weights + outputs)


FILL = "ours fills the array once per layer, rows + columns - 2 = 8 cycles; Sparseloop counts none"
CHECKS = (
    *(
        Check(
            design,
            ORACLE,
            "cycles of products",
            "exact",
            partial(tensor_cores, design, accelerator(design)),
            circular="partly: its shape and operand bandwidth are the artifact's",
        )
        for design in ("tc", "stc", "stc_flexible")
    ),
    Check(
        "s2ta_w (rows 2)",
        ORACLE,
        "cycles of a dense tensor core",
        "independent",
        lambda: tensor_cores("tc", accelerator("s2ta_w", rows=2)),
        tolerance=8 / 32768,
        definition=FILL,
    ),
    Check(
        "s2ta_w (rows 2)",
        ORACLE,
        "cycles of a 2:4 tensor core",
        "independent",
        lambda: tensor_cores("stc", accelerator("s2ta_w", rows=2)),
        tolerance=8 / 32768,
        definition=FILL,
    ),
    Check(
        "eyeriss",
        ORACLE,
        "compression of DRAM traffic",
        "independent",
        eyeriss_compression,
        tolerance=0.10,
        definition="each side uses the mapping its own search found, so the weights' share "
        "differs; Sparseloop charges 0.24 of a coded map to metadata, ours counts its words",
    ),
)
