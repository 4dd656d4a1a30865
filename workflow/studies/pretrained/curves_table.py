"""How far networks with real weights still answer, against density, for each scheme and repair.

A row is one setting of a scheme after one repair, on the pictures that judge in table pretrained:
the share of their views on which the largest output is the unpruned network's, and the divergence
of the outputs. `weight_density` counts all weights of all layers, those that a scheme leaves whole
too. `share_of_int8_dense` sets agreement beside that of the unpruned network in INT8, where the
curves have it (scheme dense). Intervals are those of as many draws as there are pictures.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.studies.pretrained.pretrained_table import (
    KEYS,
    beside_int8_dense,
    judgement_columns,
)
from workflow.tabling.shared import files_command


def curves(paths: Sequence[Path]) -> pd.DataFrame:
    """One row per (network, scheme, setting, repair, numbers).

    Raises:
        UserError: a file lacks the points of its curve.
    """
    return beside_int8_dense(pd.DataFrame([row for path in paths for row in _rows(path)]))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    judged = json.loads(intact(path).read_text())
    if not judged.get("points"):
        raise UserError(f"{path}: lacks points; delete and remake it")
    for point in judged["points"]:
        head = {key: judged[key] for key in KEYS}
        head |= {name: point[name] for name in ("setting", "weight_density")}
        yield from (head | judgement_columns(entry) for entry in point["judgements"])


if __name__ == "__main__":
    files_command(curves, __doc__)
