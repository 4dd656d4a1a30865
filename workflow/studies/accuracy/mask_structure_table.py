"""How zeros cluster inside activation masks: measured masks, beside the two kinds of modelled ones.

The eight masks measured in the Sparseloop artifact that the generator is held to, beside the
generator's modes (iid, channel, spatial) at their size and density. Then every stored tensor of
some full-size networks that a ReLU made, all at the same density: once from a randomly initialised
network on photographs whose activations are shifted to it, and once from each mode. Independent
zeros (iid) have almost no empty blocks, dead or full channels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from models.graph.dataflow import InputKind
from models.imagenet.settings import FullSizeSettings
from sim.generate.activations import MODES, Clustering, activation_mask
from sim.generate.reference import reference_masks
from sim.generate.statistics import mask_statistics
from sim.layer import Mask
from workflow.tabling.mask_sources import mask_sources, sources_command

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


def mask_structure(networks: Sequence[str], settings: FullSizeSettings) -> pd.DataFrame:
    """The measured masks beside the generator's, then every source of some full-size networks."""
    rows = [row for network in networks for row in mask_rows(network, settings)]
    return pd.DataFrame([*reference_rows(settings.seed), *rows])


def mask_rows(network: str, settings: FullSizeSettings) -> Iterator[Row]:
    """Statistics of one network's ReLU tensors from every source."""
    for source in mask_sources(network, settings):
        for row in source.inputs:
            rectified = row.kind in (InputKind.RELU, InputKind.RESIDUAL, InputKind.SUM)
            if row.tensor == row.layer.name and rectified and not row.layer.is_linear:
                mask = source.masks[row.tensor]
                yield _row(network, row.layer.name, source.name, "modelled", mask)


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
    statistics = asdict(mask_statistics(mask))
    head = {"network": network, "layer": layer, "source": source, "activation_source": kind}
    return head | {new: statistics[old] for old, new in COLUMN_NAMES.items()}


if __name__ == "__main__":
    sources_command(mask_structure, __doc__)
