"""SCNN's multiply cycles and products by an independent public simulator, random masks alike."""

from functools import cache
from math import floor

import numpy as np
import pandas as pd
import yaml

from sim import Layer, LayerTrace, accelerator
from sim.accelerators.scnn.model import Scnn
from sim.declared import data_files, modules_by_name
from sim.layer import Mask
from workflow.studies.trust.comparison import DATA, Check, Comparison, paired

data_files("sim/accelerators/scnn/configs.yaml")
modules_by_name("sim.accelerators.scnn.model")

ORACLE = "SCNN_simulation (james98kr)"


@cache
def _table() -> pd.DataFrame:
    rows = pd.DataFrame(yaml.safe_load((DATA / "scnn_vgg16_multiply_cycles.yaml").read_text()))
    counted = pd.DataFrame(
        [_counted(row) for _, row in rows.iterrows()], columns=["our_cycles", "our_products"]
    )
    return rows.join(counted)


def _counted(row: pd.Series) -> tuple[int, int]:
    """Busy cycles summed over the PEs, and products, with its 32 filters per group."""
    rng = np.random.default_rng(0)
    channels, filters, size = (int(row[n]) for n in ("in_channels", "out_channels", "size"))
    layer = Layer.conv(str(row["layer"]), channels, filters, 3, padding=1, input_size=size)
    weight = _exact_mask(rng, layer.weight_shape, row["weight_density"])
    activation = _exact_mask(rng, (1, *layer.input_shape), row["activation_density"])
    model = accelerator("scnn", filters_per_group=32, accumulator_entries=10**6)
    if not isinstance(model, Scnn):
        raise TypeError("configuration scnn is not of class Scnn")
    (queues,) = model.queues(LayerTrace.of(layer, weight=weight, activation=activation), (1, 1))
    return model.product_cycles(queues)[1], queues.products


def _exact_mask(rng: np.random.Generator, shape: tuple[int, ...], density: float) -> Mask:
    """Exactly the rounded number of nonzeros, as the simulator draws them."""
    size = int(np.prod(shape))
    mask = np.zeros(size, dtype=bool)
    mask[: size - floor(size * (1 - density) + 1e-9)] = True
    shuffled: Mask = rng.permutation(mask).reshape(shape)
    return shuffled


def cycles() -> list[Comparison]:
    """Multiply cycles of VGG-16's convolutions."""
    return paired(_table()["layer"], _table()["our_cycles"], _table()["cycles"])


def products() -> list[Comparison]:
    """Multiplications of each layer here and in that simulator."""
    return paired(_table()["layer"], _table()["our_products"], _table()["products"])


MASKS = "both draw random masks of the same densities, each its own"
CHECKS = (
    Check(
        "scnn (filters_per_group 32)",
        ORACLE,
        "multiply cycles, summed over PEs",
        "independent",
        cycles,
        tolerance=0.03,
        definition=MASKS,
    ),
    Check(
        "scnn (filters_per_group 32)",
        ORACLE,
        "products",
        "independent",
        products,
        tolerance=0.03,
        definition=MASKS,
    ),
)
