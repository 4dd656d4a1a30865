"""DRAM bytes per image of every layer of each trace, by operand.

Sense, the Swallow-like array and Eyeriss, as far as they are meant for the scheme of the trace, in
the setting that the table of these rows states (layers_table.py). Where the network is one that the
chip was measured on, its measured tables stand beside.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sim import LayerTrace, NetworkTrace, accelerator, read_trace, simulate
from sim.accelerators.eyeriss.published import BATCH, LAYERS, published
from sim.accelerators.sense.schemes import MEANT_FOR
from sim.batches import repeated
from sim.declared import data_files, modules_by_name
from sim.layer import layer_kind
from workflow.cli import run
from workflow.steps.several import named, one_each
from workflow.studies.sense.layers_table import CHIP
from workflow.tabling.shared import write_table

data_files("sim/accelerators/sense/configs.yaml", "sim/accelerators/eyeriss/configs.yaml")
modules_by_name("sim.accelerators.sense.model", "sim.accelerators.eyeriss.model")

DEFAULT_BATCH = 4
ACCELERATORS = {
    "sense": MEANT_FOR["sense"],
    "swallow_like": MEANT_FOR["swallow_like"],
    "eyeriss": MEANT_FOR["sense"],
}
"""Scheme whose zeros each runs on; Eyeriss gains from those of the activations only."""
Row = dict[str, Any]


def measured_as(trace: NetworkTrace) -> str | None:
    """The network of Eyeriss's measured tables that has the same convolutions, or None."""
    convolutions = [t.layer for t in trace.traces if t.layer.kind == "conv"]
    for name, layers in LAYERS.items():
        shapes = [
            [(x.weight_shape, x.stride, x.groups, x.output_size) for x in some]
            for some in (convolutions, layers())
        ]
        if shapes[0] == shapes[1]:
            return name
    return None


def layers(trace: NetworkTrace) -> Iterator[Row]:
    """Rows of one trace: each accelerator that is meant for its scheme, at both batch sizes."""
    chip = measured_as(trace)
    common = BATCH[chip] if chip else DEFAULT_BATCH
    for name, scheme in ACCELERATORS.items():
        if scheme == trace.provenance.scheme:
            for batch in (1, common):
                yield from _simulated(trace, name, batch)
    if chip and trace.provenance.scheme == ACCELERATORS["eyeriss"]:
        yield from _measured(trace, chip)


def _origin(trace: NetworkTrace) -> Row:
    origin = trace.provenance
    return {
        "suite": origin.suite,
        "network": origin.network,
        "scheme": origin.scheme,
        "activation_source": origin.activation_source,
    }


def _simulated(trace: NetworkTrace, name: str, batch: int) -> Iterator[Row]:
    model = accelerator(name, batch=batch, pooling_on_chip=False)
    for layer in trace.traces:
        batched = layer if batch == 1 else repeated(layer, batch)
        events = simulate(batched, model)
        for access, count in events.traffic_bytes.items():
            if access.memory == "dram":
                yield _origin(trace) | _row(
                    name, batch, batched, access.operand, count / batched.images
                )


def _row(name: str, batch: int, trace: LayerTrace, operand: str, count: float) -> Row:
    return {
        "accelerator": name,
        "batch": batch,
        "layer": trace.layer.name,
        "layer_kind": layer_kind(trace.layer),
        "operand": operand,
        "dram_bytes_per_image": count,
    }


def _measured(trace: NetworkTrace, chip: str) -> Iterator[Row]:
    convolutions = [t for t in trace.traces if t.layer.kind == "conv"]
    for layer, megabytes in zip(convolutions, published(chip)["dram_mb"], strict=True):
        count = 1e6 * megabytes / BATCH[chip]
        yield _origin(trace) | _row(CHIP, BATCH[chip], layer, "all", count)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path, nargs="+", required=True, help="one or several")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="one for each trace")
    arguments = parser.parse_args()
    outputs = one_each("output", arguments.output, arguments.trace, "traces")
    for path, output in zip(arguments.trace, outputs, strict=True):
        with named("simulating", str(path)):
            write_table(pd.DataFrame(layers(read_trace(path))), output)


if __name__ == "__main__":
    run(main)
