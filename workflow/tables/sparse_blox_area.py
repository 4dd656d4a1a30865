"""Transistors that zero skipping adds to one systolic array: our estimate, part by part.

`ratio_to_sparse_blox` divides an extension for zeros anywhere by Sparse-Blox with its map in the
activation buffer, `ratio_to_sparse_blox_with_memory` by the same with a memory for the largest map
of the given networks.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from sim import LayerTrace, accelerator, read_trace
from sim.accelerators.sparse_blox.area import Extension, irregular_extensions, sparse_blox
from sim.accelerators.sparse_blox.model import BlockSkippingSystolicArray
from sim.blocks import block_count
from workflow.cli import run
from workflow.tables.shared import write_table
from workflow.tables.sparse_blox_blocks import convolutions


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


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("traces", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    traces = [one for path in arguments.traces for one in convolutions(read_trace(path))]
    array: Any = accelerator("sparse_blox")
    write_table(area(traces, array), arguments.output)


if __name__ == "__main__":
    run(main)
