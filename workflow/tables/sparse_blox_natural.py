"""Natural zero blocks of full-size networks, for every way of modelling where zeros lie.

All sources of one network aim at the same densities. `photographs` is the random network on
photographs, its activations shifted to the densities; the others are modes of the generator.
Networks whose activation function makes no zeros (SiLU) have none but those of the padding.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import torch

from models.dataflow import layer_inputs
from models.full_size import FullSizeSettings, full_size_network
from models.modelled import Bounds, activation_masks, target_densities
from sim import LayerTrace
from sim.block_map import BLOCK_SHAPES
from sim.generate.activations import MODES
from workflow.cli import run, settings
from workflow.tables.shared import write_table
from workflow.tables.sparse_blox_blocks import shares

Row = dict[str, object]


def mask_sources(chosen: FullSizeSettings) -> dict[str, FullSizeSettings]:
    """Settings by name of the source of masks."""
    sources = {"photographs": replace(chosen, activation_masks="photographs")}
    for mode in MODES:
        sources[mode] = replace(chosen, activation_masks="generator", clustering=mode)
    return sources


def rows(network: str, chosen: FullSizeSettings) -> Iterator[Row]:
    """One row per source of masks and block shape."""
    shapes = full_size_network(network, chosen, weights=False)
    inputs = layer_inputs(shapes, chosen.form(network).shape)
    aimed = target_densities(network, inputs, chosen)
    convolutions = [row for row in inputs if not row.layer.is_linear]
    for source, options in mask_sources(chosen).items():
        masks, _ = activation_masks(network, inputs, aimed, options, Bounds(inputs, None))
        traces = [LayerTrace(row.layer, activation=masks[row.tensor]) for row in convolutions]
        values = sum(trace.activation.size for trace in traces)
        density = sum(int(trace.activation.sum()) for trace in traces) / values
        head: Row = {
            "network": network,
            "source": source,
            "activation_source": "modelled",
            "activation_density": density,
        }
        for width, height in BLOCK_SHAPES:
            yield head | shares(traces, width, height)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="+", help="full-size networks")
    parser.add_argument("--settings", default="{}", help="JSON object (models.full_size)")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    chosen = settings(FullSizeSettings, arguments.settings)
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    table = [row for network in arguments.networks for row in rows(network, chosen)]
    write_table(pd.DataFrame(table), arguments.output)


if __name__ == "__main__":
    run(main)
