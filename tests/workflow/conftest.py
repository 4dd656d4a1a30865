"""A tiny trace, a stub accelerator whose counts can be computed in the head, a SLURM cluster."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from sim import Access, Events, Layer, LayerTrace, NetworkTrace, Provenance, TracedLayer
from tests.workflow.running import plugins
from tests.workflow.slurm_cluster import Cluster, UnavailableError, running_cluster


@dataclass(frozen=True)
class Stub:
    """Two multipliers, one of which idles; a few bytes each way."""

    keeps_weights_on_chip: ClassVar[bool] = True  # else the bytes would have to grow with a layer
    multipliers: int = 2

    def simulate(self, trace: LayerTrace) -> Events:
        dense = effectual = trace.dense_macs  # the toy has no zeros
        return Events(
            cycles=dense,
            dense_macs=dense,
            effectual_macs=effectual,
            multipliers=2,
            idle_multiplier_cycles={"zero_operand": 2 * dense - effectual},
            traffic_bytes={
                Access("dram", "weight", "read"): 10,
                Access("sram_512kib", "output", "write"): 4,
            },
            actions={"mac_int8": dense},
        )


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
def toy() -> NetworkTrace:
    layers = [
        Layer.conv("conv", 2, 4, 1, input_size=2),
        Layer.conv("dw", 4, 4, 1, input_size=2, groups=4),
        Layer.linear("fc", 16, 3),
    ]
    provenance = Provenance("digits", "toy", "dbb", "measured", "measured", "two images")
    entries = tuple(
        TracedLayer(LayerTrace(layer, activation=np.ones((2, *layer.input_shape), dtype=bool)))
        for layer in layers
    )
    return NetworkTrace(provenance, entries)


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pinned SLURM plugin; the environment of the tests stays without it."""
    return plugins(tmp_path_factory.mktemp("plugin"), "requirements-slurm.txt")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    try:
        with running_cluster(tmp_path_factory.mktemp("slurm") / "cluster") as running:
            yield running
    except UnavailableError as reason:
        pytest.skip(str(reason))
