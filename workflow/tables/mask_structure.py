"""How zeros cluster: measured masks, beside the two kinds of modelled ones.

Every stored tensor of some full-size networks that a ReLU made, once from the shifted random
network on photographs and once from each mode of the generator, all at the same density; and the
eight measured masks that the generator is held to, beside the generator at their size and density.
"""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from models.dataflow import layer_inputs
from models.densities.rules import InputKind
from models.full_size import FullSizeSettings, full_size_network
from models.modelled import Bounds, activation_masks, target_densities
from sim.generate.activations import MODES, Clustering, activation_mask
from sim.generate.reference import reference_masks
from sim.generate.statistics import mask_statistics
from sim.layer import Mask
from workflow.cli import run, settings
from workflow.tables.shared import write_table

Row = dict[str, object]
COLUMN_NAMES = {
    "density": "activation_density",
    "channel_std": "channel_density_std",
    "dead_channels": "dead_channel_share",
    "full_channels": "full_channel_share",
    "neighbour_agreement": "neighbour_agreement_share",
    "zero_runs": "zero_run_1x4_share",
    "zero_channel_blocks": "zero_8_channel_block_share",
    "zero_tiles": "zero_8x8_tile_share",
}


def mask_rows(network: str, chosen: FullSizeSettings) -> Iterator[Row]:
    """Statistics of one network's ReLU tensors from every source."""
    shapes = full_size_network(network, chosen, weights=False)
    inputs = layer_inputs(shapes, chosen.form(network).shape)
    aimed = target_densities(network, inputs, chosen)
    sources = {"photographs": replace(chosen, activation_masks="photographs")}
    for mode in MODES:
        sources[mode] = replace(chosen, activation_masks="generator", clustering=mode)
    for source, options in sources.items():
        masks, _ = activation_masks(network, inputs, aimed, options, Bounds(inputs, None))
        for row in inputs:
            rectified = row.kind in (InputKind.RELU, InputKind.RESIDUAL, InputKind.SUM)
            if row.tensor == row.layer.name and rectified and not row.layer.is_linear:
                yield _row(network, row.layer.name, source, "modelled", masks[row.tensor])


def reference_rows(seed: int) -> Iterator[Row]:
    """The measured masks, and the generator's at the same size and density."""
    for reference in reference_masks():
        measured = asdict(reference)
        yield {
            "network": "mobilenet_v1 x0.5 128x128",
            "layer": reference.layer,
            "source": "measured",
            "activation_source": "measured",
        } | {new: measured.get(old) for old, new in COLUMN_NAMES.items()}
        shape = (1, reference.channels, reference.side, reference.side)
        for mode in MODES:
            rng = np.random.default_rng(seed)
            mask = activation_mask(shape, reference.density, Clustering(mode), rng)
            yield _row("mobilenet_v1 x0.5 128x128", reference.layer, mode, "modelled", mask)


def _row(network: str, layer: str, source: str, kind: str, mask: Mask) -> Row:
    found = asdict(mask_statistics(mask))
    head = {"network": network, "layer": layer, "source": source, "activation_source": kind}
    return head | {new: found[old] for old, new in COLUMN_NAMES.items()}


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", help="full-size networks")
    parser.add_argument("--settings", default="{}", help="JSON object (models.full_size)")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    chosen = settings(FullSizeSettings, arguments.settings)
    torch.set_num_threads(1)  # sums, hence zeros, depend on the number of threads
    rows = [row for network in arguments.networks for row in mask_rows(network, chosen)]
    frame = pd.DataFrame([*reference_rows(chosen.seed), *rows])
    write_table(frame, arguments.output)


if __name__ == "__main__":
    run(main)
