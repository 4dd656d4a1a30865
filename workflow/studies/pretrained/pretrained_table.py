"""How networks with real weights answer after pruning, each repair and rounding to INT8.

They are pruned without a training set; each layer is then repaired on unlabelled pictures towards
the outputs of the dense network: not at all (none), by mean and spread of each filter's output
(batch_norm), or by least squares on the weights that stay (reconstruct). Agreement is the share of
random views of pictures that repair never saw on which the largest output is the dense network's.
Its interval is that of as many draws as there are pictures, for views of one picture are alike;
share_of_int8_dense sets it beside the INT8 dense network's. Ten labelled pictures judge no pruning
and are shown with their interval. resnet50_half has two classes, of which these pictures have one,
so that there agreement says little and the divergence more.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from models.pretrained.intervals import Share
from sim import UserError
from sim.files import intact
from workflow.tabling.shared import files_command

KEYS = ["suite", "network", "scheme"]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    metrics = json.loads(intact(path).read_text())
    if not metrics.get("judgements"):
        raise UserError(f"{path}: lacks judgements; delete and remake it")
    run = {key: metrics[key] for key in KEYS}
    yield from (run | judgement_columns(entry) for entry in metrics["judgements"])


def judgement_columns(entry: dict[str, Any]) -> dict[str, Any]:
    """What one judgement of a network (models.imagenet.repaired.Judgement) says, by column."""
    agreed = entry["agreement"]
    share = agreed["same"] / agreed["images"]
    low, high = Share(share * entry["pictures"], entry["pictures"]).interval_percent
    return {
        "repair": entry["repair"],
        "numbers": entry["numbers"],
        "judged_pictures": entry["pictures"],
        "judged_views": agreed["images"],
        "agreement_percent": 100 * share,
        "agreement_low_percent": low,
        "agreement_high_percent": high,
        "kl_divergence_nats": agreed["kl_divergence_nats"],
        **_top1(entry),
    }


def _top1(entry: dict[str, Any]) -> dict[str, float | int | None]:
    names = ("top1_percent", "top1_low_percent", "top1_high_percent")
    if not entry["labelled"]:
        return {"labelled_pictures": 0, **dict.fromkeys(names)}
    share = Share(entry["right"], entry["labelled"])
    values = (share.percent, *share.interval_percent)
    return {"labelled_pictures": entry["labelled"], **dict(zip(names, values, strict=True))}


def judgements(paths: Sequence[Path]) -> pd.DataFrame:
    """One row per (network, scheme, repair, numbers).

    Raises:
        UserError: a metrics file lacks the judgements.
    """
    return beside_int8_dense(pd.DataFrame([row for path in paths for row in _rows(path)]))


def beside_int8_dense(table: pd.DataFrame) -> pd.DataFrame:
    """A table of judgements with a column `share_of_int8_dense`, before the divergence."""
    rounded = table[(table["scheme"] == "dense") & (table["numbers"] == "int8")]
    dense = rounded.set_index("network")["agreement_percent"]
    table.insert(
        table.columns.get_loc("kl_divergence_nats"),  # type: ignore[arg-type]
        "share_of_int8_dense",
        table["agreement_percent"] / dense.reindex(table["network"]).to_numpy(),
    )
    return table


if __name__ == "__main__":
    files_command(judgements, __doc__)
