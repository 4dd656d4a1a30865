"""Accuracy before and after every compression scheme, on held-out images of the trained suites."""

import argparse
import json
from pathlib import Path

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.cli import run
from workflow.tables.shared import write_table

COLUMNS = [
    "suite",
    "network",
    "scheme",
    "weight_density",
    "top1_trained_percent",
    "top1_one_shot_percent",
    "top1_fine_tuned_percent",
    "top1_int8_percent",
    "test_images",
]


def accuracy(paths: list[Path]) -> pd.DataFrame:
    """One row per (suite, network, scheme); `drop` is against the equally fine-tuned dense INT8.

    Raises:
        UserError: a metrics file lacks a key.
    """
    rows = []
    for path in paths:
        metrics = json.loads(intact(path).read_text())
        missing = [column for column in COLUMNS if column not in metrics]
        if missing:
            raise UserError(f"{path}: lacks {', '.join(missing)}; delete and remake it")
        rows.append({column: metrics[column] for column in COLUMNS})
    table = pd.DataFrame(rows)
    dense = table[table["scheme"] == "dense"].set_index(["suite", "network"])["top1_int8_percent"]
    keys = pd.MultiIndex.from_frame(table[["suite", "network"]])
    table["drop_from_dense_points"] = dense.reindex(keys).to_numpy() - table["top1_int8_percent"]
    return table


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("metrics", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    write_table(accuracy(arguments.metrics), arguments.output)


if __name__ == "__main__":
    run(main)
