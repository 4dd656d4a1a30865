"""What tables of accuracy share: one row per metrics file of a compressed network."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim import UserError
from sim.files import intact


def metrics_rows(paths: Sequence[Path], columns: Sequence[str]) -> pd.DataFrame:
    """A row of some columns for each file of metrics, in the order of the files.

    Raises:
        UserError: a metrics file lacks a key, or was damaged.
    """
    rows = []
    for path in paths:
        metrics = json.loads(intact(path).read_text())
        missing = [column for column in columns if column not in metrics]
        if missing:
            raise UserError(f"{path}: lacks {', '.join(missing)}; delete and remake it")
        rows.append({column: metrics[column] for column in columns})
    return pd.DataFrame(rows)
