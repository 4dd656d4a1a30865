"""Times and structure of modelled zeros beside those measured on networks with real weights.

A row is what one design takes (`quantity` cycles, per image) or one statistic (structure), on the
measured trace and on one whose zeros, of weights and activations, are modelled as those of the
suite of the papers' networks. Statistics are means over the maps that ReLUs made; then effectual
multiplications, and how the densities of weights and activations of a channel go together, which
the model leaves out. `densities` measured: the model is given each layer's density and the spread
of its channels, so that these agree by construction, and structure is what is tested. Held out:
activations follow the rule for layers that nobody measured, which then knows the other two networks
only. Parameters of the model were fitted to MobileNetV1 and ResNet-50 at half width;
EfficientNet-Lite0 tests them (`role`).
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from models.graph.dataflow import LayerInput
from models.imagenet.settings import FullSizeSettings
from models.pretrained.measured_zeros import STATISTICS
from models.pretrained.twins import channel_correlation, inputs_of, relu_statistics, twins
from sim import NetworkTrace, accelerator, read_trace, simulate
from sim.declared import data_files, modules_by_name
from sim.masks.totals import effectual_macs
from workflow.cli import json_object, run
from workflow.events import read_events
from workflow.studies.accuracy.modelled_zeros_table import FITTED
from workflow.tabling.shared import write_table

data_files("sim/accelerators/*/configs.yaml")
modules_by_name("sim.accelerators.*.model", "models.compression.schemes.*")

CYCLES, STRUCTURE = "cycles", "structure"
COLUMNS = {"density": "activation_density", **STATISTICS}

Row = dict[str, object]


def modelled(
    traces: Sequence[Path], events: pd.DataFrame, settings: FullSizeSettings
) -> pd.DataFrame:
    """The rows of every trace.

    Args:
        traces: files of measured traces.
        events: of every design on each of them.
        settings: of modelled zeros.
    """
    return pd.DataFrame(
        [row for path in traces for row in _rows(read_trace(path), events, settings)]
    )


def _rows(trace: NetworkTrace, events: pd.DataFrame, settings: FullSizeSettings) -> Iterator[Row]:
    origin = trace.provenance
    run = (events["network"] == origin.network) & (events["scheme"] == origin.scheme)
    cycles = events[run].groupby("accelerator", sort=False)["cycles"].sum()
    inputs, images = inputs_of(origin.network, settings), _images(trace)
    structure = _structure(trace, inputs)
    head: Row = {
        "suite": origin.suite,
        "network": origin.network,
        "role": "fitted" if origin.network in FITTED else "tested",
        "scheme": origin.scheme,
    }
    for densities, twin in twins(trace, settings):
        said = head | {"densities": densities}
        for name, value in _structure(twin, inputs).items():
            yield said | _beside(STRUCTURE, name, structure[name], value)
        for design, measured in cycles.items():
            model = accelerator(str(design))
            taken = sum(simulate(layer, model).cycles for layer in twin.traces)
            yield said | _beside(CYCLES, str(design), measured / images, taken / _images(twin))


def _images(trace: NetworkTrace) -> int:
    return trace.traces[0].images


def _structure(trace: NetworkTrace, inputs: tuple[LayerInput, ...]) -> dict[str, float]:
    """Mean over layers of each statistic of ReLU outputs; maps too small for it are left out.

    Then two quantities of the pairs of operands.
    """
    each = [asdict(entry) for entry in relu_statistics(trace, inputs).values()]
    maps = {
        column: float(np.nanmean([entry[name] for entry in each]))
        for name, column in COLUMNS.items()
    }
    return maps | {
        "effectual_macs": sum(int(effectual_macs(layer).sum()) for layer in trace.traces)
        / _images(trace),
        "channel_density_correlation": channel_correlation(trace),
    }


def _beside(quantity: str, name: str, measured: float, modelled_value: float) -> Row:
    return {
        "quantity": quantity,
        "name": name,
        "measured": measured,
        "modelled": modelled_value,
        "modelled_over_measured": modelled_value / measured if measured else None,
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=Path, nargs="+", required=True)
    parser.add_argument("--events", type=Path, nargs="+", required=True, help="of these traces")
    parser.add_argument("--settings", default="{}", help="JSON object (models.imagenet.settings)")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    settings = FullSizeSettings.of(json_object(given.settings))
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    write_table(modelled(given.traces, read_events(given.events), settings), given.output)


if __name__ == "__main__":
    run(main)
