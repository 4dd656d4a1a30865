"""How much of its activations a network with real weights can lose within a budget of agreement.

A row is one network, one design's way of pruning (`method`) and one budget. Bounds of S2TA, 8x8
block thresholds of Spex and thresholds of HASS are raised step by step, those that lose least
first, for as long as the network answers as the unpruned one on all but so many points of the
`fitted_views`; none of their pictures judges. All other columns are of the pictures that judge:
the share of their views that agree, with the 95 % interval of as many draws as there are pictures,
the divergence, top-1 where there are labels. `zero_*` is the share that is zero before and after:
of the values of all stored tensors but the image, under Spex of the blocks of all convolutions.
`macs_left_*` is what a design with these zeros still multiplies: n of 8 of each layer under S2TA's
bounds, blocks that are not zero under Spex (convolutions only), pairs without a zero under HASS
(as if zeros of weights and activations fell independently). In floating point, without repair.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim import UserError
from sim.files import intact
from workflow.studies.pretrained.pretrained_table import judgement_columns
from workflow.tabling.shared import files_command


def budgets(paths: Sequence[Path]) -> pd.DataFrame:
    """One row per (network, method, budget).

    Raises:
        UserError: a file lacks the points of its budgets.
    """
    return pd.DataFrame([row for path in paths for row in _rows(path)])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    judged = json.loads(intact(path).read_text())
    if not judged.get("points"):
        raise UserError(f"{path}: lacks points; delete and remake it")
    for point in judged["points"]:
        answers = judgement_columns(point["judgement"])
        del answers["repair"], answers["numbers"]  # always none and float
        yield {
            "suite": judged["suite"],
            "network": judged["network"],
            "method": judged["scheme"],
            "budget_points": point["budget_points"],
            "fitted_pictures": point["fitted_pictures"],
            "fitted_views": point["fitted_views"],
            "fitted_agreement_percent": 100 * point["fitted_same"] / point["fitted_views"],
            **{
                f"{what}_{when}_percent": point[when][f"{what}_percent"]
                for what in ("zero", "macs_left")
                for when in ("before", "after")
            },
            **answers,
        }


if __name__ == "__main__":
    files_command(budgets, __doc__)
