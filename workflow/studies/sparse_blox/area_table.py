"""Transistors that zero skipping adds to one 8x8 systolic array: our estimate, part by part.

Counted parts, no layout. The published comparison names no rival, so each extension for zeros
anywhere is set beside Sparse-Blox: `ratio_to_sparse_blox` divides it by Sparse-Blox with its map in
the activation buffer, `ratio_to_sparse_blox_with_memory` by the same with a memory for the largest
map of the given networks.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from sim import LayerTrace, NetworkTrace, accelerator
from sim.accelerators.sparse_blox.area import Extension, irregular_extensions, sparse_blox
from sim.accelerators.sparse_blox.model import BlockSkippingSystolicArray
from sim.declared import data_files, modules_by_name
from sim.masks.blocks import block_count
from workflow.studies.sparse_blox.blocks_table import convolutions
from workflow.tabling.shared import traces_command

data_files("sim/accelerators/sparse_blox/configs.yaml")
modules_by_name("sim.accelerators.sparse_blox.model")


def area(traces: Iterable[LayerTrace], array: BlockSkippingSystolicArray) -> pd.DataFrame:
    """One row per part of every extension, the sums of the extension beside it."""
    map_bits = max(block_count(t.layer, array.rows, array.block_height) for t in traces)
    small = sparse_blox(array.rows, array.block_height)
    large = sparse_blox(array.rows, array.block_height, own_map_bits=map_bits)
    rows = [
        _row(extension, small, large, part.name, part.total)
        for extension in (small, large, *irregular_extensions(array.rows, array.columns))
        for part in extension.parts
    ]
    return pd.DataFrame(rows).assign(rows=array.rows, columns=array.columns, map_bits=map_bits)


def _row(
    extension: Extension, small: Extension, large: Extension, part: str, transistors: int
) -> dict[str, object]:
    return {
        "extension": extension.name,
        "saves": extension.saves,
        "part": part,
        "part_transistors": transistors,
        "transistors": extension.transistors,
        "ratio_to_sparse_blox": extension.transistors / small.transistors,
        "ratio_to_sparse_blox_with_memory": extension.transistors / large.transistors,
    }


def sparse_blox_area(traces: Iterable[NetworkTrace]) -> pd.DataFrame:
    """The parts beside the configured array, the map that of the largest convolution."""
    array: Any = accelerator("sparse_blox")
    return area([layer for trace in traces for layer in convolutions(trace)], array)


if __name__ == "__main__":
    traces_command(sparse_blox_area, __doc__)
