"""Natural zero blocks of full-size networks, for every way of modelling where zeros lie.

Zero blocks that are there without any threshold, by block shape; all sources of one network aim at
the same published densities. `photographs` is the random network on photographs, its activations
shifted to the densities; the others are modes of the generator. Independent zeros (iid) leave
almost none. Networks whose activation function makes no zeros (YOLOv5s with SiLU) have none but
those of the padding.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from models.imagenet.settings import FullSizeSettings
from sim import LayerTrace
from sim.masks.block_map import BLOCK_SHAPES
from workflow.studies.sparse_blox.blocks_table import shares
from workflow.tabling.mask_sources import mask_sources, sources_command

Row = dict[str, object]


def natural(networks: Sequence[str], settings: FullSizeSettings) -> pd.DataFrame:
    """The rows of all networks."""
    return pd.DataFrame([row for network in networks for row in rows(network, settings)])


def rows(network: str, settings: FullSizeSettings) -> Iterator[Row]:
    """One row per source of masks and block shape."""
    for source in mask_sources(network, settings):
        traces = [
            LayerTrace(row.layer, activation=source.masks[row.tensor])
            for row in source.inputs
            if not row.layer.is_linear
        ]
        values = sum(trace.activation.size for trace in traces)
        density = sum(int(trace.activation.sum()) for trace in traces) / values
        head: Row = {
            "network": network,
            "source": source.name,
            "activation_source": "modelled",
            "activation_density": density,
        }
        for width, height in BLOCK_SHAPES:
            yield head | shares(traces, width, height)


if __name__ == "__main__":
    sources_command(natural, __doc__)
