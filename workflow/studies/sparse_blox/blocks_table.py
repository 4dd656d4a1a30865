"""Zero blocks of the im2col matrices of each network, and what skipping them saves.

Convolutions only, as published. `transfers_saved_percent` is the share of blocks that are not
fetched, the quantity that fits the published pairs of transfers and multiplications;
`padded_macs_saved_percent` counts partial blocks as whole ones, as the published figures do;
`bytes_saved_percent` is of all INT8 bytes of im2col matrices, weights and outputs, each moved once.
`natural`: zero without any threshold.
"""

from collections.abc import Iterable
from dataclasses import asdict

import pandas as pd

from sim import LayerTrace, NetworkTrace
from sim.accelerators.sparse_blox.savings import BlockSavings, savings
from sim.masks.block_map import BLOCK_SHAPES
from workflow.tabling.shared import traces_command

Row = dict[str, object]


def convolutions(trace: NetworkTrace) -> list[LayerTrace]:
    """The layers that blocks are made for."""
    return [entry for entry in trace.traces if not entry.layer.is_linear]


def shape_label(width: int, height: int) -> str:
    """How tables and figures write a block: width x height."""
    return f"{width}x{height}"


def shares(traces: Iterable[LayerTrace], width: int, height: int) -> Row:
    """Savings per image of some layers, absolute and in percent."""
    layers = list(traces)
    total = BlockSavings()
    for trace in layers:
        total += savings(trace, width, height)
    images = layers[0].images
    moved = total.im2col_bytes + total.weight_bytes + total.output_bytes
    per_image = {f"{name}_per_image": count / images for name, count in asdict(total).items()}
    return {
        "block": shape_label(width, height),
        **per_image,
        "natural_zero_blocks_percent": 100 * total.natural_zero_blocks / total.blocks,
        "transfers_saved_percent": 100 * total.zero_blocks / total.blocks,
        "padded_macs_saved_percent": 100 * total.padded_macs_saved / total.padded_macs,
        "macs_saved_percent": 100 * total.macs_saved / total.macs,
        "im2col_bytes_saved_percent": 100 * total.im2col_bytes_saved / total.im2col_bytes,
        "bytes_saved_percent": 100 * total.im2col_bytes_saved / moved,
    }


def rows(trace: NetworkTrace) -> list[Row]:
    """One row per block shape."""
    origin = trace.provenance
    head = {
        "suite": origin.suite,
        "network": origin.network,
        "scheme": origin.scheme,
        "activation_source": origin.activation_source,
    }
    layers = convolutions(trace)
    return [head | shares(layers, width, height) for width, height in BLOCK_SHAPES]


def sparse_blox_blocks(traces: Iterable[NetworkTrace]) -> pd.DataFrame:
    """The rows of all traces."""
    return pd.DataFrame([row for trace in traces for row in rows(trace)])


if __name__ == "__main__":
    traces_command(sparse_blox_blocks, __doc__)
